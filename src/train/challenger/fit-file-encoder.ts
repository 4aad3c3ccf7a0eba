import { encoderShapeOf, type OnnxFileModel, type TfjsFileModel } from '../../encode/encoder-model.js';
import type { EncoderSettings } from '../../encode/encoder-options.js';
import { readOnnxFile } from '../../encode/onnx/read-onnx-file.js';
import type { OpenEncoder } from '../../encode/open-encoder.js';
import { fitTfjsModel } from '../../encode/tfjs/fit-tfjs-model.js';
import { loadTfjsRuntime } from '../../encode/tfjs/load-tfjs-runtime.js';
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
export async function fitFileEncoder(
  { settings, seed }: TrainingJob,
  { windows, split: { trainRows } }: TrainingWindows,
  scale: FittedScale | null,
  open: OpenEncoder,
): Promise<Pick<EncoderFit, 'model' | 'warning'>> {
  const read = await readFile(settings.encoder, settings.series);
  // What is not finite stays so, to be counted.
  const unfilled: OnnxFileModel | TfjsFileModel = { ...read, fill: new Float32Array(read.size).fill(Number.NaN) };
  const rows = sample(trainRows, MOST_FITTED, createRandom(seed));
  const series = prepareSeries(settings.series, scale ?? undefined, selectWindows(windows, rows));
  const encoder = open(unfilled, 'unfilled', settings.encoder.engine);
  const { embeddings, length } = await encoder.encode(series).finally(() => encoder.dispose?.());
  const { fill, unusable } = finiteMeans(embeddings, encoderShapeOf(unfilled).embeddingSize);
  if (length > 0 && unusable === length) {
    throw new SegtideError(
      'encoder',
      `The encoder's file gives numbers that are not finite for all ${length} windows. Check what it takes: windows come as \`series\` prepares them.`,
    );
  }
  return {
    model: { ...read, fill },
    warning:
      unusable === 0
        ? undefined
        : `the encoder's file gives numbers that are not finite for ${unusable} of ${length} windows; the mean stands in for them`,
  };
}

async function readFile(
  { onnx, tfjs }: EncoderSettings,
  series: { readonly steps: number; readonly channels: number },
): Promise<Omit<OnnxFileModel, 'fill'> | Omit<TfjsFileModel, 'fill'>> {
  try {
    return onnx === undefined ? await fitTfjsModel(tfjs!, series, await loadTfjsRuntime()) : readOnnxFile(onnx, series);
  } catch (cause) {
    // At the start a file was there. What became of it since is no reason to end a stream that has a model.
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
