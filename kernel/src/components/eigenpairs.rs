//! The largest eigenpairs of a symmetric matrix, by way of a tridiagonal one.
//!
//! # Safety
//! Arrays are as large as the task says, and there is as much room as it asks for.

#![allow(unsafe_op_in_unsafe_fn, clippy::missing_safety_doc, reason = "arithmetic with pointers from end to end")]

use super::Eigenpairs;
use super::tridiagonal::{AT_ONCE, COLUMNS, Tridiagonal};
use core::slice::{from_raw_parts, from_raw_parts_mut};

/// Largest part of the norm that an eigenvector may leave over, and rounds until it does not.
const TOLERANCE: f64 = 1e-13;
const ROUNDS: usize = 6;

/// How many pairs were found: none where the matrix has no positive eigenvalue, or a vector does not converge.
#[inline(always)]
pub unsafe fn leading(task: &Eigenpairs, room: *mut f32) -> usize {
    let Eigenpairs { size, most, least, .. } = *task;
    let matrix = from_raw_parts(task.symmetric, size * size);
    // The power of two below the largest number: the matrix is scaled by it without rounding.
    let largest = matrix.iter().fold(0.0, |most: f64, number| most.max(number.abs()));
    let scale = f64::from_bits(largest.to_bits() & 0x7ff0_0000_0000_0000);
    if size == 0 || !(scale > 0.0 && scale.is_finite() && scale.recip().is_finite()) {
        return 0;
    }
    // Room is aligned to a cache line.
    let room = from_raw_parts_mut(room.cast::<f64>(), (size + COLUMNS) * size);
    for (scaled, number) in room.iter_mut().zip(matrix) {
        *scaled = number / scale;
    }
    let mut tridiagonal = Tridiagonal::reduce(room, size);
    let values = from_raw_parts_mut(task.values, most);
    let vectors = from_raw_parts_mut(task.vectors, most * size);
    let found = choose(&tridiagonal, values, least / scale);
    for (rank, value) in values[..found].iter().enumerate() {
        let (before, rest) = vectors.split_at_mut(rank * size);
        let vector = &mut rest[..size];
        begin(vector, rank);
        let left = tridiagonal.solve(*value, before, vector, ROUNDS);
        if left.is_nan() || left > TOLERANCE {
            return 0;
        }
    }
    for (value, vector) in values[..found].iter_mut().zip(vectors.chunks_exact_mut(size)) {
        tridiagonal.reflect_back(vector);
        *value *= scale;
    }
    found
}

/// Writes the largest eigenvalues as far as they are wanted, and tells how many these are.
#[inline(always)]
fn choose(tridiagonal: &Tridiagonal, values: &mut [f64], least: f64) -> usize {
    for first in (0..values.len()).step_by(AT_ONCE) {
        let some = tridiagonal.eigenvalues(first);
        for (place, value) in some.into_iter().enumerate().take(values.len() - first) {
            let rank = first + place;
            if value.is_nan() || value <= 0.0 || rank > 0 && value < least {
                return rank;
            }
            values[rank] = value;
        }
    }
    values.len()
}

/// Numbers between -1 and 1 that follow no pattern, so that no eigenvector is at right angles to them.
#[inline(always)]
fn begin(vector: &mut [f64], rank: usize) {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64.wrapping_mul(rank as u64 + 1);
    for number in vector {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        *number = (state >> 11) as f64 / (1u64 << 52) as f64 - 1.0;
    }
}
