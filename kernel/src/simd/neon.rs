use super::Simd;
use core::arch::aarch64::*;

/// What every arm64 processor has.
#[derive(Clone, Copy)]
pub struct Neon;

impl Simd for Neon {
    type V = float32x4_t;
    const LANES: usize = 4;
    const TILE_ROWS: [usize; 4] = [8, 8, 8, 6];
    const WIDEST: usize = 3;
    const AT_ONCE: usize = 4;

    #[inline(always)]
    unsafe fn splat(x: f32) -> float32x4_t {
        vdupq_n_f32(x)
    }
    #[inline(always)]
    unsafe fn load(from: *const f32) -> float32x4_t {
        vld1q_f32(from)
    }
    #[inline(always)]
    unsafe fn store(to: *mut f32, x: float32x4_t) {
        vst1q_f32(to, x)
    }
    #[inline(always)]
    unsafe fn add(a: float32x4_t, b: float32x4_t) -> float32x4_t {
        vaddq_f32(a, b)
    }
    #[inline(always)]
    unsafe fn sub(a: float32x4_t, b: float32x4_t) -> float32x4_t {
        vsubq_f32(a, b)
    }
    #[inline(always)]
    unsafe fn mul(a: float32x4_t, b: float32x4_t) -> float32x4_t {
        vmulq_f32(a, b)
    }
    #[inline(always)]
    unsafe fn min(a: float32x4_t, b: float32x4_t) -> float32x4_t {
        vminq_f32(a, b)
    }
    #[inline(always)]
    unsafe fn mul_add(a: float32x4_t, b: float32x4_t, c: float32x4_t) -> float32x4_t {
        vfmaq_f32(c, a, b)
    }
    #[inline(always)]
    unsafe fn clamp(x: float32x4_t, bound: float32x4_t) -> float32x4_t {
        vmaxq_f32(vnegq_f32(bound), vminq_f32(bound, x))
    }
    #[inline(always)]
    unsafe fn reciprocal(x: float32x4_t) -> float32x4_t {
        vdivq_f32(vdupq_n_f32(1.0), x)
    }
    #[inline(always)]
    unsafe fn scale_by_power(x: float32x4_t, split: float32x4_t) -> float32x4_t {
        let power = vshlq_n_s32::<23>(vreinterpretq_s32_f32(split));
        vreinterpretq_f32_s32(vaddq_s32(vreinterpretq_s32_f32(x), power))
    }
    #[inline(always)]
    unsafe fn sum(x: float32x4_t) -> f32 {
        vaddvq_f32(x)
    }
    #[inline(always)]
    unsafe fn count_above(counts: float32x4_t, x: float32x4_t, bound: float32x4_t) -> float32x4_t {
        // All bits of a lane where it holds: that is -1.
        let above = vcgtq_f32(x, bound);
        vreinterpretq_f32_u32(vsubq_u32(vreinterpretq_u32_f32(counts), above))
    }
    #[inline(always)]
    unsafe fn select_above(x: float32x4_t, bound: float32x4_t, yes: float32x4_t, no: float32x4_t) -> float32x4_t {
        vbslq_f32(vcgtq_f32(x, bound), yes, no)
    }
    #[inline(always)]
    unsafe fn share(counts: float32x4_t, of: float32x4_t) -> float32x4_t {
        vdivq_f32(vcvtq_f32_u32(vreinterpretq_u32_f32(counts)), of)
    }
}
