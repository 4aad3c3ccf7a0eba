import type { FloatBuffer, LayerSpec, RecurrentEngine } from '../../../../src/encode/vrae/recurrent-engine.js';
import type { LayerInput, LayerResult } from './naive-recurrence.js';

/**
 * Runs an engine's layer as `runNaively` does; without training, gradients are empty.
 *
 * @param first whether it is the layer's first call; else one with numbers that are none comes before
 */
export function runLayer(engine: RecurrentEngine, spec: LayerSpec, input: LayerInput, first = false): LayerResult {
  const { rows } = input;
  const layer = engine.createLayer(spec);
  layer.load(input.weights);
  // What an earlier call with other sizes left behind must not matter.
  if (!first) {
    layer.inputs.values.fill(Number.NaN);
    layer.forward(spec.rows);
  }
  if (!first && spec.training) {
    layer.outputGradients.values.fill(Number.NaN);
    layer.backward(spec.rows);
  }
  layer.inputs.values.set(input.inputs);
  layer.initialHidden.values.set(input.initialHidden);
  if (spec.cell === 'lstm') layer.initialCell.values.set(input.initialCell);
  layer.forward(rows);
  if (spec.training) {
    layer.outputGradients.values.set(input.outputGradients);
    layer.backward(rows);
  }
  const take = (buffer: FloatBuffer, length: number): Float64Array => Float64Array.from(buffer.values.slice(0, length));
  return {
    outputs: take(layer.outputs, input.outputGradients.length),
    finalCell: take(layer.finalCell, rows * spec.hidden),
    weightGradients: take(layer.weightGradients, input.weights.length),
    initialHiddenGradients: take(layer.initialHiddenGradients, rows * spec.hidden),
    inputGradients: take(layer.inputGradients, input.inputs.length),
  };
}

/** Norm of the difference over the norm of what is expected. */
export function relativeError(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (actual.length !== expected.length) return Number.NaN;
  let difference = 0;
  let norm = 0;
  for (let i = 0; i < expected.length; i++) {
    difference += (actual[i]! - expected[i]!) ** 2;
    norm += expected[i]! ** 2;
  }
  return difference === 0 ? 0 : Math.sqrt(difference / norm);
}
