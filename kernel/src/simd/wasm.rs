use super::Simd;
use core::arch::wasm32::*;

/// SIMD128, with fused multiplication and addition where the module is built for relaxed SIMD.
#[derive(Clone, Copy)]
pub struct Wasm;

impl Simd for Wasm {
    type V = v128;
    const LANES: usize = 4;
    // V8 loads all numbers of a step before it computes with any, so tiles leave room for a whole row and column; and it
    // interleaves unrolled steps such that sums no longer fit the registers.
    const TILE_ROWS: [usize; 4] = [6, 4, if cfg!(target_feature = "relaxed-simd") { 3 } else { 2 }, 2];
    const WIDEST: usize = 2;
    const AT_ONCE: usize = 1;

    #[inline(always)]
    unsafe fn splat(x: f32) -> v128 {
        f32x4_splat(x)
    }
    #[inline(always)]
    unsafe fn load(from: *const f32) -> v128 {
        v128_load(from as *const v128)
    }
    #[inline(always)]
    unsafe fn store(to: *mut f32, x: v128) {
        v128_store(to as *mut v128, x)
    }
    #[inline(always)]
    unsafe fn add(a: v128, b: v128) -> v128 {
        f32x4_add(a, b)
    }
    #[inline(always)]
    unsafe fn sub(a: v128, b: v128) -> v128 {
        f32x4_sub(a, b)
    }
    #[inline(always)]
    unsafe fn mul(a: v128, b: v128) -> v128 {
        f32x4_mul(a, b)
    }
    #[inline(always)]
    unsafe fn min(a: v128, b: v128) -> v128 {
        f32x4_pmin(a, b)
    }
    #[inline(always)]
    unsafe fn mul_add(a: v128, b: v128, c: v128) -> v128 {
        #[cfg(target_feature = "relaxed-simd")]
        return f32x4_relaxed_madd(a, b, c);
        #[cfg(not(target_feature = "relaxed-simd"))]
        f32x4_add(f32x4_mul(a, b), c)
    }
    #[inline(always)]
    unsafe fn clamp(x: v128, bound: v128) -> v128 {
        // Where one operand is not a number, the result is the first of the strict operations, and of the relaxed ones
        // either that or the second.
        #[cfg(target_feature = "relaxed-simd")]
        return f32x4_relaxed_max(f32x4_neg(bound), f32x4_relaxed_min(bound, x));
        #[cfg(not(target_feature = "relaxed-simd"))]
        f32x4_pmax(f32x4_pmin(x, bound), f32x4_neg(bound))
    }
    #[inline(always)]
    unsafe fn reciprocal(x: v128) -> v128 {
        f32x4_div(f32x4_splat(1.0), x)
    }
    #[inline(always)]
    unsafe fn scale_by_power(x: v128, split: v128) -> v128 {
        i32x4_add(x, i32x4_shl(split, 23))
    }
    #[inline(always)]
    unsafe fn sum(x: v128) -> f32 {
        let two = f32x4_add(x, i32x4_shuffle::<2, 3, 2, 3>(x, x));
        f32x4_extract_lane::<0>(two) + f32x4_extract_lane::<1>(two)
    }
    #[inline(always)]
    unsafe fn count_above(counts: v128, x: v128, bound: v128) -> v128 {
        // All bits of a lane where it holds: that is -1.
        i32x4_sub(counts, f32x4_gt(x, bound))
    }
    #[inline(always)]
    unsafe fn select_above(x: v128, bound: v128, yes: v128, no: v128) -> v128 {
        v128_bitselect(yes, no, f32x4_gt(x, bound))
    }
    #[inline(always)]
    unsafe fn share(counts: v128, of: v128) -> v128 {
        f32x4_div(f32x4_convert_i32x4(counts), of)
    }
}
