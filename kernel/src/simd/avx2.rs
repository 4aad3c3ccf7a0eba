use super::Simd;
use core::arch::x86_64::*;

/// AVX2 with FMA.
#[derive(Clone, Copy)]
pub struct Avx2;

#[inline(always)]
unsafe fn mask(count: usize) -> __m256i {
    let lane = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
    _mm256_cmpgt_epi32(_mm256_set1_epi32(count as i32), lane)
}

impl Simd for Avx2 {
    type V = __m256;
    const LANES: usize = 8;
    const TILE_ROWS: [usize; 4] = [6, 6, 4, 0];
    const WIDEST: usize = 2;
    const AT_ONCE: usize = 2;

    #[inline(always)]
    unsafe fn splat(x: f32) -> __m256 {
        _mm256_set1_ps(x)
    }
    #[inline(always)]
    unsafe fn load(from: *const f32) -> __m256 {
        _mm256_loadu_ps(from)
    }
    #[inline(always)]
    unsafe fn store(to: *mut f32, x: __m256) {
        _mm256_storeu_ps(to, x)
    }
    #[inline(always)]
    unsafe fn load_part(from: *const f32, count: usize) -> __m256 {
        _mm256_maskload_ps(from, mask(count))
    }
    #[inline(always)]
    unsafe fn store_part(to: *mut f32, x: __m256, count: usize) {
        _mm256_maskstore_ps(to, mask(count), x)
    }
    #[inline(always)]
    unsafe fn add(a: __m256, b: __m256) -> __m256 {
        _mm256_add_ps(a, b)
    }
    #[inline(always)]
    unsafe fn sub(a: __m256, b: __m256) -> __m256 {
        _mm256_sub_ps(a, b)
    }
    #[inline(always)]
    unsafe fn mul(a: __m256, b: __m256) -> __m256 {
        _mm256_mul_ps(a, b)
    }
    #[inline(always)]
    unsafe fn min(a: __m256, b: __m256) -> __m256 {
        _mm256_min_ps(a, b)
    }
    #[inline(always)]
    unsafe fn mul_add(a: __m256, b: __m256, c: __m256) -> __m256 {
        _mm256_fmadd_ps(a, b, c)
    }
    #[inline(always)]
    unsafe fn clamp(x: __m256, bound: __m256) -> __m256 {
        // The second operand is the result where one is not a number.
        let low = _mm256_sub_ps(_mm256_setzero_ps(), bound);
        _mm256_max_ps(low, _mm256_min_ps(bound, x))
    }
    #[inline(always)]
    unsafe fn reciprocal(x: __m256) -> __m256 {
        _mm256_div_ps(_mm256_set1_ps(1.0), x)
    }
    #[inline(always)]
    unsafe fn scale_by_power(x: __m256, split: __m256) -> __m256 {
        let power = _mm256_slli_epi32::<23>(_mm256_castps_si256(split));
        _mm256_castsi256_ps(_mm256_add_epi32(_mm256_castps_si256(x), power))
    }
    #[inline(always)]
    unsafe fn sum(x: __m256) -> f32 {
        let four = _mm_add_ps(_mm256_castps256_ps128(x), _mm256_extractf128_ps::<1>(x));
        let two = _mm_add_ps(four, _mm_movehl_ps(four, four));
        _mm_cvtss_f32(_mm_add_ss(two, _mm_shuffle_ps::<1>(two, two)))
    }
    #[inline(always)]
    unsafe fn prefetch(at: *const f32) {
        _mm_prefetch::<_MM_HINT_T0>(at as *const i8);
    }
    #[inline(always)]
    unsafe fn count_above(counts: __m256, x: __m256, bound: __m256) -> __m256 {
        // All bits of a lane where it holds: that is -1.
        let above = _mm256_castps_si256(_mm256_cmp_ps::<_CMP_GT_OQ>(x, bound));
        _mm256_castsi256_ps(_mm256_sub_epi32(_mm256_castps_si256(counts), above))
    }
    #[inline(always)]
    unsafe fn select_above(x: __m256, bound: __m256, yes: __m256, no: __m256) -> __m256 {
        _mm256_blendv_ps(no, yes, _mm256_cmp_ps::<_CMP_GT_OQ>(x, bound))
    }
    #[inline(always)]
    unsafe fn share(counts: __m256, of: __m256) -> __m256 {
        _mm256_div_ps(_mm256_cvtepi32_ps(_mm256_castps_si256(counts)), of)
    }
}
