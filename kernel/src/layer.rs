//! A recurrent layer: its numbers in memory, and in which order they are computed.
//!
//! Rows (sequences) are cut into strips, and each strip goes through all steps while it is in the cache. What training
//! keeps lies strip after strip:
//! - `states`, (steps + 1, rows of the strip, `front` + padded hidden): the left factor of a step. It holds the step's
//!   inputs and a 1 for the bias, right before the hidden state that the step begins with, which is aligned.
//! - `gates`, in chunks of steps, each (hidden / lanes, steps of the chunk, rows of the strip, 4 vectors): activations,
//!   which the way back replaces by gradients. A chunk is the inner dimension of one product for weight gradients.
//! - `cells`, (steps + 1, rows of the strip, padded hidden).
//!
//! The number of threads decides who computes a number, never how.

use crate::buffer::Buffer;
use crate::failure::Failure;
use crate::kernels::Kernels;
use crate::pace::Pace;
use crate::pool::{Pool, WORTH_A_THREAD};

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Cell {
    Lstm,
    Gru,
}

#[derive(Clone, Copy, Debug)]
pub struct Spec {
    pub cell: Cell,
    pub steps: usize,
    pub inputs: usize,
    pub hidden: usize,
    pub rows: usize,
    pub training: bool,
    /// Hidden states at every step, or the last ones.
    pub all_outputs: bool,
    pub input_gradients: bool,
}

/// Rows of a strip at most: its states and a block of weights share the first-level cache.
const STRIP: usize = 36;
/// Rows times steps of a chunk at most, such that its gates stay in the second-level cache.
const CHUNK: usize = 96;

/// Sizes that follow from a specification and the width of a vector.
#[derive(Clone, Copy, Debug)]
pub struct Shape {
    pub spec: Spec,
    pub lanes: usize,
    /// Vectors of hidden units.
    pub blocks: usize,
    /// Hidden units, padded to whole vectors.
    pub padded: usize,
    /// Numbers before the hidden state in a row of `states`.
    pub front: usize,
    /// Numbers in a row of `states`.
    pub stride: usize,
    /// Inner dimension of a step: inputs, bias, hidden state.
    pub inner: usize,
    /// Numbers of packed weights for each block of hidden units.
    pub block_weights: usize,
    /// Vectors of the widest panel on the way back.
    pub widest: usize,
}

impl Shape {
    pub fn new(spec: Spec, kernels: &Kernels) -> Shape {
        let lanes = kernels.lanes;
        let blocks = spec.hidden.div_ceil(lanes);
        let padded = blocks * lanes;
        let front = (spec.inputs + 1).div_ceil(lanes) * lanes;
        let inner = spec.inputs + 1 + spec.hidden;
        let vectors = match spec.cell {
            Cell::Lstm => 4 * inner,
            Cell::Gru => 4 * (spec.inputs + 1) + 3 * spec.hidden,
        };
        Shape {
            spec,
            lanes,
            blocks,
            padded,
            front,
            stride: front + padded,
            inner,
            block_weights: vectors * lanes,
            widest: kernels.widest,
        }
    }

    /// Numbers of a layer's weights, as the caller lays them out.
    pub fn weights(&self) -> usize {
        let Spec { cell, hidden, inputs, .. } = self.spec;
        match cell {
            Cell::Lstm => 4 * hidden * (hidden + inputs + 1),
            Cell::Gru => 3 * hidden * (hidden + inputs + 1) + hidden,
        }
    }

    pub fn outputs(&self) -> usize {
        self.spec.rows * self.spec.hidden * if self.spec.all_outputs { self.spec.steps } else { 1 }
    }

    /// Where the caller's weights hold that of unit `unit`, inner index `k` and vector `vector`; nothing where a gru has
    /// none. Vectors: the gates of an lstm in order; reset, update, recurrent and input part of a gru's candidate.
    #[inline(always)]
    pub fn source(&self, unit: usize, k: usize, vector: usize) -> Option<usize> {
        let Spec { cell, hidden, inputs, .. } = self.spec;
        let columns = hidden + inputs + 1;
        let column = if k <= inputs { hidden + k } else { k - inputs - 1 };
        let gate = match (cell, vector) {
            (Cell::Lstm, _) | (_, 0 | 1) => vector,
            (_, 2) if k > inputs => 2,
            (_, 2) if k == inputs => return Some(3 * hidden * columns + unit),
            (_, 3) if k <= inputs => 2,
            _ => return None,
        };
        Some((gate * hidden + unit) * columns + column)
    }

    /// Vectors of packed weights at inner index `k`, and how many numbers of the block come before.
    #[inline(always)]
    pub fn packed(&self, k: usize) -> (usize, usize) {
        let inputs = self.spec.inputs;
        match self.spec.cell {
            Cell::Gru if k > inputs => (3, (4 * (inputs + 1) + 3 * (k - inputs - 1)) * self.lanes),
            _ => (4, 4 * k * self.lanes),
        }
    }

    /// Gates whose gradient goes back to the hidden state.
    pub fn recurrent_gates(&self) -> usize {
        if self.spec.cell == Cell::Lstm { 4 } else { 3 }
    }

    pub fn strips(&self, rows: usize) -> usize {
        rows.div_ceil(STRIP)
    }

    /// First row of a strip; that of the strip after the last is `rows`.
    pub fn strip_start(&self, rows: usize, strip: usize) -> usize {
        rows * strip / self.strips(rows)
    }

    /// Steps of a chunk, for a strip of so many rows.
    pub fn chunk_steps(&self, strip_rows: usize) -> usize {
        (CHUNK / strip_rows).clamp(1, self.spec.steps)
    }
}

/// All that one thread needs for itself.
pub struct Scratch {
    /// (2, strip, stride): the left factors of this step and the next, in inference.
    pub states: Buffer,
    /// (strip, padded): cells in inference; in training, the gradient that is carried to the step before.
    pub cells: Buffer,
    /// (strip, 4 vectors) of one block in inference; (strip, padded) recurrent gradients in training.
    pub tile: Buffer,
}

pub struct Layer {
    pub shape: Shape,
    kernels: &'static Kernels,
    pub inputs: Buffer,
    pub initial_hidden: Buffer,
    pub initial_cell: Buffer,
    pub outputs: Buffer,
    pub final_cell: Buffer,
    pub output_gradients: Buffer,
    pub weight_gradients: Buffer,
    pub initial_hidden_gradients: Buffer,
    pub input_gradients: Buffer,
    /// Packed by blocks of hidden units: for each, its inner indices, each with up to 4 vectors.
    pub weights: Buffer,
    /// Packed for the way back to the hidden state, and to the inputs: panels of up to 3 vectors of columns.
    pub recurrent_back: Buffer,
    pub inputs_back: Buffer,
    /// As `weights`.
    pub packed_gradients: Buffer,
    pub states: Buffer,
    pub gates: Buffer,
    pub cells: Buffer,
    pub scratch: Vec<Scratch>,
    /// Of the way forward and the way back.
    paces: [Pace; 2],
}

impl Layer {
    pub fn new(spec: Spec, kernels: &'static Kernels, threads: usize) -> Result<Layer, Failure> {
        if !is_addressable(&spec) {
            return Err(Failure::Memory { floats: None });
        }
        let shape = Shape::new(spec, kernels);
        let Spec { cell, steps, inputs, hidden, rows, training, input_gradients, .. } = spec;
        let strip = STRIP.min(rows);
        let when = |wanted: bool, length: usize| Buffer::new(if wanted { length } else { 0 });
        let lstm = cell == Cell::Lstm;
        let back = |gates: usize, columns: usize| gates * hidden * columns.div_ceil(kernels.lanes) * kernels.lanes;
        let to_scratch = |_| {
            Ok(Scratch {
                states: when(!training, 2 * strip * shape.stride)?,
                cells: Buffer::new(strip * shape.padded)?,
                tile: Buffer::new(if training {
                    strip * shape.padded.max(inputs.div_ceil(kernels.lanes) * kernels.lanes)
                } else {
                    strip * 4 * shape.padded
                })?,
            })
        };
        Ok(Layer {
            shape,
            kernels,
            inputs: Buffer::new(steps * rows * inputs)?,
            initial_hidden: Buffer::new(rows * hidden)?,
            initial_cell: when(lstm, rows * hidden)?,
            outputs: Buffer::new(shape.outputs())?,
            final_cell: when(lstm, rows * hidden)?,
            output_gradients: when(training, shape.outputs())?,
            weight_gradients: when(training, shape.weights())?,
            initial_hidden_gradients: when(training, rows * hidden)?,
            input_gradients: when(training && input_gradients, steps * rows * inputs)?,
            weights: Buffer::new(shape.blocks * shape.block_weights)?,
            recurrent_back: when(training, back(shape.recurrent_gates(), hidden))?,
            inputs_back: when(training && input_gradients, back(4, inputs))?,
            packed_gradients: when(training, shape.blocks * shape.block_weights)?,
            states: when(training, (steps + 1) * rows * shape.stride)?,
            gates: when(training, steps * rows * 4 * shape.padded)?,
            cells: when(training && lstm, (steps + 1) * rows * shape.padded)?,
            scratch: (0..threads).map(to_scratch).collect::<Result<_, Failure>>()?,
            paces: Default::default(),
        })
    }

    /// Takes weights in the caller's layout; what follows computes with these.
    pub fn load(&mut self, weights: &[f32]) {
        assert_eq!(weights.len(), self.shape.weights());
        pack(&self.shape, weights, self.weights.at());
        if self.shape.spec.training {
            let shape = &self.shape;
            let hidden = shape.spec.hidden;
            pack_back(shape, weights, self.recurrent_back.at(), shape.recurrent_gates(), shape.spec.inputs + 1, hidden);
            if shape.spec.input_gradients {
                pack_back(shape, weights, self.inputs_back.at(), 4, 0, shape.spec.inputs);
            }
        }
    }

    /// The buffers that the caller reads and writes, in the order of `RecurrentLayer`.
    pub fn buffers(&self) -> [&Buffer; 9] {
        [
            &self.inputs,
            &self.initial_hidden,
            &self.initial_cell,
            &self.outputs,
            &self.final_cell,
            &self.output_gradients,
            &self.weight_gradients,
            &self.initial_hidden_gradients,
            &self.input_gradients,
        ]
    }

    pub fn forward(&mut self, rows: usize, pool: &Pool) {
        assert!(rows <= self.shape.spec.rows);
        self.shared(rows, pool, 1, |layer, parts| {
            // SAFETY: the processor has these instructions, and the buffers are as the specification says; parts are
            // different rows.
            pool.run(parts, &|part, thread| unsafe {
                (layer.kernels.forward)(layer, rows, rows * part / parts, rows * (part + 1) / parts, thread)
            });
        });
    }

    pub fn backward(&mut self, rows: usize, pool: &Pool) {
        assert!(self.shape.spec.training && rows <= self.shape.spec.rows);
        self.shared(rows, pool, 2, |layer, parts| {
            let kernels = layer.kernels;
            if parts == 1 {
                // SAFETY: as in `forward`.
                return unsafe { (kernels.backward)(layer, rows, 0, rows, 0, true) };
            }
            // SAFETY: as in `forward`.
            pool.run(parts, &|part, thread| unsafe {
                (kernels.backward)(layer, rows, rows * part / parts, rows * (part + 1) / parts, thread, false)
            });
            let columns = layer.shape.blocks * layer.shape.inner;
            // SAFETY: as in `forward`; parts are different columns of the weight gradients.
            pool.run(parts, &|part, _| unsafe {
                (kernels.weight_gradients)(layer, rows, columns * part / parts, columns * (part + 1) / parts)
            });
        });
        unpack(&self.shape, self.packed_gradients.at(), self.weight_gradients.at(), rows > 0);
    }

    /// Makes a call in parts: a part to a thread, or a few, where strips are left whole.
    fn shared(&mut self, rows: usize, pool: &Pool, passes: usize, call: impl FnOnce(&Layer, usize)) {
        let Spec { steps, hidden, .. } = self.shape.spec;
        let work = passes * rows * steps * 4 * hidden * self.shape.inner;
        let most = self.shape.strips(rows).clamp(pool.threads(), 4 * pool.threads());
        let most = (work / WORTH_A_THREAD).min(rows).clamp(1, most);
        let mut pace = std::mem::take(&mut self.paces[passes - 1]);
        pool.paced(&mut pace, most, work, |parts| call(self, parts));
        self.paces[passes - 1] = pace;
    }
}

/// Whether the sizes of all buffers, each smaller than one of these, can be told.
fn is_addressable(spec: &Spec) -> bool {
    let &Spec { steps, inputs, hidden, rows, .. } = spec;
    let product = |factors: [Option<usize>; 3]| {
        factors.into_iter().try_fold(16usize, |product, factor| product.checked_mul(factor?)).is_some()
    };
    let width = inputs.checked_add(hidden).and_then(|width| width.checked_add(64));
    product([steps.checked_add(1), rows.checked_add(1), width]) && product([hidden.checked_add(64), width, Some(1)])
}

fn pack(shape: &Shape, weights: &[f32], packed: *mut f32) {
    let Shape { spec, lanes, blocks, inner, block_weights, .. } = *shape;
    for block in 0..blocks {
        for k in 0..inner {
            let (vectors, at) = shape.packed(k);
            for vector in 0..vectors {
                for lane in 0..lanes {
                    let unit = block * lanes + lane;
                    let from = if unit < spec.hidden { shape.source(unit, k, vector) } else { None };
                    let to = block * block_weights + at + vector * lanes + lane;
                    // SAFETY: `packed` has room for all blocks.
                    unsafe { *packed.add(to) = from.map_or(0.0, |from| weights[from]) };
                }
            }
        }
    }
}

fn unpack(shape: &Shape, packed: *const f32, gradients: *mut f32, any: bool) {
    let Shape { spec, lanes, inner, block_weights, .. } = *shape;
    for unit in 0..spec.hidden {
        for k in 0..inner {
            let (vectors, at) = shape.packed(k);
            for vector in 0..vectors {
                if let Some(to) = shape.source(unit, k, vector) {
                    let from = unit / lanes * block_weights + at + vector * lanes + unit % lanes;
                    // SAFETY: `packed` holds all blocks, and `gradients` as many numbers as `source` counts.
                    unsafe { *gradients.add(to) = if any { *packed.add(from) } else { 0.0 } };
                }
            }
        }
    }
}

/// Rows: the gates' units in the order in which `gates` holds them, padding left out. Columns: inner indices from `first`.
fn pack_back(shape: &Shape, weights: &[f32], packed: *mut f32, vectors: usize, first: usize, columns: usize) {
    let Shape { spec, lanes, blocks, widest, .. } = *shape;
    let (mut at, mut column) = (packed, 0);
    for panel in panels(columns.div_ceil(lanes), widest) {
        for block in 0..blocks {
            for vector in 0..vectors {
                for unit in block * lanes..((block + 1) * lanes).min(spec.hidden) {
                    for k in column..column + panel * lanes {
                        let from = if k < columns { shape.source(unit, first + k, vector) } else { None };
                        // SAFETY: panels, blocks, vectors, units and columns are as many as `packed` was made for.
                        unsafe {
                            *at = from.map_or(0.0, |from| weights[from]);
                            at = at.add(1);
                        }
                    }
                }
            }
        }
        column += panel * lanes;
    }
}

/// Widths of the panels that so many vectors of columns are cut into: as even as can be, and at most `widest`.
#[inline(always)]
pub fn panels(vectors: usize, widest: usize) -> impl Iterator<Item = usize> {
    let count = vectors.div_ceil(widest);
    (0..count).map(move |i| vectors * (i + 1) / count - vectors * i / count)
}
