//! Matrix products and distances on every instruction set of this processor, against plain loops in double precision.

mod naive;

use naive::{Random, error, read, write};
use segtide_kernel::buffer::Buffer;
use segtide_kernel::engine::Engine;
use segtide_kernel::kernels;
use segtide_kernel::multiply::Product;

const SIZES: [usize; 7] = [1, 2, 3, 7, 17, 33, 50];

fn given(random: &mut Random, length: usize) -> Buffer {
    let buffer = Buffer::new(length).unwrap();
    write(&buffer, &random.take(length, 1.0));
    buffer
}

fn each_size(mut run: impl FnMut(usize, usize, usize)) {
    for m in SIZES {
        for n in SIZES {
            for inner in SIZES {
                run(m, n, inner);
            }
        }
    }
}

#[test]
fn products_are_those_of_plain_loops() {
    let mut random = Random(362436069);
    for set in kernels::all() {
        let mut engine = Engine::new(2, set.lanes).unwrap();
        each_size(|m, n, inner| {
            for flags in 0..8 {
                let [transpose_a, transpose_b, accumulate] = [1, 2, 4].map(|flag| flags & flag != 0);
                let [a, b, out] = [m * inner, inner * n, m * n].map(|length| given(&mut random, length));
                let expected: Vec<f64> = (0..m * n)
                    .map(|at| {
                        let (i, j) = (at / n, at % n);
                        let left = |p| read(&a)[if transpose_a { p * m + i } else { i * inner + p }] as f64;
                        let right = |p| read(&b)[if transpose_b { j * inner + p } else { p * n + j }] as f64;
                        let sum: f64 = (0..inner).map(|p| left(p) * right(p)).sum();
                        if accumulate { read(&out)[at] as f64 + sum } else { sum }
                    })
                    .collect();
                let (a, b, to) = (a.at(), b.at(), out.at());
                let product =
                    Product { a, b, out: to, m, n, inner, transpose_a, transpose_b, accumulate, packed: false };
                // SAFETY: buffers have these sizes, and their slack.
                unsafe { engine.multiply(product) }.unwrap();
                // A sum of few terms may all but cancel.
                assert!(error(read(&out), &expected) < 3e-5, "{} {m} {n} {inner} {flags}", set.name);
            }
        });
    }
}

#[test]
fn distances_are_those_of_plain_loops() {
    let mut random = Random(521288629);
    for set in kernels::all() {
        let mut engine = Engine::new(1, set.lanes).unwrap();
        each_size(|m, n, inner| {
            let [a, b, out] = [m * inner, n * inner, m * n].map(|length| given(&mut random, length));
            let difference = |at: usize, p| read(&a)[at / n * inner + p] as f64 - read(&b)[at % n * inner + p] as f64;
            let expected: Vec<f64> = (0..m * n).map(|at| (0..inner).map(|p| difference(at, p).powi(2)).sum()).collect();
            let (a, b, to) = (a.at(), b.at(), out.at());
            let product = Product {
                a,
                b,
                out: to,
                m,
                n,
                inner,
                transpose_a: false,
                transpose_b: true,
                accumulate: false,
                packed: false,
            };
            // SAFETY: as above.
            unsafe { engine.distances(product) }.unwrap();
            assert!(error(read(&out), &expected) < 1e-6, "{} {m} {n} {inner}", set.name);
        });
    }
}
