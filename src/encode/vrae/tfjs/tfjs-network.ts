import type { Scalar, Tensor2D, Tensor3D } from '@tensorflow/tfjs-core';
import { informativeWeights, isInformative, type TrainingBatch, type VraeNetwork } from '../vrae-network.js';
import { matrixSize, toMatrices, VRAE_MATRICES, type VraeShape } from '../vrae-weights.js';
import type { Tfjs } from './load-tfjs.js';
import { blockLayer, unrolledLayer } from './recurrent-layer.js';

/**
 * Series that inference computes at once, filled up with zeros. How TensorFlow rounds a row depends on the number of
 * rows; with this number no row has been seen to depend on its place, with 128 some did (test/encode/vrae/tfjs).
 */
const INFERENCE_ROWS = 64;

/**
 * The VRAE on TensorFlow.js, in single precision: the same function of the same parameters as the one in plain typed
 * arrays, to about six digits.
 */
export function createTfjsNetwork(tf: Tfjs, shape: VraeShape): VraeNetwork {
  const { steps, channels, hidden, latent } = shape;
  const cells = steps * channels;
  const block = blockLayer(tf, steps);
  const recurrent = block?.layer ?? unrolledLayer(tf);
  let matrices: Matrices | undefined;

  const encode = (values: Float32Array, rows: number, { encoder, posterior }: Matrices): Tensor2D => {
    const series = tf.tensor3d(toStepMajor(values, rows, steps, channels, true), [steps, rows, channels + 1]);
    const states = recurrent(series, tf.zeros([rows, hidden]), encoder);
    const last = tf.reshape(tf.slice(states, [steps - 1, 0, 0], [1, rows, hidden]), [rows, hidden]) as Tensor2D;
    return applyLinear(tf, last, posterior);
  };

  const decode = (sample: Tensor2D, rows: number, { initial, decoder, output }: Matrices): Tensor3D => {
    const start = tf.tanh(applyLinear(tf, sample, initial));
    const states = recurrent(tf.ones([steps, rows, 1]), start, decoder);
    const flat = applyLinear(tf, tf.reshape(states, [steps * rows, hidden]) as Tensor2D, output);
    return tf.reshape(flat, [steps, rows, channels]) as Tensor3D;
  };

  const lossOf = (batch: TrainingBatch, all: Matrices): { reconstruction: Scalar; divergence: Scalar } => {
    const { rows } = batch;
    const [mean, logVariance] = tf.split(encode(batch.values, rows, all), 2, 1) as [Tensor2D, Tensor2D];
    const noise = tf.tensor2d(Float32Array.from(batch.noise.subarray(0, rows * latent)), [rows, latent]);
    const sample = tf.add(mean, tf.mul(tf.exp(tf.mul(logVariance, 0.5)), noise)) as Tensor2D;
    const decoded = decode(sample, rows, all);
    const size: [number, number, number] = [steps, rows, channels];
    const target = tf.tensor3d(toStepMajor(batch.values, rows, steps, channels, false), size);
    const weights = tf.tensor3d(toStepMajor(lossWeights(batch.mask, rows, cells), rows, steps, channels, false), size);
    const reconstruction = tf.sum(tf.mul(weights, tf.square(tf.sub(decoded, target)))) as Scalar;
    const terms = tf.sub(tf.add(tf.exp(logVariance), tf.square(mean)), tf.add(logVariance, 1));
    return { reconstruction, divergence: tf.mul(tf.sum(terms), 0.5 / rows) as Scalar };
  };

  const dispose = (): void => {
    for (const name of VRAE_MATRICES) matrices?.[name].dispose();
    matrices = undefined;
  };

  const loaded = (): Matrices => {
    if (matrices === undefined) throw new TypeError('load() comes first');
    return matrices;
  };

  return {
    shape,
    load: (parameters) => {
      dispose();
      const views = toMatrices(shape, parameters);
      matrices = Object.fromEntries(
        VRAE_MATRICES.map((name) => [name, tf.tensor2d(Float32Array.from(views[name]), [...matrixSize(shape, name)])]),
      ) as unknown as Matrices;
    },
    differentiate: (batch, gradient) => {
      const all = loaded();
      const views = toMatrices(shape, gradient);
      let reconstruction = 0;
      let divergence = 0;
      tf.tidy(() => {
        const differentiable = tf.grads((...tensors) => {
          const terms = lossOf(batch, toNamed(tensors as Tensor2D[]));
          reconstruction = terms.reconstruction.dataSync()[0]!;
          divergence = terms.divergence.dataSync()[0]!;
          return tf.add(terms.reconstruction, tf.mul(terms.divergence, batch.beta / cells));
        });
        const gradients = differentiable(VRAE_MATRICES.map((name) => all[name]));
        for (const [i, name] of VRAE_MATRICES.entries()) views[name].set(gradients[i]!.dataSync());
      });
      return { loss: reconstruction + (batch.beta * divergence) / cells, reconstruction, divergence };
    },
    infer: (values, rows, posterior) => {
      for (let from = 0; from < rows; from += INFERENCE_ROWS) {
        const count = Math.min(INFERENCE_ROWS, rows - from);
        const padded = new Float32Array(INFERENCE_ROWS * cells);
        padded.set(values.subarray(from * cells, (from + count) * cells));
        const found = tf.tidy(() => encode(padded, INFERENCE_ROWS, loaded()).dataSync());
        posterior.set(found.subarray(0, count * 2 * latent), from * 2 * latent);
      }
    },
    decode: (latents, rows, values) => {
      for (let from = 0; from < rows; from += INFERENCE_ROWS) {
        const count = Math.min(INFERENCE_ROWS, rows - from);
        const padded = new Float32Array(INFERENCE_ROWS * latent);
        padded.set(latents.subarray(from * latent, (from + count) * latent));
        const found = tf.tidy(() => {
          const sample = tf.tensor2d(padded, [INFERENCE_ROWS, latent]);
          return tf.transpose(decode(sample, INFERENCE_ROWS, loaded()), [1, 0, 2]).dataSync();
        });
        values.set(found.subarray(0, count * cells), from * cells);
      }
    },
    dispose: () => {
      dispose();
      block?.dispose();
    },
  };
}

type Matrices = Readonly<Record<(typeof VRAE_MATRICES)[number], Tensor2D>>;

function toNamed(tensors: readonly Tensor2D[]): Matrices {
  return Object.fromEntries(VRAE_MATRICES.map((name, i) => [name, tensors[i]!])) as unknown as Matrices;
}

/** Applies a matrix whose last column is the bias. */
function applyLinear(tf: Tfjs, input: Tensor2D, matrix: Tensor2D): Tensor2D {
  const [weights, bias] = tf.split(matrix, [matrix.shape[1] - 1, 1], 1) as [Tensor2D, Tensor2D];
  return tf.add(tf.matMul(input, weights, false, true), tf.reshape(bias, [1, matrix.shape[0]])) as Tensor2D;
}

/** (rows, steps, channels) to (steps, rows, channels), with one more channel of ones for the bias where asked. */
function toStepMajor(
  values: Float32Array,
  rows: number,
  steps: number,
  channels: number,
  withOnes: boolean,
): Float32Array {
  const width = withOnes ? channels + 1 : channels;
  const out = new Float32Array(steps * rows * width).fill(1);
  for (let row = 0; row < rows; row++) {
    for (let t = 0; t < steps; t++) {
      for (let c = 0; c < channels; c++) {
        out[(t * rows + row) * width + c] = values[(row * steps + t) * channels + c]!;
      }
    }
  }
  return out;
}

/** The share of each cell's squared error in the loss, (rows, steps, channels). */
function lossWeights(mask: Uint8Array, rows: number, cells: number): Float32Array {
  const perRow = informativeWeights(mask, rows, cells);
  return Float32Array.from({ length: rows * cells }, (_, i) =>
    isInformative(mask[i]!) ? perRow[Math.floor(i / cells)]! / rows : 0,
  );
}
