import { applyDropout } from './dropout.js';
import { createPlacedLayer, type PlacedLayer } from './placed-layer.js';
import type { FloatArray, FloatBuffer, RecurrentEngine, RecurrentLayer } from './recurrent-engine.js';
import type { VraeLayout } from './vrae-layout.js';
import type { VraeShape } from './vrae-shape.js';

/** The recurrent layers that read a series, and what they make of it. */
export interface RecurrentEncoder {
  /** The last states, of both directions, then the views. */
  readonly summary: FloatBuffer; // (rows, directions · hidden + views)
  /** Written by the caller before `backward`. */
  readonly summaryGradients: FloatBuffer; // as `summary`
  load(parameters: FloatArray): void;
  /**
   * Reads `rows` series, the first at `start`.
   *
   * @param values (…, steps, channels)
   * @param views (…, views)
   * @param seed of the dropout; undefined drops nothing
   */
  forward(
    values: Float32Array,
    views: Float32Array | undefined,
    start: number,
    rows: number,
    seed: number | undefined,
  ): void;
  /** Goes back through the last `forward`, which must have had the same rows and seed. */
  backward(rows: number, seed: number): void;
  collect(gradient: FloatArray): void;
}

export interface RecurrentOptions {
  /** Most series in one call. */
  readonly rows: number;
  readonly training: boolean;
  readonly dropout: number;
}

export function createRecurrentEncoder(
  engine: RecurrentEngine,
  shape: VraeShape,
  layout: VraeLayout,
  { rows: most, training, dropout }: RecurrentOptions,
): RecurrentEncoder {
  const { steps, channels, views: viewSize, hidden, cell, depth, bidirectional } = shape;
  const states = (bidirectional ? 2 : 1) * hidden;
  const width = states + viewSize;
  const levels = layout.encoder.map(({ forward, reverse }, level) => {
    const outputs = level === depth - 1 ? 'last' : 'all';
    const inputGradients = training && level > 0;
    const spec = { cell, steps, hidden, rows: most, training, outputs, inputGradients } as const;
    return {
      forward: createPlacedLayer(engine, spec, forward),
      reverse: reverse && createPlacedLayer(engine, spec, reverse),
    };
  });
  const layers = levels.flatMap(({ forward, reverse }) => (reverse ? [forward, reverse] : [forward]));
  const summary = engine.allocate(most * width);
  const summaryGradients = engine.allocate(training ? most * width : 0);
  const top = levels[depth - 1]!;

  return {
    summary,
    summaryGradients,
    load: (parameters) => {
      for (const { load } of layers) load(parameters);
    },
    forward: (values, views, start, rows, seed) => {
      const first = levels[0]!;
      toStepMajor(values, start * steps * channels, first.forward.layer.inputs.values, rows, steps, channels);
      for (const [level, { forward, reverse }] of levels.entries()) {
        if (level > 0) {
          join(levels[level - 1]!, forward.layer, rows, steps, hidden);
          if (seed !== undefined) {
            applyDropout(forward.layer.inputs.values, steps * rows, states, states, dropout, seed, level);
          }
        }
        forward.layer.forward(rows);
        if (reverse === undefined) continue;
        reverseSteps(forward.layer.inputs.values, reverse.layer.inputs.values, steps, rows * forward.layer.spec.inputs);
        reverse.layer.forward(rows);
      }
      const target = summary.values;
      for (const [direction, placed] of [top.forward, top.reverse].entries()) {
        if (placed === undefined) continue;
        const last = placed.layer.outputs.values;
        for (let row = 0, i = 0; row < rows; row++) {
          for (let j = row * width + direction * hidden, end = j + hidden; j < end; j++, i++) target[j] = last[i]!;
        }
      }
      if (seed !== undefined) applyDropout(target, rows, width, states, dropout, seed, 0);
      if (views === undefined) return;
      for (let row = 0, i = start * viewSize; row < rows; row++) {
        for (let j = row * width + states; j < (row + 1) * width; j++, i++) target[j] = views[i]!;
      }
    },
    backward: (rows, seed) => {
      const given = summaryGradients.values;
      applyDropout(given, rows, width, states, dropout, seed, 0);
      for (const [direction, placed] of [top.forward, top.reverse].entries()) {
        if (placed === undefined) continue;
        const target = placed.layer.outputGradients.values;
        for (let row = 0, i = 0; row < rows; row++) {
          for (let j = row * width + direction * hidden, end = j + hidden; j < end; j++, i++) target[i] = given[j]!;
        }
      }
      for (let level = depth - 1; level >= 0; level--) {
        const { forward, reverse } = levels[level]!;
        forward.layer.backward(rows);
        reverse?.layer.backward(rows);
        if (level === 0) continue;
        const gradients = forward.layer.inputGradients.values;
        if (reverse !== undefined) {
          addReversedSteps(reverse.layer.inputGradients.values, gradients, steps, rows * states);
        }
        applyDropout(gradients, steps * rows, states, states, dropout, seed, level);
        part(gradients, levels[level - 1]!, rows, steps, hidden);
      }
    },
    collect: (gradient) => {
      for (const { collect } of layers) collect(gradient);
    },
  };
}

interface Level {
  readonly forward: PlacedLayer;
  readonly reverse: PlacedLayer | undefined;
}

/** From (rows, steps, channels), `from` on, to (steps, rows, channels). */
function toStepMajor(
  values: Float32Array,
  from: number,
  target: FloatArray,
  rows: number,
  steps: number,
  channels: number,
): void {
  const cells = steps * channels;
  for (let t = 0, i = 0; t < steps; t++) {
    for (let row = 0, first = from + t * channels; row < rows; row++, first += cells) {
      for (let c = 0; c < channels; c++, i++) target[i] = values[first + c]!;
    }
  }
}

/** Gives a level's states to the layer above: those of both directions side by side, at the same time of the series. */
function join(level: Level, above: RecurrentLayer, rows: number, steps: number, hidden: number): void {
  const states = level.forward.layer.outputs.values;
  const target = above.inputs.values;
  const reversed = level.reverse?.layer.outputs.values;
  if (reversed === undefined) {
    for (let i = 0; i < steps * rows * hidden; i++) target[i] = states[i]!;
    return;
  }
  for (let t = 0, i = 0; t < steps; t++) {
    for (let row = 0; row < rows; row++) {
      const p = (t * rows + row) * hidden;
      const q = ((steps - 1 - t) * rows + row) * hidden;
      for (let j = 0; j < hidden; j++, i++) target[i] = states[p + j]!;
      for (let j = 0; j < hidden; j++, i++) target[i] = reversed[q + j]!;
    }
  }
}

/** The way back of `join`. */
function part(gradients: FloatArray, level: Level, rows: number, steps: number, hidden: number): void {
  const states = level.forward.layer.outputGradients.values;
  const reversed = level.reverse?.layer.outputGradients.values;
  if (reversed === undefined) {
    for (let i = 0; i < steps * rows * hidden; i++) states[i] = gradients[i]!;
    return;
  }
  for (let t = 0, i = 0; t < steps; t++) {
    for (let row = 0; row < rows; row++) {
      const p = (t * rows + row) * hidden;
      const q = ((steps - 1 - t) * rows + row) * hidden;
      for (let j = 0; j < hidden; j++, i++) states[p + j] = gradients[i]!;
      for (let j = 0; j < hidden; j++, i++) reversed[q + j] = gradients[i]!;
    }
  }
}

/** Copies steps of `size` numbers, last first. */
function reverseSteps(from: FloatArray, to: FloatArray, steps: number, size: number): void {
  for (let t = 0; t < steps; t++) {
    const p = t * size;
    const q = (steps - 1 - t) * size;
    for (let i = 0; i < size; i++) to[q + i] = from[p + i]!;
  }
}

function addReversedSteps(from: FloatArray, to: FloatArray, steps: number, size: number): void {
  for (let t = 0; t < steps; t++) {
    const p = t * size;
    const q = (steps - 1 - t) * size;
    for (let i = 0; i < size; i++) to[q + i]! += from[p + i]!;
  }
}
