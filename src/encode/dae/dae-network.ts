import type { FloatArray, RecurrentEngine } from '../vrae/recurrent-engine.js';
import { differentiateReconstruction, informativeShares, toValues } from '../vrae/vrae-loss.js';
import type { DaeSettings } from './dae-options.js';
import type { DaeShape } from './dae-shape.js';
import { toDaeLayout } from './dae-weights.js';
import { createDenseStack } from './dense-stack.js';

/**
 * The denoising autoencoder as a function of its parameters, on an engine (Vincent et al., 2008): a window with noise on
 * it goes through dense layers to the latents, and from these through as many back to the window without.
 *
 * Windows come without gaps; the mask says what of them is known.
 */
export interface DaeNetwork {
  readonly shape: DaeShape;
  /** Number type of parameters and gradients that are handed on without a copy; others work as well. */
  readonly precision: RecurrentEngine['precision'];
  /** Takes the parameters, in the order of `toDaeLayout`, as they are now; what follows computes with these. */
  load(parameters: FloatArray): void;
  /**
   * The loss of one batch, the mean over windows of the mean loss over a window's informative cells, and its gradient
   * in the layout of the parameters, written over `gradient`.
   */
  differentiate(batch: DaeBatch, gradient: FloatArray): number;
  /** Latents, (rows, latent), of windows, (rows, steps, channels). */
  encode(values: Float32Array, rows: number, latents: Float32Array): void;
  /** Windows, (rows, steps, channels), of latents, (rows, latent). */
  decode(latents: Float32Array, rows: number, values: Float32Array): void;
  /** Frees the engine. */
  dispose(): void;
}

export interface DaeBatch {
  readonly rows: number;
  readonly values: Float32Array; // (rows, steps, channels)
  /** Cells of mask 0 and 1 count in the loss, others do not. */
  readonly mask: Uint8Array; // (rows, steps, channels)
  /** Standard normal draws, one for each cell; none where there is no noise. */
  readonly noise: FloatArray; // (rows, steps, channels)
  /** Fixes what is dropped at this update. @default 0 */
  readonly dropoutSeed?: number;
}

export interface DaeNetworkOptions {
  /** Most windows that are computed at once; a training batch has no more. */
  readonly rows: number;
  /** Undefined makes a network for inference alone, which needs less memory. */
  readonly training?: Pick<DaeSettings, 'noise' | 'dropout' | 'loss'> | undefined;
}

/** Makes the network of a shape on an engine, which it then owns. */
export function createDaeNetwork(
  engine: RecurrentEngine,
  shape: DaeShape,
  { rows: most, training }: DaeNetworkOptions,
): DaeNetwork {
  const { latent } = shape;
  const cells = shape.steps * shape.channels;
  // To a dense layer every cell is a channel of one step.
  const decoded = { steps: 1, channels: cells, output: shape.output };
  const places = toDaeLayout(shape);
  const options = { rows: most, training: training !== undefined, dropout: training?.dropout ?? 0 };
  const encoder = createDenseStack(engine, { ...options, places: places.encoder, wantsInputGradients: false, site: 0 });
  const decoder = createDenseStack(engine, {
    ...options,
    places: places.decoder,
    wantsInputGradients: true,
    site: places.encoder.length,
  });
  const shares = new Float64Array(most);

  const toLatents = (rows: number, out: FloatArray, start: number): void => {
    const { sums, bias } = encoder.last;
    const given = sums.values;
    for (let row = 0, i = 0; row < rows; row++) {
      for (let j = 0; j < latent; j++, i++) out[start + i] = given[i]! + bias[j]!;
    }
  };

  return {
    shape,
    precision: engine.precision,
    load: (parameters) => {
      encoder.load(parameters);
      decoder.load(parameters);
    },
    differentiate: (batch, gradient) => {
      if (training === undefined) throw new TypeError('a network for inference has no gradient');
      const { rows, values, mask, noise, dropoutSeed = 0 } = batch;
      addNoise(values, noise, training.noise, rows * cells, encoder.inputs.values);
      encoder.forward(rows, dropoutSeed);
      toLatents(rows, decoder.inputs.values, 0);
      decoder.forward(rows, dropoutSeed);
      informativeShares(mask, rows, cells, shares);
      const { sums, bias } = decoder.last;
      const loss = differentiateReconstruction(
        sums.values,
        bias,
        { values, mask },
        shares,
        rows,
        decoded,
        training.loss,
      );
      decoder.backward(rows);
      const gradients = encoder.last.sumGradients.values;
      const fromDecoder = decoder.inputGradients.values;
      for (let i = 0; i < rows * latent; i++) gradients[i] = fromDecoder[i]!;
      encoder.backward(rows);
      encoder.collect(gradient);
      decoder.collect(gradient);
      return loss;
    },
    encode: (values, rows, latents) => {
      for (let from = 0; from < rows; from += most) {
        const count = Math.min(most, rows - from);
        encoder.inputs.values.set(values.subarray(from * cells, (from + count) * cells));
        encoder.forward(count, undefined);
        toLatents(count, latents, from * latent);
      }
    },
    decode: (latents, rows, values) => {
      for (let from = 0; from < rows; from += most) {
        const count = Math.min(most, rows - from);
        decoder.inputs.values.set(latents.subarray(from * latent, (from + count) * latent));
        decoder.forward(count, undefined);
        const { sums, bias } = decoder.last;
        toValues(sums.values, bias, count, decoded, values, from * cells);
      }
    },
    dispose: () => engine.dispose(),
  };
}

function addNoise(values: Float32Array, noise: FloatArray, deviation: number, count: number, out: FloatArray): void {
  if (deviation === 0) {
    out.set(values.subarray(0, count));
    return;
  }
  for (let i = 0; i < count; i++) out[i] = values[i]! + deviation * noise[i]!;
}
