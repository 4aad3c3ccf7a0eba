use super::Simd;
use core::arch::x86_64::*;

/// What every x86-64 processor has.
#[derive(Clone, Copy)]
pub struct Sse2;

impl Simd for Sse2 {
    type V = __m128;
    const LANES: usize = 4;
    const TILE_ROWS: [usize; 4] = [6, 5, 3, 0];
    const WIDEST: usize = 2;
    const AT_ONCE: usize = 4;

    #[inline(always)]
    unsafe fn splat(x: f32) -> __m128 {
        _mm_set1_ps(x)
    }
    #[inline(always)]
    unsafe fn load(from: *const f32) -> __m128 {
        _mm_loadu_ps(from)
    }
    #[inline(always)]
    unsafe fn store(to: *mut f32, x: __m128) {
        _mm_storeu_ps(to, x)
    }
    #[inline(always)]
    unsafe fn add(a: __m128, b: __m128) -> __m128 {
        _mm_add_ps(a, b)
    }
    #[inline(always)]
    unsafe fn sub(a: __m128, b: __m128) -> __m128 {
        _mm_sub_ps(a, b)
    }
    #[inline(always)]
    unsafe fn mul(a: __m128, b: __m128) -> __m128 {
        _mm_mul_ps(a, b)
    }
    #[inline(always)]
    unsafe fn min(a: __m128, b: __m128) -> __m128 {
        _mm_min_ps(a, b)
    }
    #[inline(always)]
    unsafe fn mul_add(a: __m128, b: __m128, c: __m128) -> __m128 {
        _mm_add_ps(_mm_mul_ps(a, b), c)
    }
    #[inline(always)]
    unsafe fn clamp(x: __m128, bound: __m128) -> __m128 {
        // The second operand is the result where one is not a number.
        let low = _mm_sub_ps(_mm_setzero_ps(), bound);
        _mm_max_ps(low, _mm_min_ps(bound, x))
    }
    #[inline(always)]
    unsafe fn reciprocal(x: __m128) -> __m128 {
        _mm_div_ps(_mm_set1_ps(1.0), x)
    }
    #[inline(always)]
    unsafe fn scale_by_power(x: __m128, split: __m128) -> __m128 {
        let power = _mm_slli_epi32::<23>(_mm_castps_si128(split));
        _mm_castsi128_ps(_mm_add_epi32(_mm_castps_si128(x), power))
    }
    #[inline(always)]
    unsafe fn sum(x: __m128) -> f32 {
        let two = _mm_add_ps(x, _mm_movehl_ps(x, x));
        _mm_cvtss_f32(_mm_add_ss(two, _mm_shuffle_ps::<1>(two, two)))
    }
    #[inline(always)]
    unsafe fn count_above(counts: __m128, x: __m128, bound: __m128) -> __m128 {
        // All bits of a lane where it holds: that is -1.
        let above = _mm_castps_si128(_mm_cmplt_ps(bound, x));
        _mm_castsi128_ps(_mm_sub_epi32(_mm_castps_si128(counts), above))
    }
    #[inline(always)]
    unsafe fn select_above(x: __m128, bound: __m128, yes: __m128, no: __m128) -> __m128 {
        let above = _mm_cmplt_ps(bound, x);
        _mm_or_ps(_mm_and_ps(above, yes), _mm_andnot_ps(above, no))
    }
    #[inline(always)]
    unsafe fn share(counts: __m128, of: __m128) -> __m128 {
        _mm_div_ps(_mm_cvtepi32_ps(_mm_castps_si128(counts)), of)
    }
}
