//! Nearest centroids on every instruction set of this processor, bit by bit against plain loops.

#[path = "naive/random.rs"]
mod random;

use random::Random;
use segtide_kernel::engine::Engine;
use segtide_kernel::failure::Failure;
use segtide_kernel::kernels;
use segtide_kernel::nearest::Task;

/// Nearest, distance and margin of a point, in the order of operations that the kernels promise.
fn naive(point: &[f32], centroids: &[f32]) -> (u16, f32, f32) {
    let squared: Vec<f32> = centroids
        .chunks(point.len())
        .map(|centroid| point.iter().zip(centroid).fold(0.0, |sum, (x, c)| sum + (x - c) * (x - c)))
        .collect();
    let least = |without: Option<usize>| {
        let others = squared.iter().enumerate().filter(|&(j, _)| Some(j) != without);
        others.fold((0, f32::INFINITY), |best, (j, &d)| if d < best.1 { (j, d) } else { best })
    };
    let (nearest, first) = least(None);
    let (distance, second) = (first.sqrt(), least(Some(nearest)).1.sqrt());
    let margin = if second == f32::INFINITY { 1.0 } else { (second - distance) / second };
    (nearest as u16, distance, margin)
}

fn assign(engine: &mut Engine, points: &[f32], centroids: &[f32], size: usize) -> (Vec<u16>, [Vec<f32>; 3]) {
    let (rows, count) = (points.len() / size, centroids.len() / size);
    let (mut nearest, mut columns) = (vec![9; rows], [0; 3].map(|_| vec![0.0; rows]));
    let [distances, margins, confidences] = columns.each_mut().map(|column| column.as_mut_ptr());
    let (points, centroids, to) = (points.as_ptr(), centroids.as_ptr(), nearest.as_mut_ptr());
    let sharpness = -0.7;
    let task = Task { points, centroids, rows, count, size, sharpness, nearest: to, distances, margins, confidences };
    // SAFETY: the arrays have these sizes.
    unsafe { engine.assign(&task) }.unwrap();
    (nearest, columns)
}

#[test]
fn nearest_centroids_are_those_of_plain_loops() {
    let mut random = Random(123456789);
    for (rows, count, size) in [(1, 1, 1), (5, 2, 3), (17, 7, 8), (40, 50, 20), (33, 5, 64)] {
        let (points, centroids) = (random.take(rows * size, 2.0), random.take(count * size, 2.0));
        let mut of_all = Vec::new();
        for set in kernels::all() {
            let mut engine = Engine::new(1, set.lanes).unwrap();
            let (nearest, [distances, margins, confidences]) = assign(&mut engine, &points, &centroids, size);
            for (i, point) in points.chunks(size).enumerate() {
                let got = (nearest[i], distances[i], margins[i]);
                assert_eq!(got, naive(point, &centroids), "{} {rows} {count} {size}", set.name);
                assert!(confidences[i] > 0.0 && confidences[i] <= 1.0);
            }
            of_all.push(confidences);
        }
        assert!(of_all.iter().all(|confidences| *confidences == of_all[0]));
    }
}

#[test]
fn more_memory_than_can_be_is_a_failure() {
    let (mut nearest, mut column, point) = (0u16, 0f32, 0f32);
    let column: *mut f32 = &mut column;
    let task = Task {
        points: &point,
        centroids: &point,
        rows: 0,
        count: 1,
        size: usize::MAX,
        sharpness: -1.0,
        nearest: &mut nearest,
        distances: column,
        margins: column,
        confidences: column,
    };
    // SAFETY: it fails before anything is read.
    let result = unsafe { Engine::new(1, 4).unwrap().assign(&task) };
    assert_eq!(result, Err(Failure::Memory { floats: None }));
}
