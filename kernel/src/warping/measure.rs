//! A group of references against all series.
//!
//! # Safety
//! Functions need the processor's instructions, arrays as large as the task says, and as much room as it asks for.

#![allow(unsafe_op_in_unsafe_fn, clippy::missing_safety_doc, reason = "arithmetic with pointers from end to end")]
#![allow(clippy::needless_range_loop, reason = "indices count registers, and loops unroll")]

use super::{AT_ONCE, Warping};
use crate::simd::Simd;

#[inline(always)]
pub unsafe fn measure<S: Simd>(task: &Warping, room: *mut f32) {
    for first in (0..task.count).step_by(AT_ONCE * S::LANES) {
        match (task.count - first).div_ceil(S::LANES) {
            1 => measure_some::<S, 1>(task, first, room),
            2 => measure_some::<S, 2>(task, first, room),
            3 => measure_some::<S, 3>(task, first, room),
            _ => measure_some::<S, AT_ONCE>(task, first, room),
        }
    }
}

/// All series against the references in `N` vectors from `first` on.
#[inline(always)]
unsafe fn measure_some<S: Simd, const N: usize>(task: &Warping, first: usize, room: *mut f32) {
    let (cells, width) = (task.steps * task.channels, N * S::LANES);
    let count = width.min(task.count - first);
    let (packed, costs) = (room, room.add(cells * width));
    pack(task.references.add(first * cells), count, cells, width, packed);
    for row in 0..task.rows {
        let series = task.series.add(row * cells);
        // With the usual single channel known to the compiler, nothing is counted between two steps.
        if task.channels == 1 {
            warp::<S, N>(task, series, packed, costs, 1);
        } else {
            warp::<S, N>(task, series, packed, costs, task.channels);
        }
        let squared = task.squared.add(row * task.count + first);
        for lane in 0..count {
            *squared.add(lane) = *costs.add(task.steps * width + lane);
        }
    }
}

/// References side by side, (cells, width); lanes without one are zero.
#[inline(always)]
unsafe fn pack(references: *const f32, count: usize, cells: usize, width: usize, packed: *mut f32) {
    for cell in 0..cells {
        for lane in 0..count {
            *packed.add(cell * width + lane) = *references.add(lane * cells + cell);
        }
        for lane in count..width {
            *packed.add(cell * width + lane) = 0.0;
        }
    }
}

/// One series against the packed references: row by row of the table of costs, each in the place of the one before, with
/// what lies beyond the ends and the band infinitely far.
#[inline(always)]
unsafe fn warp<S: Simd, const N: usize>(
    task: &Warping,
    series: *const f32,
    packed: *const f32,
    costs: *mut f32, // (steps + 1, N, LANES)
    channels: usize,
) {
    let (width, steps) = (N * S::LANES, task.steps);
    let infinite = S::splat(f32::INFINITY);
    for at in (0..(steps + 1) * width).step_by(S::LANES) {
        S::store(costs.add(at), infinite);
    }
    let mut diagonal = [S::splat(0.0); N];
    for i in 0..steps {
        let (from, to) = (i.saturating_sub(task.band), steps.min(i.saturating_add(task.band).saturating_add(1)));
        if i > 0 {
            diagonal = core::array::from_fn(|n| S::load(costs.add(from * width + n * S::LANES)));
        }
        let own = series.add(i * channels);
        let mut left = [infinite; N];
        for j in from..to {
            let place = costs.add((j + 1) * width);
            let theirs = packed.add(j * channels * width);
            for n in 0..N {
                let up = S::load(place.add(n * S::LANES));
                let way = S::min(left[n], S::min(up, diagonal[n]));
                let mut cost = difference::<S>(own, theirs.add(n * S::LANES));
                for channel in 1..channels {
                    let further = difference::<S>(own.add(channel), theirs.add(channel * width + n * S::LANES));
                    cost = S::add(cost, further);
                }
                left[n] = S::add(way, cost);
                S::store(place.add(n * S::LANES), left[n]);
                diagonal[n] = up;
            }
        }
    }
}

/// Squared difference of a number from those of a vector of references.
#[inline(always)]
unsafe fn difference<S: Simd>(own: *const f32, theirs: *const f32) -> S::V {
    let difference = S::sub(S::splat(*own), S::load(theirs));
    S::mul(difference, difference)
}
