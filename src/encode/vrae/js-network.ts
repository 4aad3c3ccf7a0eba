import { applyTanh } from '../../numeric/activation.js';
import { addOuterProducts, multiplyTransposed, transposeColumns } from '../../numeric/matrix.js';
import { createLstmTrace, type LstmTrace, lstmBackward, lstmForward } from './lstm.js';
import {
  divergenceOf,
  informativeWeights,
  isInformative,
  type TrainingBatch,
  type VraeNetwork,
} from './vrae-network.js';
import { parameterCount, toMatrices, type VraeShape } from './vrae-weights.js';

/**
 * The VRAE in plain typed arrays, in double precision.
 *
 * Series pass in blocks whose hidden states stay in the processor's cache, so that memory does not grow with the batch.
 *
 * @param training false leaves out the buffers that only `differentiate` needs
 */
export function createJsNetwork(shape: VraeShape, { training = true } = {}): VraeNetwork {
  const { steps, channels, hidden, latent } = shape;
  const cells = steps * channels;
  const narrow = hidden + 1;
  const encoderTrace = createLstmTrace(steps, channels, hidden, BLOCK_ROWS, training);
  const decoderTrace = createLstmTrace(steps, 0, hidden, BLOCK_ROWS, training);
  const block = createBlockBuffers(shape);
  let matrices = toMatrices(shape, new Float64Array(parameterCount(shape)));

  const runEncoder = (values: Float32Array, from: number, rows: number): void => {
    start(encoderTrace, rows);
    for (let t = 0; t < steps; t++) {
      const input = encoderTrace.inputs[t]!;
      for (let row = 0; row < rows; row++) {
        const source = (from + row) * cells + t * channels;
        const target = row * encoderTrace.width + hidden;
        for (let c = 0; c < channels; c++) input[target + c] = values[source + c]!;
      }
      lstmForward(encoderTrace, t, matrices.encoder, rows);
    }
    const last = encoderTrace.inputs[steps]!;
    for (let row = 0; row < rows; row++) {
      for (let j = 0; j < hidden; j++) block.last[row * narrow + j] = last[row * encoderTrace.width + j]!;
    }
    multiplyTransposed(block.last, matrices.posterior, block.posterior, rows, 2 * latent, narrow);
  };

  /** Decodes the block's sample; `atStep` reads a step's outputs, (rows, channels), before the next one is computed. */
  const runDecoder = (rows: number, atStep: (t: number, outputs: Float64Array) => void): void => {
    start(decoderTrace, rows);
    multiplyTransposed(block.sample, matrices.initial, block.initial, rows, hidden, latent + 1);
    applyTanh(block.initial, 0, rows * hidden);
    const first = decoderTrace.inputs[0]!;
    for (let row = 0; row < rows; row++) {
      for (let j = 0; j < hidden; j++) first[row * narrow + j] = block.initial[row * hidden + j]!;
    }
    for (let t = 0; t < steps; t++) {
      lstmForward(decoderTrace, t, matrices.decoder, rows);
      multiplyTransposed(decoderTrace.inputs[t + 1]!, matrices.output, block.outputs[t]!, rows, channels, narrow);
      atStep(t, block.outputs[t]!);
    }
  };

  /** One block of a batch: adds its share to the gradient and returns its sums of squared error and divergence. */
  const differentiateBlock = (
    batch: TrainingBatch,
    from: number,
    rows: number,
    gradients: typeof matrices,
    recurrent: { readonly encoder: Float64Array; readonly decoder: Float64Array },
  ): readonly [number, number] => {
    runEncoder(batch.values, from, rows);
    let divergence = 0;
    for (let row = 0; row < rows; row++) {
      divergence += divergenceOf(block.posterior, row, latent);
      for (let i = 0; i < latent; i++) {
        const p = row * 2 * latent + i;
        const deviation = Math.exp(0.5 * block.posterior[p + latent]!);
        block.sample[row * (latent + 1) + i] =
          block.posterior[p]! + deviation * batch.noise[(from + row) * latent + i]!;
      }
    }
    const weights = informativeWeights(batch.mask.subarray(from * cells, (from + rows) * cells), rows, cells);
    let squared = 0;
    // A step's outputs become their gradient as soon as they are known.
    runDecoder(rows, (t, outputs) => {
      for (let row = 0; row < rows; row++) {
        for (let c = 0; c < channels; c++) {
          const source = (from + row) * cells + t * channels + c;
          const difference = outputs[row * channels + c]! - batch.values[source]!;
          const weight = isInformative(batch.mask[source]!) ? weights[row]! : 0;
          squared += weight * difference * difference;
          outputs[row * channels + c] = (2 * weight * difference) / batch.rows;
        }
      }
    });

    const { hiddenGradient, cellGradient, sampleGradient, posteriorGradient } = block;
    hiddenGradient.fill(0, 0, rows * hidden);
    cellGradient.fill(0, 0, rows * hidden);
    for (let t = steps - 1; t >= 0; t--) {
      addOuterProducts(block.outputs[t]!, decoderTrace.inputs[t + 1]!, gradients.output, rows, channels, narrow);
      addThroughOutput(block.outputs[t]!, matrices.output, hiddenGradient, rows, channels, hidden);
      lstmBackward(decoderTrace, t, recurrent.decoder, gradients.decoder, hiddenGradient, cellGradient, rows);
    }
    const first = decoderTrace.inputs[0]!;
    for (let row = 0; row < rows; row++) {
      for (let j = 0; j < hidden; j++) hiddenGradient[row * hidden + j]! *= 1 - first[row * narrow + j]! ** 2;
    }
    addOuterProducts(hiddenGradient, block.sample, gradients.initial, rows, hidden, latent + 1);
    multiplyPlain(hiddenGradient, matrices.initial, sampleGradient, rows, hidden, latent + 1, latent);

    const share = batch.beta / (cells * batch.rows);
    for (let row = 0; row < rows; row++) {
      for (let i = 0; i < latent; i++) {
        const p = row * 2 * latent + i;
        const logVariance = block.posterior[p + latent]!;
        const fromSample = sampleGradient[row * latent + i]!;
        const noise = batch.noise[(from + row) * latent + i]!;
        posteriorGradient[p] = fromSample + share * block.posterior[p]!;
        posteriorGradient[p + latent] =
          fromSample * noise * 0.5 * Math.exp(0.5 * logVariance) + share * 0.5 * (Math.exp(logVariance) - 1);
      }
    }
    addOuterProducts(posteriorGradient, block.last, gradients.posterior, rows, 2 * latent, narrow);
    multiplyPlain(posteriorGradient, matrices.posterior, hiddenGradient, rows, 2 * latent, narrow, hidden);
    cellGradient.fill(0, 0, rows * hidden);
    for (let t = steps - 1; t >= 0; t--) {
      lstmBackward(encoderTrace, t, recurrent.encoder, gradients.encoder, hiddenGradient, cellGradient, rows);
    }
    return [squared, divergence];
  };

  return {
    shape,
    load: (parameters) => {
      matrices = toMatrices(shape, parameters.slice());
    },
    differentiate: (batch, gradient) => {
      gradient.fill(0);
      const gradients = toMatrices(shape, gradient);
      const { encoder, decoder } = block.recurrent;
      transposeColumns(matrices.encoder, encoder, 4 * hidden, encoderTrace.width, hidden);
      transposeColumns(matrices.decoder, decoder, 4 * hidden, narrow, hidden);
      let squared = 0;
      let divergence = 0;
      for (let from = 0; from < batch.rows; from += BLOCK_ROWS) {
        const rows = Math.min(BLOCK_ROWS, batch.rows - from);
        const [ofBlock, divergenceOfBlock] = differentiateBlock(batch, from, rows, gradients, block.recurrent);
        squared += ofBlock;
        divergence += divergenceOfBlock;
      }
      const reconstruction = squared / batch.rows;
      divergence /= batch.rows;
      return { loss: reconstruction + (batch.beta * divergence) / cells, reconstruction, divergence };
    },
    infer: (values, rows, posterior) => {
      for (let from = 0; from < rows; from += BLOCK_ROWS) {
        const count = Math.min(BLOCK_ROWS, rows - from);
        runEncoder(values, from, count);
        posterior.set(block.posterior.subarray(0, count * 2 * latent), from * 2 * latent);
      }
    },
    decode: (latents, rows, values) => {
      for (let from = 0; from < rows; from += BLOCK_ROWS) {
        const count = Math.min(BLOCK_ROWS, rows - from);
        for (let row = 0; row < count; row++) {
          for (let i = 0; i < latent; i++) {
            block.sample[row * (latent + 1) + i] = latents[(from + row) * latent + i]!;
          }
        }
        runDecoder(count, (t, outputs) => {
          for (let row = 0; row < count; row++) {
            const target = (from + row) * cells + t * channels;
            for (let c = 0; c < channels; c++) values[target + c] = outputs[row * channels + c]!;
          }
        });
      }
    },
    dispose: () => {},
  };
}

/** A multiple of the row tile of `multiplyTransposed`, and enough rows for a step's hidden states to fill half of L1. */
const BLOCK_ROWS = 33;

function createBlockBuffers({ steps, channels, hidden, latent }: VraeShape) {
  const matrix = (columns: number): Float64Array => new Float64Array(BLOCK_ROWS * columns);
  return {
    last: matrix(hidden + 1).fill(1), // last hidden states; the bias column stays 1
    posterior: matrix(2 * latent),
    sample: matrix(latent + 1).fill(1), // the bias column stays 1
    initial: matrix(hidden),
    outputs: Array.from({ length: steps }, () => matrix(channels)),
    hiddenGradient: matrix(hidden),
    cellGradient: matrix(hidden),
    sampleGradient: matrix(latent),
    posteriorGradient: matrix(2 * latent),
    recurrent: { encoder: new Float64Array(4 * hidden * hidden), decoder: new Float64Array(4 * hidden * hidden) },
  };
}

function start(trace: LstmTrace, rows: number): void {
  trace.cells[0]!.fill(0, 0, rows * trace.hidden);
  const first = trace.inputs[0]!;
  for (let row = 0; row < rows; row++) first.fill(0, row * trace.width, row * trace.width + trace.hidden);
}

/** gradient += outputs · weights, without the bias column. There are few channels: no tile would fill. */
function addThroughOutput(
  outputs: Float64Array, // (rows, channels)
  weights: Float64Array, // (channels, hidden + 1)
  gradient: Float64Array, // (rows, hidden)
  rows: number,
  channels: number,
  hidden: number,
): void {
  for (let row = 0; row < rows; row++) {
    for (let c = 0; c < channels; c++) {
      const output = outputs[row * channels + c]!;
      for (let j = 0, p = c * (hidden + 1), q = row * hidden; j < hidden; j++, p++, q++) {
        gradient[q]! += output * weights[p]!;
      }
    }
  }
}

/** out = a · b, first `kept` columns: a is (rows, inner), b is (inner, columns). For the small layers, once a series. */
function multiplyPlain(
  a: Float64Array,
  b: Float64Array,
  out: Float64Array,
  rows: number,
  inner: number,
  columns: number,
  kept: number,
): void {
  for (let row = 0; row < rows; row++) {
    for (let j = 0; j < kept; j++) {
      let sum = 0;
      for (let k = 0; k < inner; k++) sum += a[row * inner + k]! * b[k * columns + j]!;
      out[row * kept + j] = sum;
    }
  }
}
