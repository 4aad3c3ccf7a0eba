import { encoderShapeOf, type OnnxFileModel } from '../../encode/encoder-model.js';
import { type ReadOnnxFile, readOnnxFile } from '../../encode/onnx/read-onnx-file.js';
import type { OpenEncoder } from '../../encode/open-encoder.js';
import { SegtideError } from '../../errors.js';
import { createRandom } from '../../numeric/random.js';
import { sample } from '../../numeric/sample.js';
import type { FittedScale } from '../../series/fitted-scale.js';
import { prepareSeries } from '../../series/prepare-series.js';
import type { TrainingJob } from '../training-job.js';
import { selectWindows } from '../window-rows.js';
import type { EncoderFit } from './encoder-fit.js';
import type { TrainingWindows } from './training-windows.js';

/** Windows that means are taken of at most: a file may be slow. */
const MOST_FITTED = 1_000;

/**
 * Reads the file as it is now, and fits what stands in for numbers that are not finite: the mean of those that are.
 *
 * @param scale the model's own; null where every window is scaled by itself
 * @throws SegtideError `encoder` when the file does not fit, can't be read, or gives no finite number.
 */
export async function fitOnnxEncoder(
  { settings, seed }: TrainingJob,
  { windows, split: { trainRows } }: TrainingWindows,
  scale: FittedScale | null,
  open: OpenEncoder,
): Promise<Pick<EncoderFit, 'model' | 'warning'>> {
  const read = readAgain(settings);
  // What is not finite stays so, to be counted.
  const unfilled: OnnxFileModel = { ...read, fill: new Float32Array(read.size).fill(Number.NaN) };
  const rows = sample(trainRows, MOST_FITTED, createRandom(seed));
  const series = prepareSeries(settings.series, scale ?? undefined, selectWindows(windows, rows));
  const encoder = open(unfilled, 'unfilled', settings.encoder.engine);
  const { embeddings, length } = await encoder.encode(series);
  const { fill, unusable } = finiteMeans(embeddings, encoderShapeOf(unfilled).embeddingSize);
  if (length > 0 && unusable === length) {
    throw new SegtideError(
      'encoder',
      `The encoder's ONNX file gives numbers that are not finite for all ${length} windows. Check what it takes: windows come as \`series\` prepares them.`,
    );
  }
  return {
    model: { ...read, fill },
    warning:
      unusable === 0
        ? undefined
        : `the ONNX file gives numbers that are not finite for ${unusable} of ${length} windows; the mean stands in for them`,
  };
}

function readAgain({ encoder, series }: TrainingJob['settings']): ReadOnnxFile {
  try {
    return readOnnxFile(encoder.onnx!, series);
  } catch (cause) {
    // At the start the file fitted. What became of it since is no reason to end a stream that has a model.
    throw new SegtideError('encoder', (cause as Error).message, { cause });
  }
}

interface FiniteMeans {
  /** Of each element; 0 of one that is never finite. */
  readonly fill: Float32Array;
  /** Windows with a number that is not finite. */
  readonly unusable: number;
}

function finiteMeans(embeddings: Float32Array, size: number): FiniteMeans {
  const sums = new Float64Array(size);
  const counts = new Float64Array(size);
  let unusable = 0;
  for (let from = 0; from < embeddings.length; from += size) {
    const row = embeddings.subarray(from, from + size);
    if (!row.every(Number.isFinite)) unusable++;
    for (const [at, value] of row.entries()) {
      if (!Number.isFinite(value)) continue;
      sums[at]! += value;
      counts[at]!++;
    }
  }
  return { fill: Float32Array.from(sums, (sum, at) => (counts[at] === 0 ? 0 : sum / counts[at]!)), unusable };
}
