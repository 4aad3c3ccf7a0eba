//! Random-kernel features on every instruction set of this processor, bit by bit against plain loops.

#[path = "naive/random.rs"]
mod random;

use random::Random;
use segtide_kernel::failure::Failure;
use segtide_kernel::kernels;
use segtide_kernel::random_kernel::{KERNELS, RandomKernels, Spec};

const DILATIONS: [i32; 2] = [1, 3];
const BIAS_COUNTS: [i32; 2] = [2, 5];
const FEATURES: usize = KERNELS * 7;

/// Features of a window (steps, channels), in the order of operations that the kernels promise.
fn features_of(spec: &Spec, window: &[f32]) -> Vec<f32> {
    let taps: Vec<_> = (0..9).flat_map(|a| (a + 1..9).flat_map(move |b| (b + 1..9).map(move |c| [a, b, c]))).collect();
    let mut features = Vec::new();
    for (i, &dilation) in spec.dilations.iter().enumerate() {
        for (k, heavy) in taps.iter().enumerate() {
            let subset = &spec.subsets[(i * KERNELS + k) * spec.channels..][..spec.channels];
            let sum = |t: isize| {
                let within = t >= 0 && t < spec.steps as isize;
                let summed = (0..spec.channels).filter(|&channel| within && subset[channel] == 1);
                summed.map(|channel| window[t as usize * spec.channels + channel]).reduce(|a, b| a + b).unwrap_or(0.0)
            };
            let at = |t: usize, tap: usize| sum(t as isize + (tap as isize - 4) * dilation as isize);
            let convolved = |t: usize| {
                let light = (0..9).fold(0.0, |light, tap| light - at(t, tap));
                heavy.iter().fold(light, |all, &tap| all + 3.0 * at(t, tap))
            };
            let margin = 4 * dilation as usize;
            let skipped = if (i + k) % 2 == 1 && 2 * margin < spec.steps { margin } else { 0 };
            let range = skipped..spec.steps - skipped;
            for _ in 0..spec.bias_counts[i] {
                let bias = spec.biases[features.len()];
                let above = range.clone().filter(|&t| convolved(t) > bias).count();
                features.push(above as f32 / range.len() as f32);
            }
        }
    }
    features
}

fn subsets(channels: usize) -> Vec<u8> {
    let of_kernel = |k: usize| (0..channels).map(move |channel| (channel == k % channels || k.is_multiple_of(3)) as u8);
    (0..DILATIONS.len() * KERNELS).flat_map(of_kernel).collect()
}

#[test]
fn features_are_those_of_plain_loops() {
    let mut random = Random(88675123);
    for set in kernels::all() {
        // Windows with and without steps at which all taps are inside.
        for (steps, channels, rows) in [(3, 1, 1), (9, 2, 17), (24, 1, 5), (31, 3, 34)] {
            let (subsets, biases) = (subsets(channels), random.take(FEATURES, 2.0));
            let spec = Spec {
                steps,
                channels,
                dilations: &DILATIONS,
                bias_counts: &BIAS_COUNTS,
                subsets: &subsets,
                biases: &biases,
            };
            let values = random.take(rows * steps * channels, 1.0);
            let expected: Vec<f32> =
                values.chunks(steps * channels).flat_map(|window| features_of(&spec, window)).collect();
            let mut kernels = RandomKernels::new(spec, set).unwrap();
            let mut out = vec![0.0; rows * FEATURES];
            // SAFETY: the arrays have these sizes.
            unsafe { kernels.transform(values.as_ptr(), rows, out.as_mut_ptr()) };
            assert!(out == expected, "{} {steps} {channels} {rows}", set.name);
        }
    }
}

#[test]
fn arrays_that_do_not_fit_are_told() {
    let (subsets, biases) = (subsets(2), vec![0.0; FEATURES]);
    let fits = |channels, dilations: &[i32], bias_counts: &[i32], subsets: &[u8], biases: &[f32]| {
        Spec { steps: 9, channels, dilations, bias_counts, subsets, biases }.fits()
    };
    assert!(fits(2, &DILATIONS, &BIAS_COUNTS, &subsets, &biases));
    assert!(!fits(1, &DILATIONS, &BIAS_COUNTS, &subsets, &biases));
    assert!(!fits(usize::MAX, &DILATIONS, &BIAS_COUNTS, &subsets, &biases));
    assert!(!fits(2, &[1, 10], &BIAS_COUNTS, &subsets, &biases));
    assert!(!fits(2, &[1, -1], &BIAS_COUNTS, &subsets, &biases));
    assert!(!fits(2, &DILATIONS, &[7], &subsets, &biases));
    assert!(!fits(2, &DILATIONS, &[8, -1], &subsets, &biases));
    assert!(!fits(2, &DILATIONS, &BIAS_COUNTS, &subsets[1..], &biases));
    assert!(!fits(2, &DILATIONS, &BIAS_COUNTS, &vec![0; subsets.len()], &biases));
    assert!(!fits(2, &DILATIONS, &BIAS_COUNTS, &subsets, &biases[1..]));
}

#[test]
fn more_memory_than_there_is_or_can_be_is_a_failure() {
    let (subsets, biases) = (subsets(1), vec![0.0; FEATURES]);
    let made = |steps| {
        let spec = Spec {
            steps,
            channels: 1,
            dilations: &DILATIONS,
            bias_counts: &BIAS_COUNTS,
            subsets: &subsets,
            biases: &biases,
        };
        RandomKernels::new(spec, kernels::best(4)).err()
    };
    assert_eq!(made(usize::MAX), Some(Failure::Memory { floats: None }));
    assert!(matches!(made(1 << 44), Some(Failure::Memory { floats: Some(_) })));
}
