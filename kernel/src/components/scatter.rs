//! Sums of products of every two weighted features.
//!
//! # Safety
//! Functions need the processor's instructions, arrays as large as the task says, and as much room as it asks for.

#![allow(unsafe_op_in_unsafe_fn, clippy::missing_safety_doc, reason = "arithmetic with pointers from end to end")]

use super::tile::{TILE_COLUMNS, TILE_ROWS, tile};
use super::{SUMMED_ROWS, Scatter};
use crate::simd::Simd;
use core::slice::from_raw_parts;

#[inline(always)]
pub unsafe fn add_scatter<S: Simd>(task: &Scatter, room: *mut f32) {
    let Scatter { rows, count, out, .. } = *task;
    let (width, stride) = (TILE_COLUMNS * S::LANES, task.stride().unwrap_unchecked());
    let panel = room.add(SUMMED_ROWS * stride);
    let results = panel.add(SUMMED_ROWS * width);
    for from in (0..rows).step_by(SUMMED_ROWS) {
        let some = SUMMED_ROWS.min(rows - from);
        write_weighted(task, from, some, room, stride);
        for first in (0..count).step_by(width) {
            let end = count.min(first + width);
            for row in 0..some {
                room.add(row * stride + first).copy_to_nonoverlapping(panel.add(row * width), width);
            }
            // Of two mirrored halves, the one above the diagonal.
            for i in (0..end).step_by(TILE_ROWS) {
                tile::<S>(room.add(i), 1, stride, panel, some, results);
                for row in i..end.min(i + TILE_ROWS) {
                    for column in 0..end - first {
                        *out.add(row * count + first + column) += f64::from(*results.add((row - i) * width + column));
                    }
                }
            }
        }
    }
    for i in 0..count {
        for j in 0..i {
            *out.add(i * count + j) = *out.add(j * count + i);
        }
    }
}

/// Features less their means and times their weights, with zeros behind them.
#[inline(always)]
unsafe fn write_weighted(task: &Scatter, from: usize, rows: usize, out: *mut f32, stride: usize) {
    let count = task.count;
    let (means, weights) = (from_raw_parts(task.means, count), from_raw_parts(task.weights, count));
    for row in 0..rows {
        let values = from_raw_parts(task.values.add((from + row) * count), count);
        let to = out.add(row * stride);
        for i in 0..count {
            *to.add(i) = ((f64::from(values[i]) - means[i]) * weights[i]) as f32;
        }
        to.add(count).write_bytes(0, stride - count);
    }
}
