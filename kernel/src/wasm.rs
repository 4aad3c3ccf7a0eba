//! The exports of the WebAssembly module: plain functions over linear memory. Addresses are in bytes, lengths in floats.
//! There is one engine to a module instance, and whatever is made here lives as long as the instance. What is made is at
//! 0 where there is no memory for it.
//!
//! # Safety
//! Addresses are those that this module gave, of what the name of the parameter says.

mod components;
mod nearest;
mod random_kernel;
mod tensor;
mod warping;

use crate::buffer::Buffer;
use crate::engine::Engine;
use crate::layer::{Cell, Layer, Spec};
use crate::multiply::Product;
use std::cell::UnsafeCell;
use std::ptr::null_mut;

struct Only(UnsafeCell<Option<Engine>>);
// SAFETY: a module instance has one thread.
unsafe impl Sync for Only {}
static ENGINE: Only = Only(UnsafeCell::new(None));

fn engine() -> &'static mut Engine {
    // SAFETY: one thread, and no export calls another while it holds this.
    let only = unsafe { &mut *ENGINE.0.get() };
    only.get_or_insert_with(|| Engine::new(1, usize::MAX).expect("an engine of one thread needs next to nothing"))
}

#[unsafe(no_mangle)]
pub extern "C" fn allocate(length: usize) -> *mut f32 {
    Buffer::new(length).map_or(null_mut(), |buffer| Box::leak(Box::new(buffer)).at())
}

/// `outputs`: 1 for all, 0 for the last; the other flags are 0 or 1.
#[unsafe(no_mangle)]
#[allow(clippy::too_many_arguments, reason = "there is nothing but numbers to pass")]
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
    Layer::new(spec, engine().kernels, 1).map_or(null_mut(), |layer| Box::leak(Box::new(layer)))
}

/// Where a layer's buffer begins; they are counted as `Layer::buffers` lists them.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn layer_buffer(layer: *const Layer, which: usize) -> *mut f32 {
    // SAFETY: see the head of the module.
    unsafe { (*layer).buffers()[which].at() }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn layer_buffer_length(layer: *const Layer, which: usize) -> usize {
    // SAFETY: see the head of the module.
    unsafe { (*layer).buffers()[which].len() }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn load(layer: *mut Layer, weights: *const f32, length: usize) {
    // SAFETY: see the head of the module.
    unsafe { (*layer).load(core::slice::from_raw_parts(weights, length)) }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn forward(layer: *mut Layer, rows: usize) {
    // SAFETY: see the head of the module.
    unsafe { (*layer).forward(rows, &engine().pool) }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn backward(layer: *mut Layer, rows: usize) {
    // SAFETY: see the head of the module.
    unsafe { (*layer).backward(rows, &engine().pool) }
}

/// `flags`: 1 transposes a, 2 transposes b, 4 accumulates, 8 takes b as `pack_weights` made it. False where there is no memory for it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn multiply(
    a: *const f32,
    b: *const f32,
    out: *mut f32,
    m: usize,
    n: usize,
    inner: usize,
    flags: u32,
) -> bool {
    let product = Product {
        a,
        b,
        out,
        m,
        n,
        inner,
        transpose_a: flags & 1 != 0,
        transpose_b: flags & 2 != 0,
        accumulate: flags & 4 != 0,
        packed: flags & 8 != 0,
    };
    // SAFETY: see the head of the module; the caller has checked the sizes.
    unsafe { engine().multiply(product) }.is_ok()
}

/// False where there is no memory for it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn squared_distances(
    points: *const f32,
    centroids: *const f32,
    out: *mut f32,
    rows: usize,
    count: usize,
    size: usize,
) -> bool {
    let product = Product {
        a: points,
        b: centroids,
        out,
        m: rows,
        n: count,
        inner: size,
        transpose_a: false,
        transpose_b: true,
        accumulate: false,
        packed: false,
    };
    // SAFETY: see the head of the module; the caller has checked the sizes.
    unsafe { engine().distances(product) }.is_ok()
}

/// Floating-point operations of nothing but multiplications and additions, for measurements.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn peak(loops: usize) -> f64 {
    // SAFETY: see the head of the module.
    unsafe { (engine().kernels.peak)(loops) }
}
