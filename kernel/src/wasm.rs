//! The exports of the WebAssembly module: plain functions over linear memory. Addresses are in bytes, lengths in floats.
//! There is one engine to a module instance, and whatever is made here lives as long as the instance.

mod random_kernel;

use crate::buffer::Buffer;
use crate::engine::Engine;
use crate::layer::{Cell, Layer, Spec};
use crate::multiply::Product;
use std::cell::UnsafeCell;

struct Only(UnsafeCell<Option<Engine>>);
// A module instance has one thread.
unsafe impl Sync for Only {}
static ENGINE: Only = Only(UnsafeCell::new(None));

fn engine() -> &'static mut Engine {
    unsafe { (*ENGINE.0.get()).get_or_insert_with(|| Engine::new(1, usize::MAX)) }
}

#[unsafe(no_mangle)]
pub extern "C" fn allocate(length: usize) -> *mut f32 {
    Box::leak(Box::new(Buffer::new(length))).at()
}

/// `outputs`: 1 for all, 0 for the last; the other flags are 0 or 1.
#[unsafe(no_mangle)]
pub extern "C" fn create_layer(
    gru: u32,
    steps: usize,
    inputs: usize,
    hidden: usize,
    rows: usize,
    training: u32,
    outputs: u32,
    input_gradients: u32,
) -> *mut Layer {
    let spec = Spec {
        cell: if gru == 1 { Cell::Gru } else { Cell::Lstm },
        steps,
        inputs,
        hidden,
        rows,
        training: training == 1,
        all_outputs: outputs == 1,
        input_gradients: input_gradients == 1,
    };
    Box::leak(Box::new(Layer::new(spec, engine().kernels, 1)))
}

/// Where a layer's buffer begins; they are counted as `Layer::buffers` lists them.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn layer_buffer(layer: *const Layer, which: usize) -> *mut f32 {
    (*layer).buffers()[which].at()
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn layer_buffer_length(layer: *const Layer, which: usize) -> usize {
    (*layer).buffers()[which].len()
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn load(layer: *mut Layer, weights: *const f32, length: usize) {
    (*layer).load(core::slice::from_raw_parts(weights, length));
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn forward(layer: *mut Layer, rows: usize) {
    (*layer).forward(rows, &engine().pool);
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn backward(layer: *mut Layer, rows: usize) {
    (*layer).backward(rows, &engine().pool);
}

/// `flags`: 1 transposes a, 2 transposes b, 4 accumulates.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn multiply(
    a: *const f32,
    b: *const f32,
    out: *mut f32,
    m: usize,
    n: usize,
    inner: usize,
    flags: u32,
) {
    engine().multiply(Product {
        a,
        b,
        out,
        m,
        n,
        inner,
        transpose_a: flags & 1 != 0,
        transpose_b: flags & 2 != 0,
        accumulate: flags & 4 != 0,
    });
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn squared_distances(
    points: *const f32,
    centroids: *const f32,
    out: *mut f32,
    rows: usize,
    count: usize,
    size: usize,
) {
    engine().distances(Product {
        a: points,
        b: centroids,
        out,
        m: rows,
        n: count,
        inner: size,
        transpose_a: false,
        transpose_b: true,
        accumulate: false,
    });
}

/// Floating-point operations of nothing but multiplications and additions, for measurements.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn peak(loops: usize) -> f64 {
    (engine().kernels.peak)(loops)
}
