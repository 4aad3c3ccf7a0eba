//! The same code, compiled for each instruction set.

#![allow(unsafe_op_in_unsafe_fn, reason = "each function is handed on as it is")]

use crate::components::{Columns, Eigenpairs, Projection, Scatter};
use crate::layer::Layer;
use crate::multiply::Product;
use crate::nearest::Task;
use crate::random_kernel::RandomKernels;
use crate::simd::Simd;
use crate::tensor;
use crate::warping::Warping;

type OverRows = unsafe fn(task: &Product, packed: *const f32, from: usize, to: usize, tile: *mut f32);

/// What an instruction set runs. All of it needs a processor that has the instruction set.
pub struct Kernels {
    pub name: &'static str,
    pub lanes: usize,
    /// Vectors of the widest panel of a product.
    pub widest: usize,
    pub forward: unsafe fn(layer: &Layer, rows: usize, from: usize, to: usize, thread: usize),
    pub backward: unsafe fn(layer: &Layer, rows: usize, from: usize, to: usize, thread: usize, with_weights: bool),
    pub weight_gradients: unsafe fn(layer: &Layer, rows: usize, from: usize, to: usize),
    pub multiply: OverRows,
    pub distances: OverRows,
    pub nearest: unsafe fn(task: &Task, room: *mut f32),
    pub random_kernels: unsafe fn(task: &RandomKernels, values: *const f32, rows: usize, out: *mut f32),
    pub warping: unsafe fn(task: &Warping, room: *mut f32),
    pub tensor: unsafe fn(task: &tensor::Task) -> f64,
    pub softmax: unsafe fn(values: *mut f32, rows: usize, size: usize),
    pub softmax_back: unsafe fn(weights: *mut f32, slopes: *mut f32, rows: usize, size: usize),
    pub add_columns: unsafe fn(task: &Columns),
    pub add_scatter: unsafe fn(task: &Scatter, room: *mut f32),
    pub eigenpairs: unsafe fn(task: &Eigenpairs, room: *mut f32) -> usize,
    pub project: unsafe fn(task: &Projection, room: *mut f32),
    /// Floating-point operations of `loops` rounds of nothing but independent multiplications and additions in
    /// registers: the limit that the rest is measured against.
    pub peak: unsafe fn(loops: usize) -> f64,
}

macro_rules! kernels {
    ($name:ident, $simd:ty, $title:literal $(, $feature:literal)?) => {
        pub static $name: Kernels = {
            $(#[target_feature(enable = $feature)])?
            unsafe fn forward(layer: &Layer, rows: usize, from: usize, to: usize, thread: usize) {
                crate::forward::forward::<$simd>(layer, rows, from, to, thread)
            }
            $(#[target_feature(enable = $feature)])?
            unsafe fn backward(layer: &Layer, rows: usize, from: usize, to: usize, thread: usize, with_weights: bool) {
                crate::backward::backward::<$simd>(layer, rows, from, to, thread, with_weights)
            }
            $(#[target_feature(enable = $feature)])?
            unsafe fn weight_gradients(layer: &Layer, rows: usize, from: usize, to: usize) {
                crate::backward::weight_gradients::<$simd>(layer, rows, from, to)
            }
            $(#[target_feature(enable = $feature)])?
            unsafe fn multiply(task: &Product, packed: *const f32, from: usize, to: usize, tile: *mut f32) {
                crate::multiply::multiply::<$simd>(task, packed, from, to, tile)
            }
            $(#[target_feature(enable = $feature)])?
            unsafe fn distances(task: &Product, packed: *const f32, from: usize, to: usize, tile: *mut f32) {
                crate::multiply::distances::<$simd>(task, packed, from, to, tile)
            }
            $(#[target_feature(enable = $feature)])?
            unsafe fn nearest(task: &Task, room: *mut f32) {
                crate::nearest::assign::<$simd>(task, room)
            }
            $(#[target_feature(enable = $feature)])?
            unsafe fn random_kernels(task: &RandomKernels, values: *const f32, rows: usize, out: *mut f32) {
                crate::random_kernel::transform::<$simd>(task, values, rows, out)
            }
            $(#[target_feature(enable = $feature)])?
            unsafe fn warping(task: &Warping, room: *mut f32) {
                crate::warping::measure::<$simd>(task, room)
            }
            $(#[target_feature(enable = $feature)])?
            unsafe fn tensor(task: &tensor::Task) -> f64 {
                tensor::run(task)
            }
            $(#[target_feature(enable = $feature)])?
            unsafe fn softmax(values: *mut f32, rows: usize, size: usize) {
                tensor::softmax::forward(values, rows, size)
            }
            $(#[target_feature(enable = $feature)])?
            unsafe fn softmax_back(weights: *mut f32, slopes: *mut f32, rows: usize, size: usize) {
                tensor::softmax::backward(weights, slopes, rows, size)
            }
            $(#[target_feature(enable = $feature)])?
            unsafe fn add_columns(task: &Columns) {
                crate::components::add_columns(task)
            }
            $(#[target_feature(enable = $feature)])?
            unsafe fn add_scatter(task: &Scatter, room: *mut f32) {
                crate::components::add_scatter::<$simd>(task, room)
            }
            $(#[target_feature(enable = $feature)])?
            unsafe fn eigenpairs(task: &Eigenpairs, room: *mut f32) -> usize {
                crate::components::leading(task, room)
            }
            $(#[target_feature(enable = $feature)])?
            unsafe fn project(task: &Projection, room: *mut f32) {
                crate::components::project::<$simd>(task, room)
            }
            $(#[target_feature(enable = $feature)])?
            unsafe fn peak(loops: usize) -> f64 {
                super::kernels::peak::<$simd>(loops)
            }
            Kernels {
                name: $title,
                lanes: <$simd as Simd>::LANES,
                widest: <$simd as Simd>::WIDEST,
                forward,
                backward,
                weight_gradients,
                multiply,
                distances,
                nearest,
                random_kernels,
                warping,
                tensor,
                softmax,
                softmax_back,
                add_columns,
                add_scatter,
                eigenpairs,
                project,
                peak,
            }
        };
    };
}

#[cfg(target_arch = "x86_64")]
kernels!(AVX512, crate::simd::avx512::Avx512, "AVX-512", "avx512f,avx512vl,avx512dq,avx512bw,avx2,fma");
#[cfg(target_arch = "x86_64")]
kernels!(AVX2, crate::simd::avx2::Avx2, "AVX2", "avx2,fma");
#[cfg(target_arch = "x86_64")]
kernels!(SSE2, crate::simd::sse2::Sse2, "SSE2");
#[cfg(target_arch = "aarch64")]
kernels!(NEON, crate::simd::neon::Neon, "NEON");
#[cfg(all(target_arch = "wasm32", not(target_feature = "relaxed-simd")))]
kernels!(WASM, crate::simd::wasm::Wasm, "SIMD128");
#[cfg(all(target_arch = "wasm32", target_feature = "relaxed-simd"))]
kernels!(WASM, crate::simd::wasm::Wasm, "relaxed SIMD");

/// The best of the processor's instruction sets whose vectors have at most `lanes` floats, or its least.
pub fn best(lanes: usize) -> &'static Kernels {
    let all = all();
    all.iter().find(|kernels| kernels.lanes <= lanes).unwrap_or(&all[all.len() - 1])
}

/// What the processor has, best first.
#[cfg(target_arch = "x86_64")]
pub fn all() -> Vec<&'static Kernels> {
    let mut all = Vec::new();
    let has_avx2 = is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma");
    let has_avx512 = is_x86_feature_detected!("avx512f")
        && is_x86_feature_detected!("avx512vl")
        && is_x86_feature_detected!("avx512dq")
        && is_x86_feature_detected!("avx512bw");
    if has_avx512 && has_avx2 {
        all.push(&AVX512);
    }
    if has_avx2 {
        all.push(&AVX2);
    }
    all.push(&SSE2);
    all
}

#[cfg(target_arch = "aarch64")]
pub fn all() -> Vec<&'static Kernels> {
    vec![&NEON]
}

#[cfg(target_arch = "wasm32")]
pub fn all() -> Vec<&'static Kernels> {
    vec![&WASM]
}

#[inline(always)]
unsafe fn peak<S: Simd>(loops: usize) -> f64 {
    let factor = S::splat(0.999);
    let mut sums = [S::splat(1.0); 12];
    for _ in 0..loops {
        for sum in &mut sums {
            *sum = S::mul_add(*sum, factor, factor);
        }
    }
    let mut total = 0.0;
    for sum in sums {
        total += S::sum(sum);
    }
    std::hint::black_box(total);
    (loops * sums.len() * S::LANES * 2) as f64
}
