//! A tile of a product: a few rows times a panel that is a few vectors wide.

#![allow(unsafe_op_in_unsafe_fn, clippy::missing_safety_doc, reason = "arithmetic with pointers from end to end")]
#![allow(clippy::needless_range_loop, reason = "indices count registers, and loops unroll")]

use crate::simd::Simd;

/// As many as sixteen registers hold, with a row of the panel and a number of the other factor.
pub const TILE_ROWS: usize = 6;
/// In vectors.
pub const TILE_COLUMNS: usize = 2;

/// Each sum runs over `inner` in order, from zero.
///
/// # Safety
/// It needs the processor's instructions, and arrays as large as it says.
#[inline(always)]
pub unsafe fn tile<S: Simd>(
    a: *const f32, // number k of row i is at i * row_step + k * step
    row_step: usize,
    step: usize,
    panel: *const f32, // (inner, TILE_COLUMNS, LANES)
    inner: usize,
    out: *mut f32, // (TILE_ROWS, TILE_COLUMNS, LANES)
) {
    let width = TILE_COLUMNS * S::LANES;
    let mut sums = [[S::splat(0.0); TILE_COLUMNS]; TILE_ROWS];
    for k in 0..inner {
        let columns: [S::V; TILE_COLUMNS] = core::array::from_fn(|n| S::load(panel.add(k * width + n * S::LANES)));
        for i in 0..TILE_ROWS {
            let number = S::splat(*a.add(i * row_step + k * step));
            for n in 0..TILE_COLUMNS {
                sums[i][n] = S::add(sums[i][n], S::mul(number, columns[n]));
            }
        }
    }
    for i in 0..TILE_ROWS {
        for n in 0..TILE_COLUMNS {
            S::store(out.add(i * width + n * S::LANES), sums[i][n]);
        }
    }
}
