import { createDecoderStart } from './decoder-start.js';
import { createLinearLayer } from './linear-layer.js';
import { createPlacedLayer } from './placed-layer.js';
import type { FloatArray, FloatBuffer, RecurrentEngine } from './recurrent-engine.js';
import type { VraeLayout } from './vrae-layout.js';
import { softplus } from './vrae-loss.js';
import type { VraeShape } from './vrae-shape.js';

/** An autoregressive decoder at work: step by step, each fed with what the one before gave. */
export interface SeriesGenerator {
  /** Written by the caller before `generate`. */
  readonly latents: FloatBuffer; // (rows, latent)
  load(parameters: FloatArray): void;
  /** Writes series (…, steps, channels), the first at `start`. */
  generate(rows: number, values: Float32Array, start: number): void;
}

export function createSeriesGenerator(
  engine: RecurrentEngine,
  shape: VraeShape,
  layout: VraeLayout,
  most: number,
): SeriesGenerator {
  const { steps, channels, hidden, cell, depth } = shape;
  const layers = layout.decoder.map((place) =>
    createPlacedLayer(engine, { cell, steps: 1, hidden, rows: most, training: false, outputs: 'last' }, place),
  );
  const start = createDecoderStart(engine, shape, layout, most, false);
  const output = createLinearLayer(engine, {
    place: layout.output,
    rows: most,
    input: layers[depth - 1]!.layer.outputs,
    inputGradients: undefined,
    inPlace: true,
  });

  return {
    latents: start.latents,
    load: (parameters) => {
      for (const { load } of layers) load(parameters);
      start.load(parameters);
      output.load(parameters);
    },
    generate: (rows, values, from) => {
      start.forward(rows);
      for (const [level, { layer }] of layers.entries()) {
        start.copyTo(layer, level, rows);
        layer.initialCell.values.fill(0);
      }
      layers[0]!.layer.inputs.values.fill(0);
      for (let t = 0; t < steps; t++) {
        for (const [level, { layer }] of layers.entries()) {
          if (level > 0) copy(layers[level - 1]!.layer.outputs, layer.inputs);
          layer.forward(rows);
          copy(layer.outputs, layer.initialHidden);
          copy(layer.finalCell, layer.initialCell);
        }
        output.forward(rows);
        const sums = output.sums.values;
        const fed = layers[0]!.layer.inputs.values;
        for (let row = 0, i = 0; row < rows; row++) {
          for (let c = 0; c < channels; c++, i++) {
            const sum = sums[i]! + output.bias.values[c]!;
            const value = shape.output === 'softplus' ? softplus(sum) : sum;
            fed[i] = value;
            values[((from + row) * steps + t) * channels + c] = value;
          }
        }
      }
    },
  };
}

function copy(from: FloatBuffer, to: FloatBuffer): void {
  to.values.set(from.values);
}
