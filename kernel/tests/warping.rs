//! Distances by time warping on every instruction set of this processor, bit by bit against a plain table.

#[path = "naive/random.rs"]
mod random;

use random::Random;
use segtide_kernel::engine::Engine;
use segtide_kernel::failure::Failure;
use segtide_kernel::kernels;
use segtide_kernel::warping::Warping;

/// The whole table of costs, in the order of operations that the kernels promise.
fn naive(a: &[f32], b: &[f32], channels: usize, band: usize) -> f32 {
    let steps = a.len() / channels;
    let mut costs = vec![vec![f32::INFINITY; steps + 1]; steps + 1];
    costs[0][0] = 0.0;
    for i in 0..steps {
        for j in i.saturating_sub(band)..steps.min(i + band + 1) {
            let cost = (0..channels).fold(0.0, |sum, channel| {
                let difference = a[i * channels + channel] - b[j * channels + channel];
                sum + difference * difference
            });
            costs[i + 1][j + 1] = costs[i][j].min(costs[i][j + 1]).min(costs[i + 1][j]) + cost;
        }
    }
    costs[steps][steps]
}

fn warp(engine: &mut Engine, series: &[f32], references: &[f32], shape: [usize; 3]) -> Vec<f32> {
    let [steps, channels, band] = shape;
    let (rows, count) = (series.len() / (steps * channels), references.len() / (steps * channels));
    let mut squared = vec![-1.0; rows * count];
    let (series, references, to) = (series.as_ptr(), references.as_ptr(), squared.as_mut_ptr());
    let task = Warping { series, references, rows, count, steps, channels, band, squared: to };
    // SAFETY: the arrays have these sizes.
    unsafe { engine.warp(&task) }.unwrap();
    squared
}

#[test]
fn distances_are_those_of_a_plain_table() {
    let mut random = Random(987654321);
    for (rows, count, shape) in
        [(1, 1, [1, 1, 0]), (3, 5, [7, 1, 0]), (2, 33, [24, 1, 2]), (2, 16, [12, 3, 4]), (1, 130, [9, 2, 100])]
    {
        let [steps, channels, band] = shape;
        let cells = steps * channels;
        let (series, references) = (random.take(rows * cells, 2.0), random.take(count * cells, 2.0));
        for set in kernels::all() {
            let got = warp(&mut Engine::new(1, set.lanes).unwrap(), &series, &references, shape);
            let wanted =
                series.chunks(cells).flat_map(|a| references.chunks(cells).map(move |b| naive(a, b, channels, band)));
            assert_eq!(got, wanted.collect::<Vec<f32>>(), "{} {rows} {count} {shape:?}", set.name);
        }
    }
}

#[test]
fn what_is_too_far_to_tell_is_infinitely_far() {
    let got = warp(&mut Engine::new(1, 16).unwrap(), &[1e30, 0.0], &[-1e30, 0.0, 1e30, 0.0], [2, 1, 1]);
    assert_eq!(got, [f32::INFINITY, 0.0]);
}

#[test]
fn more_memory_than_can_be_is_a_failure() {
    let (one, mut squared) = (0f32, 0f32);
    let (series, references, to): (*const f32, *const f32, *mut f32) = (&one, &one, &mut squared);
    let task = Warping { series, references, rows: 0, count: 1, steps: usize::MAX, channels: 2, band: 1, squared: to };
    // SAFETY: it fails before anything is read.
    let result = unsafe { Engine::new(1, 4).unwrap().warp(&task) };
    assert_eq!(result, Err(Failure::Memory { floats: None }));
}
