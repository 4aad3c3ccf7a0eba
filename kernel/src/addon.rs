//! The Node addon: an engine, and buffers whose memory JavaScript sees without a copy. A buffer lives as long as any of
//! its handles and arrays, and may outlive its engine.
//!
//! Nothing in here ends the process: what cannot be had is an error, and so is a panic, after which the engine is gone.

mod components;
mod nearest;
mod random_kernel;
mod tensor;
mod warping;

use crate::buffer::Buffer;
use crate::engine::Engine;
use crate::failure::Failure;
use crate::kernels;
use crate::layer::{Cell, Layer, Spec};
use crate::multiply::{Product, weights_length};
use napi::bindgen_prelude::{Error, Float32Array, Result};
use napi_derive::napi;
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook};
use std::sync::Once;

/// Part of the addon's memory.
#[napi]
pub struct NativeBuffer {
    buffer: Buffer,
}

#[napi]
impl NativeBuffer {
    /// The memory itself; each array that was asked for keeps it.
    #[napi]
    pub fn view(&self) -> Float32Array {
        if self.buffer.is_empty() {
            return Float32Array::new(Vec::new());
        }
        let kept = self.buffer.clone();
        // SAFETY: the memory does not move, and lives until the finalizer lets go of `kept`.
        unsafe { Float32Array::with_external_data(self.buffer.at(), self.buffer.len(), move |_, _| drop(kept)) }
    }
}

#[napi]
pub struct NativeEngine {
    /// Nothing once it has been disposed of, or has panicked.
    running: Option<Running>,
    /// What ended it, if that was a panic.
    panic: Option<String>,
}

struct Running {
    engine: Engine,
    layers: Vec<Layer>,
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
#[allow(clippy::too_many_arguments, reason = "an object would be read field by field at each call")]
impl NativeEngine {
    /// With the best instruction set whose vectors have at most `lanes` floats.
    #[napi(constructor)]
    pub fn new(threads: u32, lanes: u32) -> Result<NativeEngine> {
        // A panic becomes an error, whose message tells it; the standard library would write it to the process's own
        // standard error besides. The hook is that of this addon alone.
        static QUIET: Once = Once::new();
        QUIET.call_once(|| set_hook(Box::new(|_| {})));
        let engine = Engine::new(threads as usize, lanes as usize).map_err(to_error)?;
        Ok(NativeEngine { running: Some(Running { engine, layers: Vec::new() }), panic: None })
    }

    #[napi(getter)]
    pub fn instructions(&mut self) -> Result<String> {
        self.guarded(|running| Ok(running.engine.kernels.name.to_string()))
    }

    #[napi]
    pub fn allocate(&mut self, length: u32) -> Result<NativeBuffer> {
        self.guarded(|_| Ok(NativeBuffer { buffer: Buffer::new(length as usize).map_err(to_error)? }))
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
        self.guarded(|Running { engine, layers }| {
            layers.push(Layer::new(spec, engine.kernels, engine.pool.threads()).map_err(to_error)?);
            Ok(layers.len() as u32 - 1)
        })
    }

    /// A layer's buffers, as `Layer::buffers` lists them.
    #[napi]
    pub fn layer_buffers(&mut self, layer: u32) -> Result<Vec<NativeBuffer>> {
        self.with_layer(layer, |layer, _| {
            Ok(layer.buffers().map(|buffer| NativeBuffer { buffer: buffer.clone() }).into())
        })
    }

    #[napi]
    pub fn load(&mut self, layer: u32, weights: &[f32]) -> Result<()> {
        self.with_layer(layer, |layer, _| {
            check(weights.len() == layer.shape.weights(), "these are not as many weights as the layer has")?;
            layer.load(weights);
            Ok(())
        })
    }

    #[napi]
    pub fn forward(&mut self, layer: u32, rows: u32) -> Result<()> {
        self.with_layer(layer, |layer, engine| {
            check(rows as usize <= layer.shape.spec.rows, "the layer was made for fewer rows")?;
            layer.forward(rows as usize, &engine.pool);
            Ok(())
        })
    }

    #[napi]
    pub fn backward(&mut self, layer: u32, rows: u32) -> Result<()> {
        self.with_layer(layer, |layer, engine| {
            let Spec { rows: capacity, training, .. } = layer.shape.spec;
            check(training, "the layer was not made for training")?;
            check(rows as usize <= capacity, "the layer was made for fewer rows")?;
            layer.backward(rows as usize, &engine.pool);
            Ok(())
        })
    }

    /// `flags`: 1 transposes a, 2 transposes b, 4 accumulates, 8 takes b as `pack_weights` made it.
    #[napi(strict)]
    pub fn multiply(
        &mut self,
        a: &NativeBuffer,
        b: &NativeBuffer,
        out: &NativeBuffer,
        m: u32,
        n: u32,
        inner: u32,
        flags: u32,
    ) -> Result<()> {
        let product = to_product(a, b, out, m, n, inner, flags)?;
        // SAFETY: `to_product` has looked at the sizes and for overlap, and buffers have their slack.
        self.guarded(|running| unsafe { running.engine.multiply(product) }.map_err(to_error))
    }

    /// Squared distances of points (rows, size) from centroids (count, size), into `out` (rows, count).
    #[napi(strict)]
    pub fn squared_distances(
        &mut self,
        points: &NativeBuffer,
        centroids: &NativeBuffer,
        out: &NativeBuffer,
        rows: u32,
        count: u32,
        size: u32,
    ) -> Result<()> {
        let product = to_product(points, centroids, out, rows, count, size, 2)?;
        // SAFETY: as in `multiply`.
        self.guarded(|running| unsafe { running.engine.distances(product) }.map_err(to_error))
    }

    /// Floating-point operations of nothing but multiplications and additions, for measurements.
    #[napi]
    pub fn peak(&mut self, loops: u32) -> Result<f64> {
        // SAFETY: the processor has these instructions.
        self.guarded(|running| Ok(unsafe { (running.engine.kernels.peak)(loops as usize) }))
    }

    /// Ends the threads and frees the layers; buffers live until they are collected.
    #[napi]
    pub fn dispose(&mut self) {
        self.running = None;
    }

    fn with_layer<T>(&mut self, layer: u32, call: impl FnOnce(&mut Layer, &Engine) -> Result<T>) -> Result<T> {
        self.guarded(|Running { engine, layers }| {
            let layer = layers.get_mut(layer as usize).ok_or_else(|| Error::from_reason("there is no such layer"))?;
            call(layer, engine)
        })
    }

    /// Makes a call; one that panics is the last.
    fn guarded<T>(&mut self, call: impl FnOnce(&mut Running) -> Result<T>) -> Result<T> {
        let Some(running) = &mut self.running else {
            return Err(Error::from_reason(match &self.panic {
                None => "the engine has been disposed of".to_string(),
                Some(panic) => format!("the engine has failed before: {panic}"),
            }));
        };
        catch_unwind(AssertUnwindSafe(|| call(running))).unwrap_or_else(|panic| {
            let text = panic.downcast_ref::<&str>().map(|text| text.to_string());
            let text = text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_default();
            let error = Error::from_reason(format!("the engine has failed: {text}"));
            self.panic = Some(text);
            self.running = None;
            Err(error)
        })
    }
}

fn to_product(
    a: &NativeBuffer,
    b: &NativeBuffer,
    out: &NativeBuffer,
    m: u32,
    n: u32,
    inner: u32,
    flags: u32,
) -> Result<Product> {
    let (m, n, inner) = (m as usize, n as usize, inner as usize);
    let packed = flags & 8 != 0;
    check(!packed || flags & 1 == 0 && flags & 2 != 0, "weights are packed for products that take them transposed")?;
    let of_b = if packed { weights_length(n, inner).unwrap_or(usize::MAX) } else { inner * n };
    for (NativeBuffer { buffer }, needed) in [(a, m * inner), (b, of_b), (out, m * n)] {
        check(needed <= buffer.len(), "a buffer is smaller than the product says")?;
    }
    check(!out.buffer.is(&a.buffer) && !out.buffer.is(&b.buffer), "a product cannot replace a factor")?;
    Ok(Product {
        a: a.buffer.at(),
        b: b.buffer.at(),
        out: out.buffer.at(),
        m,
        n,
        inner,
        transpose_a: flags & 1 != 0,
        transpose_b: flags & 2 != 0,
        accumulate: flags & 4 != 0,
        packed,
    })
}

fn check(holds: bool, message: &str) -> Result<()> {
    if holds { Ok(()) } else { Err(Error::from_reason(message)) }
}

fn to_error(failure: Failure) -> Error {
    Error::from_reason(failure.to_string())
}
