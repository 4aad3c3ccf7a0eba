//! Random-kernel features without labels: MiniRocket (Dempster, Schmidt & Webb, 2021). 84 kernels of nine taps, six of
//! weight -1 and three of 2, are dilated; a feature is the share of steps at which a convolution is above a bias.
//!
//! Lanes are windows, so every window goes through the same operations in the same order, whatever the vectors' width:
//! with α(t) = 0 - s(t - 4d) - … - s(t + 4d) and g(t) = 3 s(t), where s sums the kernel's channels in order and is zero
//! outside of the window, a convolution is ((α(t) + g at the first heavy tap) + g at the second) + g at the third. Nothing
//! is fused, so results are the same bits everywhere.

mod transform;

use crate::buffer::Buffer;
use crate::kernels::Kernels;

pub use transform::transform;

const TAPS: usize = 9;
const MIDDLE: usize = TAPS / 2;
/// Ways to choose the three heavy taps; kernel k is the k-th in lexicographic order.
pub const KERNELS: usize = 84;
/// Kernels that go through the steps together.
const MOST_KERNELS: usize = 4;

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
