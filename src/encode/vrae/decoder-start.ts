import { createLinearLayer } from './linear-layer.js';
import type { FloatArray, FloatBuffer, RecurrentEngine, RecurrentLayer } from './recurrent-engine.js';
import type { VraeLayout } from './vrae-layout.js';
import type { VraeShape } from './vrae-shape.js';

/** From latents to the initial hidden state of every layer of a decoder. */
export interface DecoderStart {
  /** Written by the caller before `forward`. */
  readonly latents: FloatBuffer; // (rows, latent)
  readonly latentGradients: FloatBuffer; // (rows, latent)
  load(parameters: FloatArray): void;
  forward(rows: number): void;
  /** Gives a layer its state. */
  copyTo(layer: RecurrentLayer, level: number, rows: number): void;
  /** Takes the gradient of a layer's initial state. */
  takeFrom(layer: RecurrentLayer, level: number, rows: number): void;
  /** Turns what was taken into the gradients of the latents. */
  backward(rows: number): void;
  collect(gradient: FloatArray): void;
}

export function createDecoderStart(
  engine: RecurrentEngine,
  { hidden, latent, depth, initialState }: VraeShape,
  layout: VraeLayout,
  most: number,
  training: boolean,
): DecoderStart {
  const latents = engine.allocate(most * latent);
  const latentGradients = engine.allocate(training ? most * latent : 0);
  const inputGradients = training ? latentGradients : undefined;
  const linear = createLinearLayer(engine, {
    place: layout.initial,
    rows: most,
    input: latents,
    inputGradients,
    inPlace: false,
  });
  const bounded = initialState === 'tanh';
  const width = depth * hidden;
  return {
    latents,
    latentGradients,
    load: linear.load,
    forward: (rows) => {
      linear.forward(rows);
      const bias = linear.bias.values;
      const states = linear.sums.values;
      for (let row = 0, i = 0; row < rows; row++) {
        for (let j = 0; j < width; j++, i++) {
          const sum = states[i]! + bias[j]!;
          states[i] = bounded ? Math.tanh(sum) : sum;
        }
      }
    },
    copyTo: (layer, level, rows) => {
      const states = linear.sums.values;
      const target = layer.initialHidden.values;
      for (let row = 0, i = 0; row < rows; row++) {
        for (let j = row * width + level * hidden, end = j + hidden; j < end; j++, i++) target[i] = states[j]!;
      }
      // Cells start at zero: their buffer is never written.
    },
    takeFrom: (layer, level, rows) => {
      const states = linear.sums.values;
      const gradients = layer.initialHiddenGradients.values;
      const target = linear.sumGradients.values;
      for (let row = 0, i = 0; row < rows; row++) {
        for (let j = row * width + level * hidden, end = j + hidden; j < end; j++, i++) {
          target[j] = gradients[i]! * (bounded ? 1 - states[j]! * states[j]! : 1);
        }
      }
    },
    backward: linear.backward,
    collect: linear.collect,
  };
}
