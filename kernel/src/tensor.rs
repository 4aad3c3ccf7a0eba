//! What layers compute besides products: biases, rectified sums, dropout, normalisation, the taps of convolutions, the
//! step of an optimizer. Attention, which is made of products, is in `attention`.
//!
//! These are plain loops, compiled for each instruction set. Nothing is fused and sums run over sixteen lanes everywhere,
//! so results are the same bits whatever the vectors' width.

pub mod attention;
mod dense;
mod dropout;
mod normalization;
mod optimizer;
pub mod softmax;
mod taps;

use crate::multiply::weights_length;

/// Which operation; operands and sizes are listed in this order.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Operation {
    /// sums (rows, width), bias (width), out (rows, width); sizes: rows, width, and flags: 1 rectifies, 2 adds to what is
    /// in out. Out may be the sums.
    AddBias,
    /// values (rows, width), out (width); sizes: rows, width. Sums columns up.
    SumColumns,
    /// numbers, gradients and out, (count); size: count; number: a factor. The way back through dropping and rectifying.
    TakeBack,
    /// values (count); sizes: count, and the state of the generator; numbers: below what draws drop, and a factor.
    Drop,
    /// values (count); size: count. Gives the sum of squares.
    SumSquares,
    /// parameters, gradient, first and second moments, (count); size: count; numbers: learning rate and the second
    /// moment's correction, and what the gradient is multiplied by.
    Adam,
    /// values, gains and shifts (2 · width), out, and where wanted normalized (rows, width) and inverses (rows); sizes:
    /// rows, width, and 1 where these are wanted.
    Normalize,
    /// gradients, gains and shifts, normalized, inverses, what is added to (rows, width), and the gradients of gains and
    /// shifts; sizes: rows, width.
    NormalizeBack,
    /// series (rows, steps, channels), columns (rows, places, kernel, channels); sizes: rows, and those of `taps::Taps`.
    Gather,
    /// columns and series of the same sizes.
    Scatter,
    /// queries (rows, tokens, 3 · width), context (rows, tokens, width), room, and where wanted weights (rows, heads,
    /// tokens, tokens); sizes: rows, tokens, width, heads, and 1 where they are wanted.
    Attend,
    /// queries, gradients of the context, room, weights, and gradients of the queries; sizes: rows, tokens, width, heads.
    AttendBack,
    /// weights (columns, inner), packed; sizes: columns, inner. See `multiply::pack_weights`.
    PackWeights,
}

pub const OPERATIONS: [Operation; 13] = [
    Operation::AddBias,
    Operation::SumColumns,
    Operation::TakeBack,
    Operation::Drop,
    Operation::SumSquares,
    Operation::Adam,
    Operation::Normalize,
    Operation::NormalizeBack,
    Operation::Gather,
    Operation::Scatter,
    Operation::Attend,
    Operation::AttendBack,
    Operation::PackWeights,
];

pub const OPERANDS: usize = 6;
pub const SIZES: usize = 7;
pub const NUMBERS: usize = 3;

/// An operation, and what it is done with. No two operands overlap but those of which it is said; those that an
/// operation does not have are ignored.
#[derive(Clone, Copy)]
pub struct Task {
    pub operation: Operation,
    pub operands: [*mut f32; OPERANDS],
    pub sizes: [usize; SIZES],
    pub numbers: [f64; NUMBERS],
}

/// How long operands must be; nothing where that cannot be counted, or sizes make no sense.
pub fn lengths(operation: Operation, sizes: &[usize; SIZES]) -> Option<[usize; OPERANDS]> {
    let [first, width, third, fourth, ..] = *sizes;
    let all = first.checked_mul(width);
    let kept = |length: usize| if third == 1 { length } else { 0 };
    Some(match operation {
        Operation::AddBias => [all?, width, all?, 0, 0, 0],
        Operation::SumColumns => [all?, width, 0, 0, 0, 0],
        Operation::TakeBack => [first, first, first, 0, 0, 0],
        Operation::Drop | Operation::SumSquares => [first, 0, 0, 0, 0, 0],
        Operation::Adam => [first, first, first, first, 0, 0],
        Operation::Normalize => [all?, width.checked_mul(2)?, all?, kept(all?), kept(first), 0],
        Operation::NormalizeBack => [all?, width.checked_mul(2)?, all?, first, all?, width.checked_mul(2)?],
        Operation::Gather | Operation::Scatter => {
            let (series, columns) = taps::lengths(sizes)?;
            if operation == Operation::Gather { [series, columns, 0, 0, 0, 0] } else { [columns, series, 0, 0, 0, 0] }
        }
        Operation::PackWeights => [all?, weights_length(first, width)?, 0, 0, 0, 0],
        Operation::Attend | Operation::AttendBack => {
            let attention::Lengths { context, weights, room } = attention::lengths(first, width, third, fourth)?;
            let queries = context.checked_mul(3)?;
            match operation {
                Operation::Attend => [queries, context, room, if sizes[4] == 1 { weights } else { 0 }, 0, 0],
                _ => [queries, context, room, weights, queries, 0],
            }
        }
    })
}

/// Whether an operation's first and third operands may be the same.
pub fn may_replace(operation: Operation) -> bool {
    operation == Operation::AddBias
}

/// Any operation but attention and packing.
///
/// # Safety
/// Operands are as long as `lengths` says.
#[inline(always)]
pub unsafe fn run(task: &Task) -> f64 {
    // SAFETY: the caller's promise; what is written overlaps with nothing that is read.
    unsafe {
        match task.operation {
            Operation::AddBias => dense::add_bias(task),
            Operation::SumColumns => dense::sum_columns(task),
            Operation::TakeBack => dense::take_back(task),
            Operation::Drop => dropout::apply(task),
            Operation::SumSquares => return optimizer::sum_squares(task),
            Operation::Adam => optimizer::adam(task),
            Operation::Normalize => normalization::forward(task),
            Operation::NormalizeBack => normalization::backward(task),
            Operation::Gather => taps::gather(task),
            Operation::Scatter => taps::scatter(task),
            Operation::Attend | Operation::AttendBack | Operation::PackWeights => {
                unreachable!("what is made of products is the engine's")
            }
        }
    }
    0.0
}

/// Numbers of an operand.
///
/// # Safety
/// There are as many, and nobody writes to them meanwhile.
#[inline(always)]
unsafe fn read<'a>(at: *mut f32, length: usize) -> &'a [f32] {
    // SAFETY: the caller's promise.
    unsafe { core::slice::from_raw_parts(at, length) }
}

/// As `read`, to write to.
///
/// # Safety
/// There are as many, and nobody else reads them or writes to them meanwhile.
#[inline(always)]
unsafe fn write<'a>(at: *mut f32, length: usize) -> &'a mut [f32] {
    // SAFETY: the caller's promise.
    unsafe { core::slice::from_raw_parts_mut(at, length) }
}

const LANES: usize = 16;

/// The sum of a term of each pair of numbers.
#[inline(always)]
fn sum_pairs(a: &[f32], b: &[f32], term: impl Fn(f32, f32) -> f32) -> f32 {
    let mut lanes = [0f32; LANES];
    let (a_chunks, b_chunks) = (a.chunks_exact(LANES), b.chunks_exact(LANES));
    let (a_rest, b_rest) = (a_chunks.remainder(), b_chunks.remainder());
    for (a, b) in a_chunks.zip(b_chunks) {
        for lane in 0..LANES {
            lanes[lane] += term(a[lane], b[lane]);
        }
    }
    for (lane, (&a, &b)) in a_rest.iter().zip(b_rest).enumerate() {
        lanes[lane] += term(a, b);
    }
    sum_lanes(lanes)
}

#[inline(always)]
fn sum_lanes(mut lanes: [f32; LANES]) -> f32 {
    for half in [8, 4, 2, 1] {
        for lane in 0..half {
            lanes[lane] += lanes[lane + half];
        }
    }
    lanes[0]
}
