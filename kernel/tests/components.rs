//! Principal components on every instruction set of this processor: products and projections bit by bit against plain
//! loops, eigenpairs by what they must fulfil.

#[path = "naive/random.rs"]
mod random;

use random::Random;
use segtide_kernel::components::{Columns, Eigenpairs, Projection, Scatter};
use segtide_kernel::engine::Engine;
use segtide_kernel::failure::Failure;
use segtide_kernel::kernels;
use std::ptr::null;

fn engines() -> impl Iterator<Item = (&'static str, Engine)> {
    kernels::all().into_iter().map(|set| (set.name, Engine::new(1, set.lanes).unwrap()))
}

#[test]
fn columns_have_their_sums() {
    let (values, centers) = ([1f32, 5.0, 3.0, 5.0, 8.0, 5.0], [4.0, 5.0]);
    for (name, mut engine) in engines() {
        let (mut sums, mut squares) = ([0.0, 100.0], [0.0; 2]);
        let task = Columns { values: values.as_ptr(), rows: 3, count: 2, centers: null(), sums: sums.as_mut_ptr() };
        let about = Columns { centers: centers.as_ptr(), sums: squares.as_mut_ptr(), ..task };
        // SAFETY: the arrays have these sizes.
        unsafe {
            engine.add_columns(&task);
            engine.add_columns(&about);
        }
        assert_eq!((sums, squares), ([12.0, 115.0], [26.0, 0.0]), "{name}");
    }
}

#[test]
fn scatter_is_that_of_plain_loops() {
    let mut random = Random(123456789);
    for (rows, count) in [(1, 1), (5, 7), (130, 33), (300, 70), (257, 100)] {
        let values = random.take(rows * count, 2.0);
        let means: Vec<f64> = random.take(count, 0.5).into_iter().map(f64::from).collect();
        let weights: Vec<f64> = random.take(count, 3.0).into_iter().map(f64::from).collect();
        let weighted = |row: usize, i: usize| ((f64::from(values[row * count + i]) - means[i]) * weights[i]) as f32;
        // Single precision over 128 rows, double over such sums.
        let sum = |i: usize, j: usize| {
            (0..rows).step_by(128).fold(0.0, |sum, from| {
                let some =
                    (from..rows.min(from + 128)).fold(0f32, |sum, row| sum + weighted(row, i) * weighted(row, j));
                sum + f64::from(some)
            })
        };
        let wanted: Vec<f64> = (0..count * count).map(|at| sum(at / count, at % count)).collect();
        for (name, mut engine) in engines() {
            let mut out = vec![0.0; count * count];
            let (means, weights, to) = (means.as_ptr(), weights.as_ptr(), out.as_mut_ptr());
            let task = Scatter { values: values.as_ptr(), rows, count, means, weights, out: to };
            // SAFETY: the arrays have these sizes.
            unsafe { engine.add_scatter(&task) }.unwrap();
            assert_eq!(out, wanted, "{name} {rows} {count}");
        }
    }
}

#[test]
fn projections_are_those_of_plain_loops() {
    let mut random = Random(987654321);
    for (rows, count, size, clipped) in [(1, 1, 1, false), (7, 5, 3, true), (13, 24, 32, false), (6, 40, 37, true)] {
        let (features, means) = (random.take(rows * count, 2.0), random.take(count, 1.0));
        let projection = random.take(size * count, 1.0);
        let bounds: Vec<f32> = (0..2 * count).map(|at| if at < count { -0.5 } else { 0.75 }).collect();
        let (offset, stride) = (2, size + 3);
        let centred = |row: usize, k: usize| {
            let feature = features[row * count + k];
            (if clipped { feature.clamp(-0.5, 0.75) } else { feature }) - means[k]
        };
        let mut wanted = vec![9.0; rows * stride];
        for row in 0..rows {
            for i in 0..size {
                let sum = (0..count).fold(0f32, |sum, k| sum + centred(row, k) * projection[i * count + k]);
                wanted[row * stride + offset + i] = sum;
            }
        }
        for (name, mut engine) in engines() {
            let mut out = vec![9.0; rows * stride];
            let task = Projection {
                features: features.as_ptr(),
                rows,
                count,
                bounds: if clipped { bounds.as_ptr() } else { null() },
                means: means.as_ptr(),
                projection: projection.as_ptr(),
                size,
                out: out.as_mut_ptr(),
                offset,
                stride,
            };
            // SAFETY: the arrays have these sizes.
            unsafe { engine.project(&task) }.unwrap();
            assert_eq!(out, wanted, "{name} {rows} {count} {size}");
        }
    }
}

/// A symmetric matrix of given eigenvalues, on axes that two reflections turn out of those of the coordinates.
fn with_eigenvalues(values: &[f64], random: &mut Random) -> Vec<f64> {
    let size = values.len();
    let mut matrix: Vec<f64> =
        (0..size * size).map(|at| if at / size == at % size { values[at % size] } else { 0.0 }).collect();
    for _ in 0..2 {
        let axis: Vec<f64> = random.take(size, 1.0).into_iter().map(f64::from).collect();
        let squares: f64 = axis.iter().map(|x| x * x).sum();
        for (row_step, step) in [(size, 1), (1, size)] {
            for i in 0..size {
                let dot: f64 = (0..size).map(|k| axis[k] * matrix[i * row_step + k * step]).sum();
                for k in 0..size {
                    matrix[i * row_step + k * step] -= 2.0 * dot * axis[k] / squares;
                }
            }
        }
    }
    matrix
}

fn leading(engine: &mut Engine, symmetric: &[f64], size: usize, most: usize, least: f64) -> (Vec<f64>, Vec<f64>) {
    let (mut values, mut vectors) = (vec![f64::NAN; most], vec![f64::NAN; most * size]);
    let (to, beside) = (values.as_mut_ptr(), vectors.as_mut_ptr());
    let task = Eigenpairs { symmetric: symmetric.as_ptr(), size, most, least, values: to, vectors: beside };
    // SAFETY: the arrays have these sizes.
    let found = unsafe { engine.leading_eigenpairs(&task) }.unwrap();
    values.truncate(found);
    vectors.truncate(found * size);
    (values, vectors)
}

#[test]
fn eigenpairs_fulfil_their_equation_and_are_at_right_angles() {
    let mut random = Random(192837465);
    type Spectrum = fn(usize) -> f64;
    let spectra: [(&str, Spectrum); 8] = [
        ("falling", |i| 7.0 * 0.8f64.powi(i as i32)),
        ("flat", |i| 1.0 - i as f64 / 1000.0),
        ("all equal", |_| 3.0),
        ("equal by fives", |i| 1e6 * 0.5f64.powi(i as i32 / 5)),
        ("of rank three", |i| if i < 3 { 2.0 + i as f64 } else { 0.0 }),
        ("of one", |i| if i == 0 { 1e-200 } else { 0.0 }),
        ("nearly equal", |i| 1e100 * (1.0 + 1e-14 * i as f64)),
        ("on both sides", |i| if i % 2 == 0 { 5.0 - i as f64 / 10.0 } else { i as f64 / -10.0 }),
    ];
    for (name, spectrum) in spectra {
        for (size, most) in [(1, 1), (2, 2), (9, 4), (50, 32), (150, 20)] {
            let mut wanted: Vec<f64> = (0..size).map(spectrum).collect();
            let symmetric = with_eigenvalues(&wanted, &mut random);
            wanted.sort_by(|a, b| b.total_cmp(a));
            let largest = wanted[0];
            wanted.retain(|value| *value > 0.05 * largest);
            wanted.truncate(most);
            let mut first = None;
            for (set, mut engine) in engines() {
                let (values, vectors) = leading(&mut engine, &symmetric, size, most, 0.05 * largest);
                let told = format!("{name}, {size}, {set}");
                assert_eq!(values.len(), wanted.len(), "{told}");
                for (k, vector) in vectors.chunks(size).enumerate() {
                    assert!((values[k] - wanted[k]).abs() < 1e-13 * largest, "{told}: value {k}");
                    let left = (0..size).map(|i| {
                        let row = &symmetric[i * size..(i + 1) * size];
                        row.iter().zip(vector).map(|(a, x)| a / largest * x).sum::<f64>()
                            - values[k] / largest * vector[i]
                    });
                    let left = left.map(|x| x * x).sum::<f64>().sqrt();
                    assert!(left < 1e-13, "{told}: vector {k} leaves {left:e}");
                    for (j, other) in vectors.chunks(size).enumerate() {
                        let dot: f64 = vector.iter().zip(other).map(|(x, y)| x * y).sum();
                        assert!((dot - f64::from(j == k)).abs() < 1e-13, "{told}: {j} and {k}");
                    }
                }
                let found = (values, vectors);
                assert_eq!(*first.get_or_insert_with(|| found.clone()), found, "{told}: the same bits everywhere");
            }
        }
    }
}

#[test]
fn diagonal_matrices_and_such_in_blocks_have_their_eigenpairs() {
    let mut engine = Engine::new(1, 16).unwrap();
    let (values, vectors) = leading(&mut engine, &[2.0, 0.0, 0.0, 0.0, 3.0, 0.0, 0.0, 0.0, 2.0], 3, 3, 0.0);
    assert!(values.iter().zip([3.0, 2.0, 2.0]).all(|(value, wanted)| (value - wanted).abs() < 1e-14), "{values:?}");
    assert!((vectors[1].abs() - 1.0).abs() < 1e-14 && vectors[4].abs() < 1e-14 && vectors[7].abs() < 1e-14);
    // Two and two that belong together, and nothing between them.
    let blocks = [1.0, 1.0, 0.0, 0.0, 1.0, 1.0, 0.0, 0.0, 0.0, 0.0, 1.0, 1.0, 0.0, 0.0, 1.0, 1.0];
    let (values, vectors) = leading(&mut engine, &blocks, 4, 4, 0.01);
    assert_eq!(values.len(), 2);
    for vector in vectors.chunks(4) {
        assert!((vector[0] - vector[1]).abs() < 1e-14 && (vector[2] - vector[3]).abs() < 1e-14, "{vector:?}");
    }
}

#[test]
fn nothing_has_no_eigenpairs() {
    let mut engine = Engine::new(1, 16).unwrap();
    assert!(leading(&mut engine, &[0.0; 9], 3, 2, 0.0).0.is_empty());
    assert!(leading(&mut engine, &[-1.0, 0.0, 0.0, -2.0], 2, 2, -9.0).0.is_empty());
    assert!(leading(&mut engine, &[f64::NAN; 4], 2, 2, 0.0).0.is_empty());
    assert!(leading(&mut engine, &[f64::INFINITY; 4], 2, 2, 0.0).0.is_empty());
}

#[test]
fn more_memory_than_can_be_is_a_failure() {
    let (one, mut value) = (1f64, 0f64);
    let to: *mut f64 = &mut value;
    let task = Eigenpairs { symmetric: &one, size: usize::MAX, most: 1, least: 0.0, values: to, vectors: to };
    // SAFETY: it fails before anything is read.
    let result = unsafe { Engine::new(1, 4).unwrap().leading_eigenpairs(&task) };
    assert_eq!(result, Err(Failure::Memory { floats: None }));
}
