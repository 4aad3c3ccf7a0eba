//! Random-kernel features without labels: MiniRocket (Dempster, Schmidt & Webb, 2021). 84 kernels of nine taps, six of
//! weight -1 and three of 2, are dilated; a feature is the share of steps at which a convolution is above a bias.
//!
//! Lanes are windows, so every window goes through the same operations in the same order, whatever the vectors' width:
//! with α(t) = 0 - s(t - 4d) - … - s(t + 4d) and g(t) = 3 s(t), where s sums the kernel's channels in order and is zero
//! outside of the window, a convolution is ((α(t) + g at the first heavy tap) + g at the second) + g at the third. Nothing
//! is fused, so results are the same bits everywhere.

use crate::buffer::Buffer;
use crate::kernels::Kernels;
use crate::simd::Simd;

const TAPS: usize = 9;
const MIDDLE: usize = TAPS / 2;
/// Ways to choose the three heavy taps; kernel k is the k-th in lexicographic order.
pub const KERNELS: usize = 84;
/// Kernels that go through the steps together, and biases of each.
const MOST_KERNELS: usize = 4;
const MOST_BIASES: usize = 3;

/// What was fitted.
pub struct Spec<'a> {
    pub steps: usize,
    pub channels: usize,
    pub dilations: &'a [i32],
    /// How many biases a kernel has at each dilation.
    pub bias_counts: &'a [i32],
    /// Which channels a kernel sums at a dilation: (dilations, KERNELS, channels), 0 or 1.
    pub subsets: &'a [u8],
    /// By dilation, kernel and number.
    pub biases: &'a [f32],
}

pub struct RandomKernels {
    kernels: &'static Kernels,
    steps: usize,
    channels: usize,
    biases: Vec<f32>,
    stages: Vec<Stage>,
    /// Zeros before and behind a sum of channels.
    padding: usize,
    scratch: Buffer,
}

/// What convolutions of one dilation over the same channels share.
struct Stage {
    dilation: usize,
    channels: Vec<usize>,
    bias_count: usize,
    families: Vec<Family>,
}

/// Up to `MOST_KERNELS` kernels with two heavy taps and a range of steps in common.
struct Family {
    taps: [usize; 2],
    from: usize,
    to: usize,
    members: Vec<Member>,
}

struct Member {
    tap: usize,
    /// Its first bias, which is its first feature.
    first: usize,
}

/// Where a tile of as many windows as a vector has lanes is laid out, each number a vector.
#[derive(Clone, Copy)]
struct Places {
    values: *mut f32, // (steps, channels)
    sums: *mut f32,   // (steps), between zeros
    heavy: *mut f32,  // (steps), between zeros: sums times 3
    light: *mut f32,  // (steps): minus all nine taps
    begun: *mut f32,  // (steps): and the first heavy tap
}

impl RandomKernels {
    /// Nothing where the arrays do not fit together.
    pub fn new(spec: Spec, kernels: &'static Kernels) -> Option<RandomKernels> {
        let Spec { steps, channels, dilations, bias_counts, subsets, biases } = spec;
        let features: usize = bias_counts.iter().map(|&count| KERNELS * count.max(0) as usize).sum();
        let fits = steps > 0
            && channels > 0
            && bias_counts.len() == dilations.len()
            && subsets.len() == dilations.len() * KERNELS * channels
            && biases.len() == features
            && dilations.iter().all(|&dilation| dilation > 0 && dilation as usize <= steps)
            && bias_counts.iter().all(|&count| count > 0)
            && subsets.chunks(channels).all(|subset| subset.iter().any(|&with| with != 0));
        if !fits {
            return None;
        }
        let mut stages = Vec::new();
        let mut first = 0;
        for (number, &dilation) in dilations.iter().enumerate() {
            let subsets = &subsets[number * KERNELS * channels..][..KERNELS * channels];
            let bias_count = bias_counts[number] as usize;
            stages.extend(stages_of(number, dilation as usize, subsets, bias_count, first, steps, channels));
            first += KERNELS * bias_count;
        }
        let padding = MIDDLE * dilations.iter().max().map_or(0, |&most| most as usize);
        let length = (steps * channels + 4 * steps + 4 * padding) * kernels.lanes;
        let scratch = Buffer::new(length);
        Some(RandomKernels { kernels, steps, channels, biases: biases.to_vec(), stages, padding, scratch })
    }

    /// Numbers of a window.
    pub fn cells(&self) -> usize {
        self.steps * self.channels
    }

    pub fn features(&self) -> usize {
        self.biases.len()
    }

    /// Features of `rows` windows (rows, steps, channels) into `out` (rows, features).
    ///
    /// # Safety
    /// The arrays are that large, and do not overlap.
    pub unsafe fn transform(&mut self, values: *const f32, rows: usize, out: *mut f32) {
        unsafe { (self.kernels.random_kernels)(self, values, rows, out) }
    }

    fn places(&self) -> Places {
        let lanes = self.kernels.lanes;
        let padded = (self.steps + 2 * self.padding) * lanes;
        let values = self.scratch.at();
        unsafe {
            let sums = values.add(self.cells() * lanes);
            let heavy = sums.add(padded);
            let light = heavy.add(padded);
            let begun = light.add(self.steps * lanes);
            let (sums, heavy) = (sums.add(self.padding * lanes), heavy.add(self.padding * lanes));
            Places { values, sums, heavy, light, begun }
        }
    }
}

/// The kernels of a dilation, by the channels that they sum, and in these by what else they have in common. Every other
/// kernel counts only the steps at which all taps are in the window; where there are none, all kernels count all steps.
fn stages_of(
    number: usize,
    dilation: usize,
    subsets: &[u8],
    bias_count: usize,
    first: usize,
    steps: usize,
    channels: usize,
) -> Vec<Stage> {
    let margin = MIDDLE * dilation;
    let inside = if 2 * margin < steps { margin..steps - margin } else { 0..steps };
    let mut kernels: Vec<_> = heavy_taps()
        .enumerate()
        .map(|(k, taps)| (&subsets[k * channels..][..channels], taps[0], taps[1], (number + k) % 2, taps[2], k))
        .collect();
    kernels.sort_unstable();
    let mut stages: Vec<Stage> = Vec::new();
    for of_subset in kernels.chunk_by(|a, b| a.0 == b.0) {
        let mut families = Vec::new();
        for alike in of_subset.chunk_by(|a, b| (a.1, a.2, a.3) == (b.1, b.2, b.3)) {
            for some in alike.chunks(MOST_KERNELS) {
                let (_, one, two, only_inside, ..) = some[0];
                let range = if only_inside == 1 { inside.clone() } else { 0..steps };
                let members = some.iter().map(|&(.., tap, k)| Member { tap, first: first + k * bias_count }).collect();
                families.push(Family { taps: [one, two], from: range.start, to: range.end, members });
            }
        }
        let channels = (0..channels).filter(|&channel| of_subset[0].0[channel] != 0).collect();
        stages.push(Stage { dilation, channels, bias_count, families });
    }
    stages
}

fn heavy_taps() -> impl Iterator<Item = [usize; 3]> {
    (0..TAPS).flat_map(|a| (a + 1..TAPS).flat_map(move |b| (b + 1..TAPS).map(move |c| [a, b, c])))
}

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
