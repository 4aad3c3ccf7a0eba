import { createDecoderStart } from './decoder-start.js';
import { applyDropout } from './dropout.js';
import { createLinearLayer, type LinearLayer } from './linear-layer.js';
import { createPlacedLayer } from './placed-layer.js';
import type { RecurrentOptions } from './recurrent-encoder.js';
import type { FloatArray, FloatBuffer, RecurrentEngine } from './recurrent-engine.js';
import type { VraeLayout } from './vrae-layout.js';
import type { VraeShape } from './vrae-shape.js';

/** The recurrent layers that give a series back, all steps at once: without input, or fed with the true steps. */
export interface RecurrentDecoder {
  /** Written by the caller before `forward`. */
  readonly latents: FloatBuffer; // (rows, latent)
  /** Its sums are the decoded series, (steps, rows, channels), before bias and activation; their gradient replaces them. */
  readonly output: LinearLayer;
  readonly latentGradients: FloatBuffer; // (rows, latent)
  load(parameters: FloatArray): void;
  /**
   * @param fed the series themselves, (rows, steps, channels), which an autoregressive decoder reads one step late
   * @param seed of the dropout; undefined drops nothing
   */
  forward(fed: Float32Array, rows: number, seed: number | undefined): void;
  backward(rows: number, seed: number): void;
  collect(gradient: FloatArray): void;
}

export function createRecurrentDecoder(
  engine: RecurrentEngine,
  shape: VraeShape,
  layout: VraeLayout,
  { rows: most, training, dropout }: RecurrentOptions,
): RecurrentDecoder {
  const { steps, channels, hidden, cell, depth } = shape;
  const layers = layout.decoder.map((place, level) =>
    createPlacedLayer(
      engine,
      { cell, steps, hidden, rows: most, training, outputs: 'all', inputGradients: training && level > 0 },
      place,
    ),
  );
  const start = createDecoderStart(engine, shape, layout, most, training);
  const top = layers[depth - 1]!.layer;
  const output = createLinearLayer(engine, {
    place: layout.output,
    rows: steps * most,
    input: top.outputs,
    inputGradients: training ? top.outputGradients : undefined,
    inPlace: true,
  });
  /** Tells the decoder's places of dropout from the encoder's. */
  const site = depth;

  return {
    latents: start.latents,
    latentGradients: start.latentGradients,
    output,
    load: (parameters) => {
      for (const { load } of layers) load(parameters);
      start.load(parameters);
      output.load(parameters);
    },
    forward: (fed, rows, seed) => {
      start.forward(rows);
      if (shape.decoder === 'autoregressive') {
        feedLate(fed, layers[0]!.layer.inputs.values, rows, steps, channels);
      }
      for (const [level, { layer }] of layers.entries()) {
        start.copyTo(layer, level, rows);
        if (level > 0) {
          copy(layers[level - 1]!.layer.outputs.values, layer.inputs.values, steps * rows * hidden);
          if (seed !== undefined) {
            applyDropout(layer.inputs.values, steps * rows, hidden, hidden, dropout, seed, site + level);
          }
        }
        layer.forward(rows);
      }
      output.forward(steps * rows);
    },
    backward: (rows, seed) => {
      output.backward(steps * rows);
      for (let level = depth - 1; level >= 0; level--) {
        const { layer } = layers[level]!;
        layer.backward(rows);
        start.takeFrom(layer, level, rows);
        if (level === 0) continue;
        const gradients = layer.inputGradients.values;
        applyDropout(gradients, steps * rows, hidden, hidden, dropout, seed, site + level);
        copy(gradients, layers[level - 1]!.layer.outputGradients.values, steps * rows * hidden);
      }
      start.backward(rows);
    },
    collect: (gradient) => {
      for (const { collect } of layers) collect(gradient);
      start.collect(gradient);
      output.collect(gradient);
    },
  };
}

/** Step t of the target is step t - 1 of the series, and zero at first. */
function feedLate(values: Float32Array, target: FloatArray, rows: number, steps: number, channels: number): void {
  for (let i = 0; i < rows * channels; i++) target[i] = 0;
  for (let t = 1, i = rows * channels; t < steps; t++) {
    for (let row = 0; row < rows; row++) {
      const from = (row * steps + t - 1) * channels;
      for (let c = 0; c < channels; c++, i++) target[i] = values[from + c]!;
    }
  }
}

function copy(from: FloatArray, to: FloatArray, count: number): void {
  for (let i = 0; i < count; i++) to[i] = from[i]!;
}
