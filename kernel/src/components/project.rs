//! Features onto their view.
//!
//! # Safety
//! Functions need the processor's instructions, arrays as large as the task says, and as much room as it asks for.

#![allow(unsafe_op_in_unsafe_fn, clippy::missing_safety_doc, reason = "arithmetic with pointers from end to end")]

use super::Projection;
use super::tile::{TILE_COLUMNS, TILE_ROWS, tile};
use crate::simd::Simd;
use core::slice::from_raw_parts;

#[inline(always)]
pub unsafe fn project<S: Simd>(task: &Projection, room: *mut f32) {
    let Projection { rows, count, size, out, offset, stride, .. } = *task;
    let width = TILE_COLUMNS * S::LANES;
    let panels = size.div_ceil(width);
    let centred = room.add(panels * width * count);
    let results = centred.add(TILE_ROWS * count);
    pack(task, width, panels, room);
    for from in (0..rows).step_by(TILE_ROWS) {
        let some = TILE_ROWS.min(rows - from);
        for row in 0..some {
            centre(task, from + row, centred.add(row * count));
        }
        // A row's result does not depend on how many rows there are, so what the others compute does not matter.
        centred.add(some * count).write_bytes(0, (TILE_ROWS - some) * count);
        for panel in 0..panels {
            tile::<S>(centred, count, 1, room.add(panel * width * count), count, results);
            let first = panel * width;
            for row in 0..some {
                let to = out.add((from + row) * stride + offset + first);
                results.add(row * width).copy_to_nonoverlapping(to, width.min(size - first));
            }
        }
    }
}

/// (panels, count, width), with zeros behind the last.
#[inline(always)]
unsafe fn pack(task: &Projection, width: usize, panels: usize, to: *mut f32) {
    let Projection { count, size, projection, .. } = *task;
    for i in 0..panels * width {
        let to = to.add(i / width * width * count + i % width);
        for k in 0..count {
            *to.add(k * width) = if i < size { *projection.add(i * count + k) } else { 0.0 };
        }
    }
}

/// Features less their means, once they are cut off. Before the product, so that its sums do not cancel.
#[inline(always)]
unsafe fn centre(task: &Projection, row: usize, to: *mut f32) {
    let count = task.count;
    let features = from_raw_parts(task.features.add(row * count), count);
    let means = from_raw_parts(task.means, count);
    if task.bounds.is_null() {
        for i in 0..count {
            *to.add(i) = features[i] - means[i];
        }
        return;
    }
    let (low, high) = (from_raw_parts(task.bounds, count), from_raw_parts(task.bounds.add(count), count));
    for i in 0..count {
        let above = if features[i] < low[i] { low[i] } else { features[i] };
        let within = if above > high[i] { high[i] } else { above };
        *to.add(i) = within - means[i];
    }
}
