//! The one loop that all the time goes into: a tile of a matrix product, held in registers.
//!
//! # Safety
//! Functions need the processor's instructions, and factors and a result that lie where `Left`, `Right` and `Out` say:
//! whole vectors of them can be read and written.

#![allow(unsafe_op_in_unsafe_fn, reason = "arithmetic with pointers from end to end")]
#![allow(clippy::needless_range_loop, reason = "indices count registers, and loops unroll")]

use crate::simd::Simd;

/// Runs of inner indices of the left factor, evenly spaced: run i begins at `start + i * stride` and has `length`
/// numbers, `step` apart.
#[derive(Clone, Copy)]
pub struct Runs {
    pub start: usize,
    pub count: usize,
    pub stride: usize,
    pub length: usize,
    pub step: usize,
}

impl Runs {
    #[inline(always)]
    pub fn one(length: usize, step: usize) -> Runs {
        Runs { start: 0, count: 1, stride: 0, length, step }
    }
    pub const NONE: Runs = Runs { start: 0, count: 0, stride: 0, length: 0, step: 0 };
}

/// The left factor: rows `row` apart, inner indices in `runs`.
#[derive(Clone, Copy)]
pub struct Left {
    pub at: *const f32,
    pub row: usize,
    pub runs: [Runs; 2],
}

/// The right factor: for each inner index, a row of `C` vectors; rows `row` apart, panels `panel` apart.
#[derive(Clone, Copy)]
pub struct Right {
    pub at: *const f32,
    pub row: usize,
    pub panel: usize,
}

/// Where the product goes; it is written in whole vectors.
#[derive(Clone, Copy)]
pub struct Out {
    pub at: *mut f32,
    pub row: usize,
    pub panel: usize,
}

/// What becomes of the pairs of numbers.
pub const REPLACE: u8 = 0;
pub const ACCUMULATE: u8 = 1;
/// Squared differences are added up in place of products.
pub const DISTANCE: u8 = 2;

/// What is known of a product when it is compiled, so that addresses are constants.
pub trait Form {
    /// Vectors from one row of the right factor to the next; 0 where only `Right` knows.
    const ROW: usize;
    /// Whether the numbers of a row of the left factor are neighbours; if not, those of a column are.
    const ALONG: bool;
    const MODE: u8;
}

pub struct Known<const ROW: usize, const ALONG: bool, const MODE: u8>;

impl<const ROW: usize, const ALONG: bool, const MODE: u8> Form for Known<ROW, ALONG, MODE> {
    const ROW: usize = ROW;
    const ALONG: bool = ALONG;
    const MODE: u8 = MODE;
}

/// `rows` rows and `C` vectors of a product. A number's sum runs over the inner indices in order, whatever the tile.
#[inline(always)]
pub unsafe fn product<S: Simd, const C: usize, F: Form>(left: Left, right: Right, out: Out, rows: usize) {
    if S::TILE_ROWS[C - 1] == 0 {
        let half = 2 * S::LANES;
        product_of_tiles::<S, 2, F>(left, right, out, rows);
        let right = Right { at: right.at.add(half), ..right };
        product_of_tiles::<S, 2, F>(left, right, Out { at: out.at.add(half), ..out }, rows);
    } else {
        product_of_tiles::<S, C, F>(left, right, out, rows);
    }
}

#[inline(always)]
unsafe fn product_of_tiles<S: Simd, const C: usize, F: Form>(left: Left, right: Right, out: Out, rows: usize) {
    let tiles = rows.div_ceil(S::TILE_ROWS[C - 1]);
    let (mut row, mut left, mut out) = (0, left, out);
    for i in 0..tiles {
        let end = rows * (i + 1) / tiles;
        tile_of::<S, C, F>(left, right, out, end - row);
        left.at = left.at.add((end - row) * if F::ALONG { left.row } else { 1 });
        out.at = out.at.add((end - row) * out.row);
        row = end;
    }
}

/// As `product`, for `panels` panels of the right factor and of the result.
#[inline(always)]
pub unsafe fn product_of_panels<S: Simd, const C: usize, F: Form>(
    left: Left,
    right: Right,
    out: Out,
    rows: usize,
    panels: usize,
) {
    let mut panel = 0;
    if rows == 1 {
        // One row of four vectors is too little to hide the latency of a sum.
        if S::AT_ONCE == 1 && S::TILE_ROWS[3] > 2 {
            while panel + 3 <= panels {
                tile::<S, 1, C, 3, F>(left, at_panel(right, panel), out_at_panel(out, panel));
                panel += 3;
            }
        }
        while panel + 2 <= panels {
            tile::<S, 1, C, 2, F>(left, at_panel(right, panel), out_at_panel(out, panel));
            panel += 2;
        }
    }
    while panel < panels {
        product::<S, C, F>(left, at_panel(right, panel), out_at_panel(out, panel), rows);
        panel += 1;
    }
}

#[inline(always)]
unsafe fn at_panel(right: Right, panel: usize) -> Right {
    Right { at: right.at.add(panel * right.panel), ..right }
}

#[inline(always)]
unsafe fn out_at_panel(out: Out, panel: usize) -> Out {
    Out { at: out.at.add(panel * out.panel), ..out }
}

#[inline(always)]
unsafe fn tile_of<S: Simd, const C: usize, F: Form>(left: Left, right: Right, out: Out, rows: usize) {
    match rows {
        8 if S::TILE_ROWS[C - 1] >= 8 => tile::<S, 8, C, 1, F>(left, right, out),
        7 if S::TILE_ROWS[C - 1] >= 7 => tile::<S, 7, C, 1, F>(left, right, out),
        6 if S::TILE_ROWS[C - 1] >= 6 => tile::<S, 6, C, 1, F>(left, right, out),
        5 if S::TILE_ROWS[C - 1] >= 5 => tile::<S, 5, C, 1, F>(left, right, out),
        4 if S::TILE_ROWS[C - 1] >= 4 => tile::<S, 4, C, 1, F>(left, right, out),
        3 => tile::<S, 3, C, 1, F>(left, right, out),
        2 => tile::<S, 2, C, 1, F>(left, right, out),
        _ => tile::<S, 1, C, 1, F>(left, right, out),
    }
}

type Sums<S, const R: usize, const C: usize, const P: usize> = [[[<S as Simd>::V; C]; P]; R];

// In WebAssembly on its own: JavaScript engines allocate registers badly in very long functions.
#[cfg_attr(target_arch = "wasm32", inline(never))]
#[cfg_attr(not(target_arch = "wasm32"), inline(always))]
unsafe fn tile<S: Simd, const R: usize, const C: usize, const P: usize, F: Form>(left: Left, right: Right, out: Out) {
    let mut sums: Sums<S, R, C, P> = [[[S::splat(0.0); C]; P]; R];
    if F::MODE == ACCUMULATE {
        for r in 0..R {
            for p in 0..P {
                for c in 0..C {
                    sums[r][p][c] = S::load(out.at.add(r * out.row + p * out.panel + c * S::LANES));
                }
            }
        }
    }
    let row = if F::ROW > 0 { F::ROW * S::LANES } else { right.row };
    let mut b = right.at;
    for runs in &left.runs {
        for run in 0..runs.count {
            let mut a = left.at.add(runs.start + run * runs.stride);
            let step = if F::ALONG { 1 } else { runs.step };
            for _ in 0..runs.length / S::AT_ONCE {
                for i in 0..S::AT_ONCE {
                    add_products::<S, R, C, P, F>(&mut sums, a.add(i * step), left.row, b.add(i * row), right.panel);
                }
                a = a.add(S::AT_ONCE * step);
                b = b.add(S::AT_ONCE * row);
            }
            for _ in 0..runs.length % S::AT_ONCE {
                add_products::<S, R, C, P, F>(&mut sums, a, left.row, b, right.panel);
                a = a.add(step);
                b = b.add(row);
            }
        }
    }
    for r in 0..R {
        for p in 0..P {
            for c in 0..C {
                S::store(out.at.add(r * out.row + p * out.panel + c * S::LANES), sums[r][p][c]);
            }
        }
    }
}

/// One inner index: a column of the left factor times a row of the right one.
#[inline(always)]
unsafe fn add_products<S: Simd, const R: usize, const C: usize, const P: usize, F: Form>(
    sums: &mut Sums<S, R, C, P>,
    a: *const f32,
    left_row: usize,
    b: *const f32,
    panel: usize,
) {
    let left_row = if F::ALONG { left_row } else { 1 };
    let mut weights = [[S::splat(0.0); C]; P];
    for p in 0..P {
        for c in 0..C {
            weights[p][c] = S::load(b.add(p * panel + c * S::LANES));
        }
    }
    for r in 0..R {
        let x = S::splat(*a.add(r * left_row));
        for p in 0..P {
            for c in 0..C {
                let factor = if F::MODE == DISTANCE { S::sub(x, weights[p][c]) } else { x };
                let other = if F::MODE == DISTANCE { factor } else { weights[p][c] };
                sums[r][p][c] = S::mul_add(factor, other, sums[r][p][c]);
            }
        }
    }
}
