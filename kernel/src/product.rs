//! The one loop that all the time goes into: a tile of a matrix product, held in registers.

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

/// Rows of a tile of `columns` vectors, such that it fits the registers.
#[inline(always)]
pub const fn tile_rows<S: Simd>(columns: usize) -> usize {
    match (S::REGISTERS, columns) {
        (32, 1..=3) => 8,
        (32, _) => 6,
        (_, 1) => 8,
        (_, 2) => 5,
        (_, 3) => 4,
        (_, _) => 3,
    }
}

/// `rows` rows and `C` vectors of a product. A number's sum runs over the inner indices in order, whatever the tile.
#[inline(always)]
pub unsafe fn product<S: Simd, const C: usize, const MODE: u8>(left: Left, right: Right, out: Out, rows: usize) {
    let most = tile_rows::<S>(C);
    let tiles = rows.div_ceil(most);
    let (mut row, mut left, mut out) = (0, left, out);
    for i in 0..tiles {
        let end = rows * (i + 1) / tiles;
        tile_of::<S, C, MODE>(left, right, out, end - row);
        left.at = left.at.add((end - row) * left.row);
        out.at = out.at.add((end - row) * out.row);
        row = end;
    }
}

/// As `product`, for `panels` panels of the right factor and of the result.
#[inline(always)]
pub unsafe fn product_of_panels<S: Simd, const C: usize, const MODE: u8>(
    left: Left,
    right: Right,
    out: Out,
    rows: usize,
    panels: usize,
) {
    let mut panel = 0;
    if rows == 1 && C == 4 {
        // One row of four vectors is too little to hide the latency of a sum.
        if S::REGISTERS == 32 {
            while panel + 3 <= panels {
                tile::<S, 1, C, 3, MODE>(left, at_panel(right, panel), out_at_panel(out, panel));
                panel += 3;
            }
        }
        while panel + 2 <= panels {
            tile::<S, 1, C, 2, MODE>(left, at_panel(right, panel), out_at_panel(out, panel));
            panel += 2;
        }
    }
    while panel < panels {
        product::<S, C, MODE>(left, at_panel(right, panel), out_at_panel(out, panel), rows);
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
unsafe fn tile_of<S: Simd, const C: usize, const MODE: u8>(left: Left, right: Right, out: Out, rows: usize) {
    match rows {
        8 if tile_rows::<S>(C) >= 8 => tile::<S, 8, C, 1, MODE>(left, right, out),
        7 if tile_rows::<S>(C) >= 7 => tile::<S, 7, C, 1, MODE>(left, right, out),
        6 if tile_rows::<S>(C) >= 6 => tile::<S, 6, C, 1, MODE>(left, right, out),
        5 if tile_rows::<S>(C) >= 5 => tile::<S, 5, C, 1, MODE>(left, right, out),
        4 if tile_rows::<S>(C) >= 4 => tile::<S, 4, C, 1, MODE>(left, right, out),
        3 => tile::<S, 3, C, 1, MODE>(left, right, out),
        2 => tile::<S, 2, C, 1, MODE>(left, right, out),
        _ => tile::<S, 1, C, 1, MODE>(left, right, out),
    }
}

#[inline(always)]
unsafe fn tile<S: Simd, const R: usize, const C: usize, const P: usize, const MODE: u8>(
    left: Left,
    right: Right,
    out: Out,
) {
    let mut sums = [[[S::splat(0.0); C]; P]; R];
    if MODE == ACCUMULATE {
        for r in 0..R {
            for p in 0..P {
                for c in 0..C {
                    sums[r][p][c] = S::load(out.at.add(r * out.row + p * out.panel + c * S::LANES));
                }
            }
        }
    }
    let mut b = right.at;
    for runs in &left.runs {
        for run in 0..runs.count {
            let mut a = left.at.add(runs.start + run * runs.stride);
            for _ in 0..runs.length {
                if P == 1 {
                    let mut weights = [S::splat(0.0); C];
                    for c in 0..C {
                        weights[c] = S::load(b.add(c * S::LANES));
                    }
                    for r in 0..R {
                        let x = S::splat(*a.add(r * left.row));
                        for c in 0..C {
                            if MODE == DISTANCE {
                                let difference = S::sub(x, weights[c]);
                                sums[r][0][c] = S::mul_add(difference, difference, sums[r][0][c]);
                            } else {
                                sums[r][0][c] = S::mul_add(x, weights[c], sums[r][0][c]);
                            }
                        }
                    }
                } else {
                    for r in 0..R {
                        let x = S::splat(*a.add(r * left.row));
                        for p in 0..P {
                            for c in 0..C {
                                let weight = S::load(b.add(p * right.panel + c * S::LANES));
                                sums[r][p][c] = S::mul_add(x, weight, sums[r][p][c]);
                            }
                        }
                    }
                }
                a = a.add(runs.step);
                b = b.add(right.row);
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
