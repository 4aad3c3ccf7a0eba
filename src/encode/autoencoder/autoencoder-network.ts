import type { AutoencoderKind } from '../encoder-kind.js';
import type { FloatArray, FloatBuffer, RecurrentEngine } from '../vrae/recurrent-engine.js';
import { differentiateReconstruction, informativeShares, toValues } from '../vrae/vrae-loss.js';
import type { AutoencoderShape } from './architecture.js';
import { architectureOf } from './architectures.js';
import type { AutoencoderSettings } from './autoencoder-options.js';

/**
 * An autoencoder as a function of its parameters, on an engine: a window with noise on it goes through one half to the
 * latents, and from these through the other back to the window without (Vincent et al., 2008).
 *
 * Windows come without gaps; the mask says what of them is known.
 */
export interface AutoencoderNetwork {
  readonly kind: AutoencoderKind;
  readonly shape: AutoencoderShape;
  /** Number type of parameters and gradients that are handed on without a copy; others work as well. */
  readonly precision: RecurrentEngine['precision'];
  /** For arrays of as many numbers as there are parameters, which an optimizer works in. */
  readonly memory: Pick<RecurrentEngine, 'allocate' | 'operations'>;
  /** Takes the parameters, in the order of the kind's layout, as they are now; what follows computes with these. */
  load(parameters: FloatArray): void;
  /**
   * The loss of one batch, the mean over windows of the mean loss over a window's informative cells, and its gradient
   * in the layout of the parameters, written over `gradient`.
   */
  differentiate(batch: AutoencoderBatch, gradient: Pick<FloatBuffer, 'values'>): number;
  /** Latents, (rows, latent), of windows, (rows, steps, channels). */
  encode(values: Float32Array, rows: number, latents: Float32Array): void;
  /** Windows, (rows, steps, channels), of latents, (rows, latent). */
  decode(latents: Float32Array, rows: number, values: Float32Array): void;
  /** Frees the engine. */
  dispose(): void;
}

export interface AutoencoderBatch {
  readonly rows: number;
  readonly values: Float32Array; // (rows, steps, channels)
  /** Cells of mask 0 and 1 count in the loss, others do not. */
  readonly mask: Uint8Array; // (rows, steps, channels)
  /** Standard normal draws, one for each cell; none where there is no noise. */
  readonly noise: FloatArray; // (rows, steps, channels)
  /** Fixes what is dropped at this update. @default 0 */
  readonly dropoutSeed?: number;
}

export interface AutoencoderNetworkOptions {
  /** Most windows that are computed at once; a training batch has no more. */
  readonly rows: number;
  /** Undefined makes a network for inference alone, which needs less memory. */
  readonly training?: Pick<AutoencoderSettings, 'noise' | 'dropout' | 'loss'> | undefined;
}

/** Makes the network of a kind and shape on an engine, which it then owns. */
export function createAutoencoderNetwork(
  engine: RecurrentEngine,
  { kind, shape }: Pick<AutoencoderNetwork, 'kind' | 'shape'>,
  { rows: most, training }: AutoencoderNetworkOptions,
): AutoencoderNetwork {
  const { latent } = shape;
  const cells = shape.steps * shape.channels;
  const { encoder, decoder } = architectureOf(kind).createCoders(engine, shape, {
    ...{ rows: most, training: training !== undefined, dropout: training?.dropout ?? 0 },
  });
  // To the loss every cell is a channel of one step, with a bias of its own.
  const decoded = { steps: 1, channels: cells, output: shape.output };
  const cellBias = new Float64Array(cells);
  const shares = new Float64Array(most);

  const toLatents = (rows: number, out: FloatBuffer): void => {
    const { sums, bias } = encoder.last;
    engine.operations.addBias({ sums, bias, rows, width: latent, out });
  };

  return {
    kind,
    shape,
    precision: engine.precision,
    memory: engine,
    load: (parameters) => {
      encoder.load(parameters);
      decoder.load(parameters);
      const bias = decoder.last.bias.values;
      for (let cell = 0; cell < cells; cell++) cellBias[cell] = bias[cell % bias.length]!;
    },
    differentiate: (batch, gradient) => {
      if (training === undefined) throw new TypeError('a network for inference has no gradient');
      const { rows, values, mask, noise, dropoutSeed = 0 } = batch;
      addNoise(values, noise, training.noise, rows * cells, encoder.inputs.values);
      encoder.forward(rows, dropoutSeed);
      toLatents(rows, decoder.inputs);
      decoder.forward(rows, dropoutSeed);
      informativeShares(mask, rows, cells, shares);
      const sums = decoder.last.sums.values;
      const known = { values, mask };
      const loss = differentiateReconstruction(sums, cellBias, known, shares, rows, decoded, training.loss);
      decoder.backward(rows);
      encoder.last.sumGradients.values.set(decoder.inputGradients.values.subarray(0, rows * latent));
      encoder.backward(rows);
      encoder.collect(gradient.values);
      decoder.collect(gradient.values);
      return loss;
    },
    encode: (values, rows, latents) => {
      for (let from = 0; from < rows; from += most) {
        const count = Math.min(most, rows - from);
        encoder.inputs.values.set(values.subarray(from * cells, (from + count) * cells));
        encoder.forward(count, undefined);
        toLatents(count, encoder.last.sums);
        latents.set(encoder.last.sums.values.subarray(0, count * latent), from * latent);
      }
    },
    decode: (latents, rows, values) => {
      for (let from = 0; from < rows; from += most) {
        const count = Math.min(most, rows - from);
        decoder.inputs.values.set(latents.subarray(from * latent, (from + count) * latent));
        decoder.forward(count, undefined);
        toValues(decoder.last.sums.values, cellBias, count, decoded, values, from * cells);
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
