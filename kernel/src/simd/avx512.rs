use super::Simd;
use core::arch::x86_64::*;

#[derive(Clone, Copy)]
pub struct Avx512;

#[inline(always)]
fn mask(count: usize) -> __mmask16 {
    ((1u32 << count) - 1) as __mmask16
}

impl Simd for Avx512 {
    type V = __m512;
    const LANES: usize = 16;
    const TILE_ROWS: [usize; 4] = [8, 8, 8, 6];
    const WIDEST: usize = 3;
    const AT_ONCE: usize = 1;

    #[inline(always)]
    unsafe fn splat(x: f32) -> __m512 {
        _mm512_set1_ps(x)
    }
    #[inline(always)]
    unsafe fn load(from: *const f32) -> __m512 {
        _mm512_loadu_ps(from)
    }
    #[inline(always)]
    unsafe fn store(to: *mut f32, x: __m512) {
        _mm512_storeu_ps(to, x)
    }
    #[inline(always)]
    unsafe fn load_part(from: *const f32, count: usize) -> __m512 {
        _mm512_maskz_loadu_ps(mask(count), from)
    }
    #[inline(always)]
    unsafe fn store_part(to: *mut f32, x: __m512, count: usize) {
        _mm512_mask_storeu_ps(to, mask(count), x)
    }
    #[inline(always)]
    unsafe fn add(a: __m512, b: __m512) -> __m512 {
        _mm512_add_ps(a, b)
    }
    #[inline(always)]
    unsafe fn sub(a: __m512, b: __m512) -> __m512 {
        _mm512_sub_ps(a, b)
    }
    #[inline(always)]
    unsafe fn mul(a: __m512, b: __m512) -> __m512 {
        _mm512_mul_ps(a, b)
    }
    #[inline(always)]
    unsafe fn min(a: __m512, b: __m512) -> __m512 {
        _mm512_min_ps(a, b)
    }
    #[inline(always)]
    unsafe fn mul_add(a: __m512, b: __m512, c: __m512) -> __m512 {
        _mm512_fmadd_ps(a, b, c)
    }
    #[inline(always)]
    unsafe fn clamp(x: __m512, bound: __m512) -> __m512 {
        // The second operand is the result where one is not a number.
        let low = _mm512_sub_ps(_mm512_setzero_ps(), bound);
        _mm512_max_ps(low, _mm512_min_ps(bound, x))
    }
    #[inline(always)]
    unsafe fn reciprocal(x: __m512) -> __m512 {
        // An estimate of 14 bits and one step of Newton's method.
        let estimate = _mm512_rcp14_ps(x);
        _mm512_mul_ps(estimate, _mm512_fnmadd_ps(x, estimate, _mm512_set1_ps(2.0)))
    }
    #[inline(always)]
    unsafe fn split(x: __m512) -> (__m512, __m512) {
        let whole = _mm512_roundscale_ps::<0>(x);
        (whole, _mm512_sub_ps(x, whole))
    }
    #[inline(always)]
    unsafe fn scale_by_power(x: __m512, split: __m512) -> __m512 {
        _mm512_scalef_ps(x, split)
    }
    #[inline(always)]
    unsafe fn sum(x: __m512) -> f32 {
        _mm512_reduce_add_ps(x)
    }
    #[inline(always)]
    unsafe fn prefetch(at: *const f32) {
        _mm_prefetch::<_MM_HINT_T0>(at as *const i8);
    }
    #[inline(always)]
    unsafe fn count_above(counts: __m512, x: __m512, bound: __m512) -> __m512 {
        let above = _mm512_cmp_ps_mask::<_CMP_GT_OQ>(x, bound);
        let whole = _mm512_castps_si512(counts);
        _mm512_castsi512_ps(_mm512_mask_add_epi32(whole, above, whole, _mm512_set1_epi32(1)))
    }
    #[inline(always)]
    unsafe fn select_above(x: __m512, bound: __m512, yes: __m512, no: __m512) -> __m512 {
        _mm512_mask_blend_ps(_mm512_cmp_ps_mask::<_CMP_GT_OQ>(x, bound), no, yes)
    }
    #[inline(always)]
    unsafe fn share(counts: __m512, of: __m512) -> __m512 {
        _mm512_div_ps(_mm512_cvtepi32_ps(_mm512_castps_si512(counts)), of)
    }
}
