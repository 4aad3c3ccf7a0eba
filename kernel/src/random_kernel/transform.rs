use super::{Family, MIDDLE, Places, RandomKernels, Stage, TAPS};
use crate::simd::Simd;

/// Biases of each kernel that a pass over the steps takes.
const MOST_BIASES: usize = 3;

/// See `RandomKernels::transform`; `task` was made for the instruction set.
#[inline(always)]
pub unsafe fn transform<S: Simd>(task: &RandomKernels, values: *const f32, rows: usize, out: *mut f32) {
    let places = task.places();
    let (cells, features) = (task.cells(), task.features());
    for first in (0..rows).step_by(S::LANES) {
        let count = S::LANES.min(rows - first);
        // Lanes without a window keep what they had: nobody reads what comes of it.
        for lane in 0..count {
            let window = values.add((first + lane) * cells);
            for cell in 0..cells {
                *places.values.add(cell * S::LANES + lane) = *window.add(cell);
            }
        }
        let tile = Tile { places, out: out.add(first * features), count, features };
        for stage in &task.stages {
            prepare::<S>(task, stage, places);
            let mut first_tap = TAPS;
            for family in &stage.families {
                if family.taps[0] != first_tap {
                    first_tap = family.taps[0];
                    begin::<S>(task.steps, places, first_tap, stage.dilation);
                }
                let mut done = 0;
                while done < stage.bias_count {
                    let passes = (stage.bias_count - done).div_ceil(MOST_BIASES);
                    let biases = (stage.bias_count - done).div_ceil(passes);
                    count_family::<S>(task, stage.dilation, family, done, biases, tile);
                    done += biases;
                }
            }
        }
    }
}

#[derive(Clone, Copy)]
struct Tile {
    places: Places,
    out: *mut f32, // (count, features)
    count: usize,
    features: usize,
}

/// Sums the stage's channels, and the nine taps.
#[inline(always)]
unsafe fn prepare<S: Simd>(task: &RandomKernels, stage: &Stage, places: Places) {
    let Places { values, sums, heavy, light, .. } = places;
    let three = S::splat(3.0);
    for t in 0..task.steps {
        let step = values.add(t * task.channels * S::LANES);
        let mut sum = S::load(step.add(stage.channels[0] * S::LANES));
        for &channel in &stage.channels[1..] {
            sum = S::add(sum, S::load(step.add(channel * S::LANES)));
        }
        S::store(sums.add(t * S::LANES), sum);
        S::store(heavy.add(t * S::LANES), S::mul(three, sum));
    }
    let taps: [*const f32; TAPS] = core::array::from_fn(|tap| at_tap::<S>(sums, tap, stage.dilation));
    for t in 0..task.steps {
        let mut sum = S::splat(0.0);
        for tap in taps {
            sum = S::sub(sum, S::load(tap.add(t * S::LANES)));
        }
        S::store(light.add(t * S::LANES), sum);
    }
}

/// Adds the first heavy tap, which many kernels share.
#[inline(always)]
unsafe fn begin<S: Simd>(steps: usize, places: Places, tap: usize, dilation: usize) {
    let heavy = at_tap::<S>(places.heavy, tap, dilation);
    for t in 0..steps {
        let at = t * S::LANES;
        S::store(places.begun.add(at), S::add(S::load(places.light.add(at)), S::load(heavy.add(at))));
    }
}

#[inline(always)]
unsafe fn at_tap<S: Simd>(padded: *const f32, tap: usize, dilation: usize) -> *const f32 {
    padded.offset((tap as isize - MIDDLE as isize) * (dilation * S::LANES) as isize)
}

/// Counts a family's steps above `biases` biases of each member, from the bias `from` on.
#[inline(always)]
unsafe fn count_family<S: Simd>(
    task: &RandomKernels,
    dilation: usize,
    family: &Family,
    from: usize,
    biases: usize,
    tile: Tile,
) {
    match (family.members.len(), biases) {
        (1, 1) => count::<S, 1, 1>(task, dilation, family, from, tile),
        (1, 2) => count::<S, 1, 2>(task, dilation, family, from, tile),
        (1, _) => count::<S, 1, 3>(task, dilation, family, from, tile),
        (2, 1) => count::<S, 2, 1>(task, dilation, family, from, tile),
        (2, 2) => count::<S, 2, 2>(task, dilation, family, from, tile),
        (2, _) => count::<S, 2, 3>(task, dilation, family, from, tile),
        (3, 1) => count::<S, 3, 1>(task, dilation, family, from, tile),
        (3, 2) => count::<S, 3, 2>(task, dilation, family, from, tile),
        (3, _) => count::<S, 3, 3>(task, dilation, family, from, tile),
        (_, 1) => count::<S, 4, 1>(task, dilation, family, from, tile),
        (_, 2) => count::<S, 4, 2>(task, dilation, family, from, tile),
        (_, _) => count::<S, 4, 3>(task, dilation, family, from, tile),
    }
}

#[inline(always)]
unsafe fn count<S: Simd, const N: usize, const B: usize>(
    task: &RandomKernels,
    dilation: usize,
    family: &Family,
    from: usize,
    tile: Tile,
) {
    let Places { heavy, begun, .. } = tile.places;
    let second = at_tap::<S>(heavy, family.taps[1], dilation);
    let last: [*const f32; N] = core::array::from_fn(|n| at_tap::<S>(heavy, family.members[n].tap, dilation));
    let bounds: [[S::V; B]; N] =
        core::array::from_fn(|n| core::array::from_fn(|b| S::splat(task.biases[family.members[n].first + from + b])));
    let mut counts = [[S::splat(0.0); B]; N];
    for t in family.from..family.to {
        let at = t * S::LANES;
        let sum = S::add(S::load(begun.add(at)), S::load(second.add(at)));
        for n in 0..N {
            let convolved = S::add(sum, S::load(last[n].add(at)));
            for b in 0..B {
                counts[n][b] = S::count_above(counts[n][b], convolved, bounds[n][b]);
            }
        }
    }
    let steps = S::splat((family.to - family.from) as f32);
    let mut shares = [0f32; 16];
    for n in 0..N {
        for b in 0..B {
            S::store(shares.as_mut_ptr(), S::share(counts[n][b], steps));
            let to = tile.out.add(family.members[n].first + from + b);
            for lane in 0..tile.count {
                *to.add(lane * tile.features) = shares[lane];
            }
        }
    }
}
