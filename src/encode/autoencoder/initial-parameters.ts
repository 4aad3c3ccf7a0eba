import type { Random } from '../../numeric/random.js';
import { isInformative } from '../../window/is-informative.js';
import type { TrainingSeries } from '../vrae/vrae-job.js';
import type { Layout } from './layout.js';

/**
 * New parameters, as the layout has them begin, but for the bias of the output: it is the mean of the cells that it is
 * added to, so that no cell of a rectified output starts where it has no gradient.
 *
 * @param rows series to learn from
 */
export function createParameters(
  { tensors, count, outputBias }: Layout,
  random: Random,
  series: TrainingSeries,
  rows: Uint32Array,
): Float64Array {
  const parameters = new Float64Array(count);
  for (const { start, length, initial } of tensors) {
    for (let i = 0; i < length; i++) {
      parameters[start + i] = typeof initial === 'function' ? initial(i) : initial.bound * (2 * random.next() - 1);
    }
  }
  parameters.set(cellMeans(series, rows, outputBias.length), outputBias.start);
  return parameters;
}

/** Means of the cells of every window that are `period` apart. */
function cellMeans({ values, mask, steps, channels }: TrainingSeries, rows: Uint32Array, period: number): Float64Array {
  const cells = steps * channels;
  const sums = new Float64Array(period);
  const counts = new Float64Array(period);
  for (const row of rows) {
    for (let cell = 0, at = row * cells; cell < cells; cell++, at++) {
      if (!isInformative(mask[at]!)) continue;
      sums[cell % period]! += values[at]!;
      counts[cell % period]! += 1;
    }
  }
  return sums.map((sum, i) => sum / Math.max(1, counts[i]!));
}
