//! A tile of points against all centroids.
//!
//! # Safety
//! Functions need the processor's instructions, arrays as large as the task says, and as much room as it asks for.

#![allow(unsafe_op_in_unsafe_fn, clippy::missing_safety_doc, reason = "arithmetic with pointers from end to end")]
#![allow(clippy::needless_range_loop, reason = "indices count registers, and loops unroll")]

use super::Task;
use crate::activation::POWER;
use crate::simd::Simd;

/// Two to a lesser power is below what a single-precision number near 1 can tell, even fifty times over.
const LEAST_POWER: f32 = -29.0;

/// Assigns all points. One that is not finite, or too far from all to tell, is at centroid 0 with a distance of NaN.
#[inline(always)]
pub unsafe fn assign<S: Simd>(task: &Task, room: *mut f32) {
    let (tile, squared) = (room, room.add(task.size * S::LANES));
    for first in (0..task.rows).step_by(S::LANES) {
        let count = S::LANES.min(task.rows - first);
        // Lanes without a point keep what they had: nobody reads what comes of it.
        for lane in 0..count {
            let point = task.points.add((first + lane) * task.size);
            for m in 0..task.size {
                *tile.add(m * S::LANES + lane) = *point.add(m);
            }
        }
        measure::<S>(task, tile, squared);
        choose::<S>(task, squared, first, count);
    }
}

/// Squared distances of a tile, (count, LANES): four centroids at a time, each number of a point read once for them.
#[inline(always)]
unsafe fn measure<S: Simd>(task: &Task, tile: *const f32, squared: *mut f32) {
    let mut j = 0;
    while j + 4 <= task.count {
        measure_some::<S, 4>(task, tile, squared, j);
        j += 4;
    }
    match task.count - j {
        3 => measure_some::<S, 3>(task, tile, squared, j),
        2 => measure_some::<S, 2>(task, tile, squared, j),
        1 => measure_some::<S, 1>(task, tile, squared, j),
        _ => {}
    }
}

#[inline(always)]
unsafe fn measure_some<S: Simd, const N: usize>(task: &Task, tile: *const f32, squared: *mut f32, first: usize) {
    let centroids: [*const f32; N] = core::array::from_fn(|n| task.centroids.add((first + n) * task.size));
    let mut sums = [S::splat(0.0); N];
    for m in 0..task.size {
        let x = S::load(tile.add(m * S::LANES));
        for n in 0..N {
            let difference = S::sub(x, S::splat(*centroids[n].add(m)));
            sums[n] = S::add(sums[n], S::mul(difference, difference));
        }
    }
    for n in 0..N {
        S::store(squared.add((first + n) * S::LANES), sums[n]);
    }
}

/// The nearest of each point of a tile, of equals the first, and how clear a choice it is.
#[inline(always)]
unsafe fn choose<S: Simd>(task: &Task, squared: *const f32, from: usize, count: usize) {
    let (mut first, mut second) = (S::load(squared), S::splat(f32::INFINITY));
    let mut nearest = S::splat(0.0);
    for j in 1..task.count {
        let other = S::load(squared.add(j * S::LANES));
        let runner_up = S::select_above(second, other, other, second);
        second = S::select_above(first, other, first, runner_up);
        nearest = S::select_above(first, other, S::splat(j as f32), nearest);
        first = S::select_above(first, other, other, first);
    }
    let mut shares = S::splat(0.0);
    let (sharpness, least) = (S::splat(task.sharpness), S::splat(LEAST_POWER));
    for j in 0..task.count {
        let excess = S::sub(S::load(squared.add(j * S::LANES)), first);
        let power = S::mul(excess, sharpness);
        let share = S::select_above(power, least, two_to::<S>(power), S::splat(0.0));
        shares = S::add(shares, share);
    }

    let [mut firsts, mut seconds, mut indices, mut sums] = [[0f32; 16]; 4];
    S::store(firsts.as_mut_ptr(), first);
    S::store(seconds.as_mut_ptr(), second);
    S::store(indices.as_mut_ptr(), nearest);
    S::store(sums.as_mut_ptr(), shares);
    for lane in 0..count {
        let row = from + lane;
        let (distance, runner_up) = (firsts[lane].sqrt(), seconds[lane].sqrt());
        let known = firsts[lane].is_finite();
        // Beyond a runner-up that is too far to tell lies nothing; two at distance 0 are a tie like any other.
        let margin = if runner_up == f32::INFINITY { 1.0 } else { (runner_up - distance) / runner_up };
        let margin = if runner_up == 0.0 { 0.0 } else { margin };
        *task.nearest.add(row) = indices[lane] as u16;
        *task.distances.add(row) = if known { distance } else { f32::NAN };
        *task.margins.add(row) = if known { margin } else { 0.0 };
        *task.confidences.add(row) = 1.0 / if known { sums[lane] } else { task.count as f32 };
    }
}

/// 2^x for x from `LEAST_POWER` to 0, within 3e-7 of it.
#[inline(always)]
unsafe fn two_to<S: Simd>(x: S::V) -> S::V {
    let (whole, fraction) = S::split(x);
    let mut power = S::splat(POWER[5]);
    for i in (0..5).rev() {
        power = S::add(S::mul(power, fraction), S::splat(POWER[i]));
    }
    S::scale_by_power(power, whole)
}
