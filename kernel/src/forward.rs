//! A layer's way through the steps.
//!
//! # Safety
//! Functions need the processor's instructions, a layer whose buffers are as its specification says, and rows within
//! it, which no other thread computes.

#![allow(unsafe_op_in_unsafe_fn, reason = "arithmetic with pointers from end to end")]

use crate::activation::{sigmoid, tanh};
use crate::layer::{Cell, Layer};
use crate::product::{ACCUMULATE, Known, Left, Out, REPLACE, Right, Runs, product_of_panels};
use crate::simd::Simd;

/// Runs rows `from` to `to` of `rows` through all steps.
#[inline(always)]
pub unsafe fn forward<S: Simd>(layer: &Layer, rows: usize, from: usize, to: usize, thread: usize) {
    let shape = &layer.shape;
    if shape.spec.training {
        for strip in 0..shape.strips(rows) {
            let (start, end) = (shape.strip_start(rows, strip), shape.strip_start(rows, strip + 1));
            let (first, last) = (start.max(from), end.min(to));
            if first < last {
                run_strip::<S, _>(layer, &Kept { layer, start, rows: end - start }, rows, first, last);
            }
        }
    } else {
        let strips = shape.strips(to - from);
        for strip in 0..strips {
            let (first, last) = (from + (to - from) * strip / strips, from + (to - from) * (strip + 1) / strips);
            run_strip::<S, _>(layer, &Passing { layer, thread, start: first }, rows, first, last);
        }
    }
}

/// Where a strip's numbers are; rows are those of the call.
trait Places {
    /// Left factor of a step.
    unsafe fn states(&self, step: usize, row: usize) -> *mut f32;
    /// Cells before a step.
    unsafe fn cells(&self, step: usize, row: usize) -> *mut f32;
    /// Four vectors for each block of hidden units, and how far the next row and the next block are.
    unsafe fn gates(&self, step: usize, row: usize) -> Out;
    /// Whether activations are kept.
    const KEEPS: bool;
}

/// Training keeps all.
struct Kept<'a> {
    layer: &'a Layer,
    start: usize,
    rows: usize,
}

impl Places for Kept<'_> {
    #[inline(always)]
    unsafe fn states(&self, step: usize, row: usize) -> *mut f32 {
        states(self.layer, self.start, self.rows, step, row)
    }
    #[inline(always)]
    unsafe fn cells(&self, step: usize, row: usize) -> *mut f32 {
        cells(self.layer, self.start, self.rows, step, row)
    }
    #[inline(always)]
    unsafe fn gates(&self, step: usize, row: usize) -> Out {
        gates(self.layer, self.start, self.rows, step, row)
    }
    const KEEPS: bool = true;
}

/// Inference has the states of two steps, and no more.
struct Passing<'a> {
    layer: &'a Layer,
    thread: usize,
    start: usize,
}

impl Places for Passing<'_> {
    #[inline(always)]
    unsafe fn states(&self, step: usize, row: usize) -> *mut f32 {
        let states = &self.layer.scratch[self.thread].states;
        let stride = self.layer.shape.stride;
        states.at().add((step & 1) * (states.len() / 2) + (row - self.start) * stride)
    }
    #[inline(always)]
    unsafe fn cells(&self, _step: usize, row: usize) -> *mut f32 {
        self.layer.scratch[self.thread].cells.at().add((row - self.start) * self.layer.shape.padded)
    }
    #[inline(always)]
    unsafe fn gates(&self, _step: usize, row: usize) -> Out {
        let vectors = 4 * self.layer.shape.lanes;
        let tile = &self.layer.scratch[self.thread].tile;
        let panel = tile.len() / self.layer.shape.blocks;
        Out { at: tile.at().add((row - self.start) * vectors), row: vectors, panel }
    }
    const KEEPS: bool = false;
}

/// Left factor of a step, in what training keeps of the strip from row `start`.
#[inline(always)]
pub unsafe fn states(layer: &Layer, start: usize, rows: usize, step: usize, row: usize) -> *mut f32 {
    let shape = &layer.shape;
    layer.states.at().add((start * (shape.spec.steps + 1) + step * rows + row - start) * shape.stride)
}

/// Cells before a step, in what training keeps.
#[inline(always)]
pub unsafe fn cells(layer: &Layer, start: usize, rows: usize, step: usize, row: usize) -> *mut f32 {
    let shape = &layer.shape;
    layer.cells.at().add((start * (shape.spec.steps + 1) + step * rows + row - start) * shape.padded)
}

/// Gates of a step, in what training keeps.
#[inline(always)]
pub unsafe fn gates(layer: &Layer, start: usize, rows: usize, step: usize, row: usize) -> Out {
    let shape = &layer.shape;
    let chunk = shape.chunk_steps(rows);
    let first = step / chunk * chunk;
    let steps = chunk.min(shape.spec.steps - first);
    let vectors = 4 * shape.lanes;
    Out {
        at: layer.gates.at().add(
            (start * shape.spec.steps + first * rows) * 4 * shape.padded
                + ((step - first) * rows + row - start) * vectors,
        ),
        row: vectors,
        panel: steps * rows * vectors,
    }
}

#[inline(always)]
unsafe fn run_strip<S: Simd, P: Places>(layer: &Layer, places: &P, rows: usize, first: usize, last: usize) {
    let shape = &layer.shape;
    let spec = &shape.spec;
    let hidden = spec.hidden;
    for row in first..last {
        let state = places.states(0, row).add(shape.front);
        core::ptr::copy_nonoverlapping(layer.initial_hidden.at().add(row * hidden), state, hidden);
        if spec.cell == Cell::Lstm {
            core::ptr::copy_nonoverlapping(layer.initial_cell.at().add(row * hidden), places.cells(0, row), hidden);
        }
    }
    for step in 0..spec.steps {
        let begin = shape.front - spec.inputs - 1;
        for row in first..last {
            let state = places.states(step, row).add(begin);
            let input = layer.inputs.at().add((step * rows + row) * spec.inputs);
            for i in 0..spec.inputs {
                *state.add(i) = *input.add(i);
            }
            *state.add(spec.inputs) = 1.0;
        }
        let state = Left {
            at: places.states(step, first).add(begin),
            row: shape.stride,
            runs: [Runs::one(shape.inner, 1), Runs::NONE],
        };
        let weights = Right { at: layer.weights.at(), row: 4 * S::LANES, panel: shape.block_weights };
        let gates = places.gates(step, first);
        // Few rows leave no time to hide behind: all blocks at once. Many are activated while the block is in the cache.
        let together = if last - first > 1 { 1 } else { shape.blocks };
        let mut block = 0;
        while block < shape.blocks {
            let out = Out { at: gates.at.add(block * gates.panel), ..gates };
            let right = Right { at: weights.at.add(block * weights.panel), ..weights };
            match spec.cell {
                Cell::Lstm => {
                    product_of_panels::<S, 4, Known<4, true, REPLACE>>(state, right, out, last - first, together)
                }
                Cell::Gru => {
                    let known = spec.inputs + 1;
                    let inputs = Left { runs: [Runs::one(known, 1), Runs::NONE], ..state };
                    product_of_panels::<S, 4, Known<4, true, REPLACE>>(inputs, right, out, last - first, together);
                    let hidden = Left { at: state.at.add(known), runs: [Runs::one(hidden, 1), Runs::NONE], ..state };
                    let recurrent =
                        Right { at: right.at.add(known * 4 * S::LANES), row: 3 * S::LANES, panel: right.panel };
                    product_of_panels::<S, 3, Known<3, true, ACCUMULATE>>(
                        hidden,
                        recurrent,
                        out,
                        last - first,
                        together,
                    );
                }
            }
            for block in block..block + together {
                let unit = block * S::LANES;
                for row in first..last {
                    let at = gates.at.add(block * gates.panel + (row - first) * gates.row);
                    let before = places.states(step, row).add(shape.front + unit);
                    let state = match spec.cell {
                        Cell::Lstm => activate_lstm::<S>(
                            at,
                            places.cells(step, row).add(unit),
                            places.cells(step + 1, row).add(unit),
                            P::KEEPS,
                        ),
                        Cell::Gru => activate_gru::<S>(at, before, P::KEEPS),
                    };
                    S::store(places.states(step + 1, row).add(shape.front + unit), state);
                    if spec.all_outputs || step + 1 == spec.steps {
                        let row = if spec.all_outputs { step * rows + row } else { row };
                        store_units::<S>(layer.outputs.at().add(row * hidden), state, unit, hidden);
                    }
                }
            }
            block += together;
        }
    }
    if spec.cell == Cell::Lstm {
        for row in first..last {
            let cell = places.cells(spec.steps, row);
            core::ptr::copy_nonoverlapping(cell, layer.final_cell.at().add(row * hidden), hidden);
        }
    }
}

#[inline(always)]
pub unsafe fn store_units<S: Simd>(row: *mut f32, x: S::V, unit: usize, units: usize) {
    if unit + S::LANES <= units {
        S::store(row.add(unit), x);
    } else {
        S::store_part(row.add(unit), x, units - unit);
    }
}

#[inline(always)]
unsafe fn activate_lstm<S: Simd>(gates: *mut f32, before: *const f32, after: *mut f32, keep: bool) -> S::V {
    let input = sigmoid::<S>(S::load(gates));
    let forget = sigmoid::<S>(S::load(gates.add(S::LANES)));
    let candidate = tanh::<S>(S::load(gates.add(2 * S::LANES)));
    let output = sigmoid::<S>(S::load(gates.add(3 * S::LANES)));
    let cell = S::mul_add(forget, S::load(before), S::mul(input, candidate));
    S::store(after, cell);
    if keep {
        S::store(gates, input);
        S::store(gates.add(S::LANES), forget);
        S::store(gates.add(2 * S::LANES), candidate);
        S::store(gates.add(3 * S::LANES), output);
    }
    S::mul(output, tanh::<S>(cell))
}

/// `gates` holds reset, update, and the recurrent and the input part of the candidate; of these, the recurrent part and
/// the candidate itself are kept.
#[inline(always)]
unsafe fn activate_gru<S: Simd>(gates: *mut f32, before: *const f32, keep: bool) -> S::V {
    let reset = sigmoid::<S>(S::load(gates));
    let update = sigmoid::<S>(S::load(gates.add(S::LANES)));
    let recurrent = S::load(gates.add(2 * S::LANES));
    let candidate = tanh::<S>(S::mul_add(reset, recurrent, S::load(gates.add(3 * S::LANES))));
    if keep {
        S::store(gates, reset);
        S::store(gates.add(S::LANES), update);
        S::store(gates.add(3 * S::LANES), candidate);
    }
    S::mul_add(update, S::sub(S::load(before), candidate), candidate)
}
