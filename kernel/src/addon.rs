//! The Node addon: one class, whose arrays are memory of ours that JavaScript sees without a copy. A finalizer lets go of
//! it, so an array may outlive its engine.

mod random_kernel;

use crate::buffer::Buffer;
use crate::engine::Engine;
use crate::kernels;
use crate::layer::{Cell, Layer, Spec};
use crate::multiply::Product;
use napi::bindgen_prelude::{Error, Float32Array, Float32ArraySlice, Result};
use napi_derive::napi;
use std::cell::RefCell;
use std::collections::HashSet;
use std::rc::Rc;

#[napi]
pub struct NativeEngine {
    engine: Option<Engine>,
    layers: Vec<Layer>,
    /// Where its arrays begin. Only these have room behind their last number, as products need.
    known: Rc<RefCell<HashSet<usize>>>,
}

/// The instruction sets that this processor has, best first.
#[napi]
pub fn instruction_sets() -> Vec<String> {
    kernels::all().iter().map(|kernels| kernels.name.to_string()).collect()
}

/// The version of this source, which the caller compares with its own.
#[napi]
pub fn kernel_version() -> &'static str {
    env!("CARGO_PKG_VERSION")
}

#[napi]
impl NativeEngine {
    /// With the best instruction set whose vectors have at most `lanes` floats.
    #[napi(constructor)]
    pub fn new(threads: u32, lanes: u32) -> NativeEngine {
        let engine = Engine::new(threads as usize, lanes as usize);
        NativeEngine { engine: Some(engine), layers: Vec::new(), known: Rc::default() }
    }

    #[napi(getter)]
    pub fn instructions(&self) -> Result<String> {
        Ok(self.engine()?.kernels.name.to_string())
    }

    #[napi(getter)]
    pub fn threads(&self) -> Result<u32> {
        Ok(self.engine()?.pool.threads() as u32)
    }

    #[napi]
    pub fn allocate(&mut self, length: u32) -> Result<Float32Array> {
        self.engine()?;
        Ok(self.share(&Buffer::new(length as usize)))
    }

    /// The number of a new layer.
    #[napi]
    pub fn create_layer(
        &mut self,
        gru: bool,
        steps: u32,
        inputs: u32,
        hidden: u32,
        rows: u32,
        training: bool,
        all_outputs: bool,
        input_gradients: bool,
    ) -> Result<u32> {
        let spec = Spec {
            cell: if gru { Cell::Gru } else { Cell::Lstm },
            steps: steps as usize,
            inputs: inputs as usize,
            hidden: hidden as usize,
            rows: rows as usize,
            training,
            all_outputs,
            input_gradients,
        };
        let engine = self.engine()?;
        let layer = Layer::new(spec, engine.kernels, engine.pool.threads());
        self.layers.push(layer);
        Ok(self.layers.len() as u32 - 1)
    }

    /// A layer's arrays, as `Layer::buffers` lists them.
    #[napi]
    pub fn layer_buffers(&mut self, layer: u32) -> Result<Vec<Float32Array>> {
        let buffers = self.layer(layer)?.buffers().map(Buffer::clone);
        Ok(buffers.iter().map(|buffer| self.share(buffer)).collect())
    }

    #[napi]
    pub fn load(&mut self, layer: u32, weights: &[f32]) -> Result<()> {
        let layer = self.layer(layer)?;
        check(weights.len() == layer.shape.weights(), "these are not as many weights as the layer has")?;
        layer.load(weights);
        Ok(())
    }

    #[napi]
    pub fn forward(&mut self, layer: u32, rows: u32) -> Result<()> {
        let capacity = self.layer(layer)?.shape.spec.rows;
        check(rows as usize <= capacity, "the layer was made for fewer rows")?;
        let engine = self.engine.as_ref().ok_or_else(disposed)?;
        self.layers[layer as usize].forward(rows as usize, &engine.pool);
        Ok(())
    }

    #[napi]
    pub fn backward(&mut self, layer: u32, rows: u32) -> Result<()> {
        let Spec { rows: capacity, training, .. } = self.layer(layer)?.shape.spec;
        check(training, "the layer was not made for training")?;
        check(rows as usize <= capacity, "the layer was made for fewer rows")?;
        let engine = self.engine.as_ref().ok_or_else(disposed)?;
        self.layers[layer as usize].backward(rows as usize, &engine.pool);
        Ok(())
    }

    /// `flags`: 1 transposes a, 2 transposes b, 4 accumulates.
    #[napi]
    pub fn multiply(
        &mut self,
        a: &[f32],
        b: &[f32],
        mut out: Float32ArraySlice,
        m: u32,
        n: u32,
        inner: u32,
        flags: u32,
    ) -> Result<()> {
        let product = self.product(a, b, unsafe { out.as_mut() }, m, n, inner, flags)?;
        unsafe { self.engine.as_mut().ok_or_else(disposed)?.multiply(product) };
        Ok(())
    }

    /// Squared distances of points (rows, size) from centroids (count, size), into `out` (rows, count).
    #[napi]
    pub fn squared_distances(
        &mut self,
        points: &[f32],
        centroids: &[f32],
        mut out: Float32ArraySlice,
        rows: u32,
        count: u32,
        size: u32,
    ) -> Result<()> {
        let product = self.product(points, centroids, unsafe { out.as_mut() }, rows, count, size, 2)?;
        unsafe { self.engine.as_mut().ok_or_else(disposed)?.distances(product) };
        Ok(())
    }

    /// Floating-point operations of nothing but multiplications and additions, for measurements.
    #[napi]
    pub fn peak(&self, loops: u32) -> Result<f64> {
        Ok(unsafe { (self.engine()?.kernels.peak)(loops as usize) })
    }

    /// Ends the threads and frees the layers; arrays live until they are collected.
    #[napi]
    pub fn dispose(&mut self) {
        self.engine = None;
        self.layers = Vec::new();
    }

    fn engine(&self) -> Result<&Engine> {
        self.engine.as_ref().ok_or_else(disposed)
    }

    fn layer(&mut self, layer: u32) -> Result<&mut Layer> {
        self.layers.get_mut(layer as usize).ok_or_else(disposed)
    }

    fn product(
        &self,
        a: &[f32],
        b: &[f32],
        out: &mut [f32],
        m: u32,
        n: u32,
        inner: u32,
        flags: u32,
    ) -> Result<Product> {
        let (m, n, inner) = (m as usize, n as usize, inner as usize);
        let sizes =
            [(a.as_ptr(), a.len(), m * inner), (b.as_ptr(), b.len(), inner * n), (out.as_ptr(), out.len(), m * n)];
        for (at, length, needed) in sizes {
            check(
                needed == 0 || self.known.borrow().contains(&(at as usize)),
                "a product takes buffers that its engine allocated",
            )?;
            check(needed <= length, "an array is smaller than the product says")?;
        }
        check(
            m * n == 0 || (out.as_ptr() != a.as_ptr() && out.as_ptr() != b.as_ptr()),
            "a product cannot replace a factor",
        )?;
        Ok(Product {
            a: a.as_ptr(),
            b: b.as_ptr(),
            out: out.as_mut_ptr(),
            m,
            n,
            inner,
            transpose_a: flags & 1 != 0,
            transpose_b: flags & 2 != 0,
            accumulate: flags & 4 != 0,
        })
    }

    fn share(&mut self, buffer: &Buffer) -> Float32Array {
        if buffer.is_empty() {
            return Float32Array::new(Vec::new());
        }
        self.known.borrow_mut().insert(buffer.at() as usize);
        let (kept, known) = (buffer.clone(), self.known.clone());
        let release = move |_, _| {
            known.borrow_mut().remove(&(kept.at() as usize));
        };
        unsafe { Float32Array::with_external_data(buffer.at(), buffer.len(), release) }
    }
}

fn check(holds: bool, message: &str) -> Result<()> {
    if holds { Ok(()) } else { Err(Error::from_reason(message)) }
}

fn disposed() -> Error {
    Error::from_reason("the engine has been disposed of")
}
