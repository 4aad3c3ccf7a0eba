//! A layer's way back through the steps: gradients take the place of activations, and give weight gradients by products
//! over chunks of steps.
//!
//! # Safety
//! As in `forward`; and of the weight gradients, columns that no other thread computes.

#![allow(unsafe_op_in_unsafe_fn, reason = "arithmetic with pointers from end to end")]

use crate::activation::tanh;
use crate::forward::{cells, gates, states, store_units};
use crate::layer::{Cell, Layer, panels};
use crate::product::{ACCUMULATE, Known, Left, Out, REPLACE, Right, Runs, product};
use crate::simd::Simd;

/// Takes rows `from` to `to` of `rows` back through all steps; with all the rows, and if wanted, weight gradients are
/// added up while a chunk's gates are in the cache.
#[inline(always)]
pub unsafe fn backward<S: Simd>(layer: &Layer, rows: usize, from: usize, to: usize, thread: usize, with_weights: bool) {
    let shape = &layer.shape;
    for strip in 0..shape.strips(rows) {
        let (start, end) = (shape.strip_start(rows, strip), shape.strip_start(rows, strip + 1));
        let (first, last) = (start.max(from), end.min(to));
        if first < last {
            let part = Part { layer, rows, start, strip_rows: end - start, first, last, thread };
            part.back::<S>(with_weights);
        }
    }
}

/// Adds up the weight gradients of all chunks, for columns `from` to `to` of the blocks' inner indices.
#[inline(always)]
pub unsafe fn weight_gradients<S: Simd>(layer: &Layer, rows: usize, from: usize, to: usize) {
    let shape = &layer.shape;
    for strip in 0..shape.strips(rows) {
        let (start, end) = (shape.strip_start(rows, strip), shape.strip_start(rows, strip + 1));
        let chunk = shape.chunk_steps(end - start);
        for chunk in (0..shape.spec.steps.div_ceil(chunk)).rev().map(|i| i * chunk) {
            add_weight_gradients::<S>(layer, start, end - start, chunk, from, to);
        }
    }
}

/// The products of a chunk's gradients and left factors. Chunks come last to first, strip after strip.
#[inline(always)]
unsafe fn add_weight_gradients<S: Simd>(
    layer: &Layer,
    start: usize,
    strip_rows: usize,
    chunk: usize,
    from: usize,
    to: usize,
) {
    let shape = &layer.shape;
    let steps = shape.chunk_steps(strip_rows).min(shape.spec.steps - chunk);
    let gradients = gates(layer, start, strip_rows, chunk, start);
    let begin = shape.front - shape.spec.inputs - 1;
    let left = states(layer, start, strip_rows, chunk, start).add(begin);
    let runs = [Runs::one(steps * strip_rows, shape.stride), Runs::NONE];
    let new = start == 0 && chunk + steps == shape.spec.steps;
    let split = if shape.spec.cell == Cell::Gru { shape.spec.inputs + 1 } else { shape.inner };
    for block in from / shape.inner..to.div_ceil(shape.inner) {
        let right = Right { at: gradients.at.add(block * gradients.panel), row: 4 * S::LANES, panel: 0 };
        let low = from.saturating_sub(block * shape.inner);
        let high = (to - block * shape.inner).min(shape.inner);
        let out = layer.packed_gradients.at().add(block * shape.block_weights);
        if low < split {
            let left = Left { at: left.add(low), row: 1, runs };
            let out = Out { at: out.add(4 * low * S::LANES), row: 4 * S::LANES, panel: 0 };
            let rows = high.min(split) - low;
            if new {
                product::<S, 4, Known<4, false, REPLACE>>(left, right, out, rows);
            } else {
                product::<S, 4, Known<4, false, ACCUMULATE>>(left, right, out, rows);
            }
        }
        if high > split {
            let low = low.max(split);
            let left = Left { at: left.add(low), row: 1, runs };
            let out = Out { at: out.add(shape.packed(low).1), row: 3 * S::LANES, panel: 0 };
            if new {
                product::<S, 3, Known<4, false, REPLACE>>(left, right, out, high - low);
            } else {
                product::<S, 3, Known<4, false, ACCUMULATE>>(left, right, out, high - low);
            }
        }
    }
}

/// Rows `first` to `last` of the strip from row `start`.
struct Part<'a> {
    layer: &'a Layer,
    rows: usize,
    start: usize,
    strip_rows: usize,
    first: usize,
    last: usize,
    thread: usize,
}

impl Part<'_> {
    #[inline(always)]
    unsafe fn back<S: Simd>(&self, with_weights: bool) {
        let layer = self.layer;
        let shape = &layer.shape;
        let scratch = &layer.scratch[self.thread];
        let hidden = shape.spec.hidden;
        let chunk = shape.chunk_steps(self.strip_rows);
        core::ptr::write_bytes(scratch.cells.at(), 0, (self.last - self.first) * shape.padded);
        core::ptr::write_bytes(scratch.tile.at(), 0, (self.last - self.first) * shape.padded);
        for step in (0..shape.spec.steps).rev() {
            if step + 1 < shape.spec.steps {
                self.multiply::<S>(step + 1, layer.recurrent_back.at(), shape.recurrent_gates(), hidden, shape.padded);
            }
            let arrives = shape.spec.all_outputs || step + 1 == shape.spec.steps;
            let output = if shape.spec.all_outputs { step * self.rows } else { 0 };
            let at = gates(layer, self.start, self.strip_rows, step, self.first);
            let earlier = gates(layer, self.start, self.strip_rows, step.saturating_sub(1), self.first);
            for row in self.first..self.last {
                let carried = scratch.cells.at().add((row - self.first) * shape.padded);
                let recurrent = scratch.tile.at().add((row - self.first) * shape.padded);
                let outer = layer.output_gradients.at().add(if arrives { (output + row) * hidden } else { 0 });
                for block in 0..shape.blocks {
                    let unit = block * S::LANES;
                    let mut gradient = S::load(recurrent.add(unit));
                    if arrives {
                        gradient = S::add(gradient, load_units::<S>(outer, unit, hidden));
                    }
                    // Written long ago, and read backwards: the processor does not see them coming.
                    let earlier = earlier.at.add(block * earlier.panel + (row - self.first) * earlier.row);
                    for vector in 0..4 {
                        S::prefetch(earlier.add(vector * S::LANES));
                    }
                    let at = at.at.add(block * at.panel + (row - self.first) * at.row);
                    match shape.spec.cell {
                        Cell::Lstm => lstm::<S>(
                            gradient,
                            at,
                            cells(layer, self.start, self.strip_rows, step, row).add(unit),
                            cells(layer, self.start, self.strip_rows, step + 1, row).add(unit),
                            carried.add(unit),
                        ),
                        Cell::Gru => gru::<S>(
                            gradient,
                            at,
                            states(layer, self.start, self.strip_rows, step, row).add(shape.front + unit),
                            carried.add(unit),
                        ),
                    }
                }
            }
            if shape.spec.input_gradients {
                self.inputs_back::<S>(step);
            }
            if with_weights && step % chunk == 0 {
                let columns = shape.blocks * shape.inner;
                add_weight_gradients::<S>(layer, self.start, self.strip_rows, step, 0, columns);
            }
        }
        self.multiply::<S>(0, layer.recurrent_back.at(), shape.recurrent_gates(), hidden, shape.padded);
        for row in self.first..self.last {
            for block in 0..shape.blocks {
                let at = (row - self.first) * shape.padded + block * S::LANES;
                let mut gradient = S::load(scratch.tile.at().add(at));
                if shape.spec.cell == Cell::Gru {
                    gradient = S::add(gradient, S::load(scratch.cells.at().add(at)));
                }
                let out = layer.initial_hidden_gradients.at().add(row * hidden);
                store_units::<S>(out, gradient, block * S::LANES, hidden);
            }
        }
    }

    #[inline(always)]
    unsafe fn inputs_back<S: Simd>(&self, step: usize) {
        let inputs = self.layer.shape.spec.inputs;
        let stride = inputs.div_ceil(S::LANES) * S::LANES;
        self.multiply::<S>(step, self.layer.inputs_back.at(), 4, inputs, stride);
        for row in self.first..self.last {
            let from = self.layer.scratch[self.thread].tile.at().add((row - self.first) * stride);
            let to = self.layer.input_gradients.at().add((step * self.rows + row) * inputs);
            core::ptr::copy_nonoverlapping(from, to, inputs);
        }
    }

    /// Gradients of a step's gates times weights, into the scratch tile.
    #[inline(always)]
    unsafe fn multiply<S: Simd>(
        &self,
        step: usize,
        weights: *const f32,
        vectors: usize,
        columns: usize,
        stride: usize,
    ) {
        let shape = &self.layer.shape;
        let gates = gates(self.layer, self.start, self.strip_rows, step, self.first);
        let (full, part) = (shape.spec.hidden / S::LANES, shape.spec.hidden % S::LANES);
        let runs = [
            Runs { start: 0, count: full, stride: gates.panel, length: vectors * S::LANES, step: 1 },
            Runs { start: full * gates.panel, count: vectors, stride: S::LANES, length: part, step: 1 },
        ];
        let left = Left { at: gates.at, row: gates.row, runs };
        let rows = self.last - self.first;
        let (mut at, mut out) = (weights, self.layer.scratch[self.thread].tile.at());
        for panel in panels(columns.div_ceil(S::LANES), S::WIDEST) {
            let right = Right { at, row: panel * S::LANES, panel: 0 };
            let to = Out { at: out, row: stride, panel: 0 };
            match panel {
                1 => product::<S, 1, Known<1, true, REPLACE>>(left, right, to, rows),
                2 => product::<S, 2, Known<2, true, REPLACE>>(left, right, to, rows),
                _ => product::<S, 3, Known<3, true, REPLACE>>(left, right, to, rows),
            }
            at = at.add(vectors * shape.spec.hidden * panel * S::LANES);
            out = out.add(panel * S::LANES);
        }
    }
}

#[inline(always)]
unsafe fn load_units<S: Simd>(row: *const f32, unit: usize, units: usize) -> S::V {
    if unit + S::LANES <= units { S::load(row.add(unit)) } else { S::load_part(row.add(unit), units - unit) }
}

/// x · (1 - x).
#[inline(always)]
unsafe fn slope<S: Simd>(x: S::V) -> S::V {
    S::mul(x, S::sub(S::splat(1.0), x))
}

/// 1 - x².
#[inline(always)]
unsafe fn tanh_slope<S: Simd>(x: S::V) -> S::V {
    S::sub(S::splat(1.0), S::mul(x, x))
}

/// `carried` is the gradient of the cell that comes from the step after.
#[inline(always)]
unsafe fn lstm<S: Simd>(gradient: S::V, gates: *mut f32, before: *const f32, after: *const f32, carried: *mut f32) {
    let input = S::load(gates);
    let forget = S::load(gates.add(S::LANES));
    let candidate = S::load(gates.add(2 * S::LANES));
    let output = S::load(gates.add(3 * S::LANES));
    let squashed = tanh::<S>(S::load(after));
    let shown = S::mul(gradient, output);
    let cell = S::mul_add(shown, tanh_slope::<S>(squashed), S::load(carried));
    S::store(gates, S::mul(S::mul(cell, candidate), slope::<S>(input)));
    S::store(gates.add(S::LANES), S::mul(S::mul(cell, S::load(before)), slope::<S>(forget)));
    S::store(gates.add(2 * S::LANES), S::mul(S::mul(cell, input), tanh_slope::<S>(candidate)));
    S::store(gates.add(3 * S::LANES), S::mul(S::mul(gradient, squashed), slope::<S>(output)));
    S::store(carried, S::mul(cell, forget));
}

/// `carried` is the gradient of the state that comes from the step after by the update gate alone.
#[inline(always)]
unsafe fn gru<S: Simd>(gradient: S::V, gates: *mut f32, before: *const f32, carried: *mut f32) {
    let reset = S::load(gates);
    let update = S::load(gates.add(S::LANES));
    let recurrent = S::load(gates.add(2 * S::LANES));
    let candidate = S::load(gates.add(3 * S::LANES));
    let state = S::add(gradient, S::load(carried));
    let difference = S::sub(S::load(before), candidate);
    let of_candidate = S::mul(S::mul(state, S::sub(S::splat(1.0), update)), tanh_slope::<S>(candidate));
    S::store(gates, S::mul(S::mul(of_candidate, recurrent), slope::<S>(reset)));
    S::store(gates.add(S::LANES), S::mul(S::mul(state, difference), slope::<S>(update)));
    S::store(gates.add(2 * S::LANES), S::mul(of_candidate, reset));
    S::store(gates.add(3 * S::LANES), of_candidate);
    S::store(carried, S::mul(state, update));
}
