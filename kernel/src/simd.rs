//! One vector of floats, as each instruction set has it. Everything else in this crate is generic over `Simd` and is
//! inlined into functions that are compiled for the instruction set (see `kernels`).

#![allow(unsafe_op_in_unsafe_fn, clippy::missing_safety_doc, reason = "the trait says what all of it needs")]
#![allow(clippy::needless_range_loop, reason = "indices count lanes")]

#[cfg(target_arch = "x86_64")]
pub mod avx2;
#[cfg(target_arch = "x86_64")]
pub mod avx512;
#[cfg(target_arch = "aarch64")]
pub mod neon;
#[cfg(target_arch = "x86_64")]
pub mod sse2;
#[cfg(target_arch = "wasm32")]
pub mod wasm;

/// A vector of `LANES` floats.
///
/// # Safety
/// All functions need a processor with the instruction set, and pointers to as many floats as they read or write.
pub trait Simd: Copy + 'static {
    type V: Copy;
    const LANES: usize;
    /// Most rows of a tile of a product that is 1, 2, 3 or 4 vectors wide: as many as the registers hold, with a row of
    /// weights and what the instructions need besides. 0 where two narrower tiles are better.
    const TILE_ROWS: [usize; 4];
    /// Vectors of the widest tile, where the width is free.
    const WIDEST: usize;
    /// Inner indices that a tile takes at a time: less to count where vectors are short.
    const AT_ONCE: usize;

    unsafe fn splat(x: f32) -> Self::V;
    unsafe fn load(from: *const f32) -> Self::V;
    unsafe fn store(to: *mut f32, x: Self::V);
    /// The first `count` < `LANES` floats; zeros after them.
    #[inline(always)]
    unsafe fn load_part(from: *const f32, count: usize) -> Self::V {
        let mut lanes = [0f32; 16];
        for i in 0..count {
            lanes[i] = *from.add(i);
        }
        Self::load(lanes.as_ptr())
    }
    /// Stores the first `count` < `LANES` floats.
    #[inline(always)]
    unsafe fn store_part(to: *mut f32, x: Self::V, count: usize) {
        let mut lanes = [0f32; 16];
        Self::store(lanes.as_mut_ptr(), x);
        for i in 0..count {
            *to.add(i) = lanes[i];
        }
    }
    unsafe fn add(a: Self::V, b: Self::V) -> Self::V;
    unsafe fn sub(a: Self::V, b: Self::V) -> Self::V;
    unsafe fn mul(a: Self::V, b: Self::V) -> Self::V;
    /// The lesser; neither is NaN.
    unsafe fn min(a: Self::V, b: Self::V) -> Self::V;
    /// a · b + c, in one rounding where the instruction set has it.
    unsafe fn mul_add(a: Self::V, b: Self::V, c: Self::V) -> Self::V;
    /// `x` held within ± `bound`; not a number stays so.
    unsafe fn clamp(x: Self::V, bound: Self::V) -> Self::V;
    /// 1 / x, within 2⁻²² of it; x is at least 1 and at most 2¹⁰⁰.
    unsafe fn reciprocal(x: Self::V) -> Self::V;
    /// The nearest whole number, in a form that `scale_by_power` takes, and what is left of `x`, which is below 2²².
    #[inline(always)]
    unsafe fn split(x: Self::V) -> (Self::V, Self::V) {
        // Added to a small float, it leaves the nearest whole number in the low bits.
        let shift = Self::splat(12_582_912.0);
        let shifted = Self::add(x, shift);
        (shifted, Self::sub(x, Self::sub(shifted, shift)))
    }
    /// x · 2ⁿ for the n that `split` found.
    unsafe fn scale_by_power(x: Self::V, split: Self::V) -> Self::V;
    unsafe fn sum(x: Self::V) -> f32;
    /// Asks for memory that will be read soon; any address will do.
    #[inline(always)]
    unsafe fn prefetch(_at: *const f32) {}
    /// One more where x > bound. Counts are whole numbers in the bits of the lanes, so zeros are zeros.
    unsafe fn count_above(counts: Self::V, x: Self::V, bound: Self::V) -> Self::V;
    /// `yes` in lanes where x > bound, `no` in the others and where one of both is not a number.
    unsafe fn select_above(x: Self::V, bound: Self::V, yes: Self::V, no: Self::V) -> Self::V;
    /// Counts as floats, divided by `of`.
    unsafe fn share(counts: Self::V, of: Self::V) -> Self::V;
}
