//! General matrix products and squared distances, over arrays as the caller lays them out.
//!
//! # Safety
//! Functions need the processor's instructions, arrays as large as the product says and `buffer::SLACK` floats longer, a
//! result that overlaps with neither factor, and rows of it that no other thread computes.

#![allow(unsafe_op_in_unsafe_fn, clippy::missing_safety_doc, reason = "arithmetic with pointers from end to end")]
#![allow(clippy::needless_range_loop, reason = "indices count registers, and loops unroll")]

use crate::kernels::Kernels;
use crate::layer::panels;
use crate::product::{DISTANCE, Form, Known, Left, Out, REPLACE, Right, Runs, product};
use crate::simd::Simd;

/// out = a · b, or out += a · b; m, n and inner are those of the product, after transposition.
#[derive(Clone, Copy)]
pub struct Product {
    pub a: *const f32, // (m, inner), or (inner, m) when transpose_a
    pub b: *const f32, // (inner, n), or (n, inner) when transpose_b
    pub out: *mut f32, // (m, n)
    pub m: usize,
    pub n: usize,
    pub inner: usize,
    pub transpose_a: bool,
    pub transpose_b: bool,
    pub accumulate: bool,
    /// Whether `b` is what `pack_weights` made of it, transposed.
    pub packed: bool,
}

// SAFETY: addresses and sizes; whoever computes with them answers for what lies there.
unsafe impl Send for Product {}
// SAFETY: as above.
unsafe impl Sync for Product {}

/// Rows of a block of the result that is made at a time.
const BLOCK: usize = 48;
/// Floats that a thread needs for a block of the result.
pub const TILE: usize = BLOCK * 3 * 16;

/// Which way a product is computed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    /// Vectors lie along n.
    Columns,
    /// Vectors lie along m: few columns, and the left factor is transposed.
    Rows,
    /// Vectors lie along the inner dimension: few columns.
    Dots,
}

/// Rows of the result must not decide how each of them is summed where they are series: a row's bits would depend on
/// how many others came with it. They are columns of the left factor only in weight gradients, whose size is fixed.
fn way(product: &Product, lanes: usize) -> Way {
    match (product.n < lanes, product.transpose_a) {
        (true, false) => Way::Dots,
        (true, true) if product.m > product.n => Way::Rows,
        _ => Way::Columns,
    }
}

/// Floats that the right factor takes when it must be laid out anew; 0 when it is taken as it is.
pub fn packed_length(product: &Product, lanes: usize) -> usize {
    match way(product, lanes) {
        _ if product.packed => 0,
        Way::Columns if product.transpose_b => product.inner * product.n.div_ceil(lanes) * lanes,
        Way::Dots if !product.transpose_b && product.n > 1 => product.inner * product.n,
        _ => 0,
    }
}

/// Lays the right factor out anew, in `packed_length` floats.
pub unsafe fn pack(product: &Product, kernels: &Kernels, packed: *mut f32) {
    match way(product, kernels.lanes) {
        _ if product.packed => {}
        Way::Columns if product.transpose_b => pack_panels(product.b, product.n, product.inner, kernels, packed),
        Way::Dots if !product.transpose_b && product.n > 1 => {
            for j in 0..product.n {
                for p in 0..product.inner {
                    *packed.add(j * product.inner + p) = *product.b.add(p * product.n + j);
                }
            }
        }
        _ => {}
    }
}

/// Columns of the fewest that a product may have whose right factor is packed: those of the widest vector.
pub const LEAST_PACKED: usize = 16;

/// Floats that `pack_weights` writes at most; nothing where that cannot be counted, or columns are too few.
pub fn weights_length(columns: usize, inner: usize) -> Option<usize> {
    if columns < LEAST_PACKED {
        return None;
    }
    columns.checked_next_multiple_of(LEAST_PACKED)?.checked_mul(inner)
}

/// Lays out weights, (columns, inner), for products that take them transposed, so that each need not.
pub unsafe fn pack_weights(weights: *const f32, columns: usize, inner: usize, kernels: &Kernels, packed: *mut f32) {
    pack_panels(weights, columns, inner, kernels, packed);
}

/// Inner indices that are transposed at a time: what is written stays in the first cache.
const PACKED_AT_ONCE: usize = 64;

/// Transposes (columns, inner) into panels of up to three vectors of columns, with zeros for the columns that lack.
unsafe fn pack_panels(from: *const f32, columns: usize, inner: usize, kernels: &Kernels, packed: *mut f32) {
    let lanes = kernels.lanes;
    let (mut at, mut first) = (packed, 0);
    for panel in panels(columns.div_ceil(lanes), kernels.widest) {
        let width = panel * lanes;
        for start in (0..inner).step_by(PACKED_AT_ONCE) {
            let end = inner.min(start + PACKED_AT_ONCE);
            for j in 0..width.min(columns - first) {
                let column = from.add((first + j) * inner);
                for p in start..end {
                    *at.add(p * width + j) = *column.add(p);
                }
            }
            for p in start..end {
                for j in columns - first..width {
                    *at.add(p * width + j) = 0.0;
                }
            }
        }
        at = at.add(inner * width);
        first += width;
    }
}

/// Rows `from` to `to` of the result; `packed` is what `pack` made, and `tile` holds `TILE` floats.
#[inline(always)]
pub unsafe fn multiply<S: Simd>(task: &Product, packed: *const f32, from: usize, to: usize, tile: *mut f32) {
    let Product { a, b, out, m, n, inner, transpose_a, transpose_b, accumulate, .. } = *task;
    match way(task, S::LANES) {
        Way::Columns => {
            let (row, step) = if transpose_a { (1, m) } else { (inner, 1) };
            let runs = [Runs::one(inner, step), Runs::NONE];
            let (mut at, mut first) = (if transpose_b { packed } else { b }, 0);
            for panel in panels(n.div_ceil(S::LANES), S::WIDEST) {
                let width = panel * S::LANES;
                let right = Right { at, row: if transpose_b { width } else { n }, panel: 0 };
                for block in (from..to).step_by(BLOCK) {
                    let rows = BLOCK.min(to - block);
                    let left = Left { at: a.add(block * row), row, runs };
                    if transpose_a {
                        product_of_width::<S, Known<0, false, REPLACE>>(left, right, tile, panel, rows);
                    } else {
                        product_of_width::<S, Known<0, true, REPLACE>>(left, right, tile, panel, rows);
                    }
                    for i in 0..rows {
                        let to = out.add((block + i) * n + first);
                        put::<S>(tile.add(i * width), to, width.min(n - first), accumulate);
                    }
                }
                at = at.add(if transpose_b { inner * width } else { width });
                first += width;
            }
        }
        Way::Rows => {
            let (row, step) = if transpose_b { (inner, 1) } else { (1, n) };
            let left = Left { at: b, row, runs: [Runs::one(inner, step), Runs::NONE] };
            let mut first = from;
            for panel in panels((to - from).div_ceil(S::LANES), S::WIDEST) {
                let width = panel * S::LANES;
                let right = Right { at: a.add(first), row: m, panel: 0 };
                if transpose_b {
                    product_of_width::<S, Known<0, true, REPLACE>>(left, right, tile, panel, n);
                } else {
                    product_of_width::<S, Known<0, false, REPLACE>>(left, right, tile, panel, n);
                }
                for i in 0..width.min(to - first) {
                    for j in 0..n {
                        let to = out.add((first + i) * n + j);
                        let sum = *tile.add(j * width + i);
                        *to = if accumulate { *to + sum } else { sum };
                    }
                }
                first += width;
            }
        }
        Way::Dots => {
            let columns = if transpose_b || n == 1 { b } else { packed };
            for first in (from..to).step_by(4) {
                let rows = 4.min(to - first);
                for j in 0..n {
                    let sums = dots::<S>(a.add(first * inner), columns.add(j * inner), inner, rows);
                    for i in 0..rows {
                        let to = out.add((first + i) * n + j);
                        *to = if accumulate { *to + sums[i] } else { sums[i] };
                    }
                }
            }
        }
    }
}

/// Squared distances of rows `from` to `to` of `points` (rows, size) from `count` centroids, into `out` (rows, count).
/// `packed` holds the centroids, laid out by `pack_centroids`.
#[inline(always)]
pub unsafe fn distances<S: Simd>(task: &Product, packed: *const f32, from: usize, to: usize, tile: *mut f32) {
    let Product { a, out, n, inner, .. } = *task;
    let runs = [Runs::one(inner, 1), Runs::NONE];
    let (mut at, mut first) = (packed, 0);
    for panel in panels(n.div_ceil(S::LANES), S::WIDEST) {
        let width = panel * S::LANES;
        let right = Right { at, row: width, panel: 0 };
        for block in (from..to).step_by(BLOCK) {
            let rows = BLOCK.min(to - block);
            let left = Left { at: a.add(block * inner), row: inner, runs };
            product_of_width::<S, Known<0, true, DISTANCE>>(left, right, tile, panel, rows);
            for i in 0..rows {
                put::<S>(tile.add(i * width), out.add((block + i) * n + first), width.min(n - first), false);
            }
        }
        at = at.add(inner * width);
        first += width;
    }
}

/// Lays centroids (n, inner) out for `distances`, in as many floats as `centroids_length` says.
pub unsafe fn pack_centroids(task: &Product, kernels: &Kernels, packed: *mut f32) {
    pack_panels(task.b, task.n, task.inner, kernels, packed);
}

pub fn centroids_length(task: &Product, lanes: usize) -> usize {
    task.inner * task.n.div_ceil(lanes) * lanes
}

#[inline(always)]
unsafe fn product_of_width<S: Simd, F: Form>(left: Left, right: Right, tile: *mut f32, panel: usize, rows: usize) {
    let out = Out { at: tile, row: panel * S::LANES, panel: 0 };
    match panel {
        1 => product::<S, 1, F>(left, right, out, rows),
        2 => product::<S, 2, F>(left, right, out, rows),
        _ => product::<S, 3, F>(left, right, out, rows),
    }
}

#[inline(always)]
unsafe fn put<S: Simd>(from: *const f32, to: *mut f32, count: usize, accumulate: bool) {
    let mut i = 0;
    while i + S::LANES <= count {
        let x = S::load(from.add(i));
        S::store(to.add(i), if accumulate { S::add(x, S::load(to.add(i))) } else { x });
        i += S::LANES;
    }
    if i < count {
        let x = S::load(from.add(i));
        let x = if accumulate { S::add(x, S::load_part(to.add(i), count - i)) } else { x };
        S::store_part(to.add(i), x, count - i);
    }
}

#[inline(always)]
unsafe fn dots<S: Simd>(rows: *const f32, column: *const f32, inner: usize, count: usize) -> [f32; 4] {
    // Rows that lack are the last one again.
    let row: [*const f32; 4] = core::array::from_fn(|i| rows.add(i.min(count - 1) * inner));
    let mut sums = [S::splat(0.0); 4];
    let mut p = 0;
    while p + S::LANES <= inner {
        let x = S::load(column.add(p));
        for i in 0..4 {
            sums[i] = S::mul_add(S::load(row[i].add(p)), x, sums[i]);
        }
        p += S::LANES;
    }
    if p < inner {
        let x = S::load_part(column.add(p), inner - p);
        for i in 0..4 {
            sums[i] = S::mul_add(S::load_part(row[i].add(p), inner - p), x, sums[i]);
        }
    }
    [S::sum(sums[0]), S::sum(sums[1]), S::sum(sums[2]), S::sum(sums[3])]
}
