//! Sums over columns.
//!
//! # Safety
//! Arrays are as large as the task says.

#![allow(unsafe_op_in_unsafe_fn, clippy::missing_safety_doc, reason = "arithmetic with pointers from end to end")]

use super::Columns;
use core::slice::{from_raw_parts, from_raw_parts_mut};

#[inline(always)]
pub unsafe fn add_columns(task: &Columns) {
    let Columns { rows, count, .. } = *task;
    if count == 0 {
        return;
    }
    let values = from_raw_parts(task.values, rows * count);
    let sums = from_raw_parts_mut(task.sums, count);
    if task.centers.is_null() {
        for row in values.chunks_exact(count) {
            for (sum, value) in sums.iter_mut().zip(row) {
                *sum += f64::from(*value);
            }
        }
        return;
    }
    let centers = from_raw_parts(task.centers, count);
    for row in values.chunks_exact(count) {
        for ((sum, center), value) in sums.iter_mut().zip(centers).zip(row) {
            let difference = f64::from(*value) - center;
            *sum += difference * difference;
        }
    }
}
