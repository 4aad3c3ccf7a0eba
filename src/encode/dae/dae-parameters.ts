import type { Random } from '../../numeric/random.js';
import { isInformative } from '../../window/is-informative.js';
import type { TrainingSeries } from '../vrae/vrae-job.js';
import type { DaeShape } from './dae-shape.js';
import { toDaeLayout } from './dae-weights.js';

/**
 * New parameters: weights uniform within the bounds of He et al. (2015) in front of rectified sums and of Glorot and
 * Bengio (2010) elsewhere, biases zero but for the output's. Those are the mean of each cell, so that no cell of a
 * rectified output starts where it has no gradient.
 *
 * @param rows series to learn from
 */
export function createDaeParameters(
  shape: DaeShape,
  random: Random,
  series: TrainingSeries,
  rows: Uint32Array,
): Float64Array {
  const { encoder, decoder, count } = toDaeLayout(shape);
  const parameters = new Float64Array(count);
  for (const stack of [encoder, decoder]) {
    for (const [i, { start, inputs, outputs }] of stack.entries()) {
      const isRectified = i < stack.length - 1;
      const bound = Math.sqrt(6 / (isRectified ? inputs : inputs + outputs));
      for (let at = start; at < start + inputs * outputs; at++) parameters[at] = bound * (2 * random.next() - 1);
    }
  }
  const cells = shape.steps * shape.channels;
  parameters.set(cellMeans(series, rows, cells), count - cells);
  return parameters;
}

function cellMeans({ values, mask }: TrainingSeries, rows: Uint32Array, cells: number): Float64Array {
  const sums = new Float64Array(cells);
  const counts = new Float64Array(cells);
  for (const row of rows) {
    for (let cell = 0, at = row * cells; cell < cells; cell++, at++) {
      if (!isInformative(mask[at]!)) continue;
      sums[cell]! += values[at]!;
      counts[cell]! += 1;
    }
  }
  return sums.map((sum, cell) => sum / Math.max(1, counts[cell]!));
}
