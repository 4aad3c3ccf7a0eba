import type { AssignmentBatch } from '../cluster/assignment-batch.js';
import { isInformative } from '../window/is-informative.js';
import type { AnomalyModel } from './anomaly-model.js';
import type { References } from './expected-curve.js';

/** Mean and spread of the segments' windows; those of a segment with few windows are drawn towards those of all. */
export function toCourses(
  { cells }: Pick<References, 'cells'>,
  { embeddings: { series }, nearest, model: { k } }: AssignmentBatch,
  rows: Uint32Array,
): Pick<AnomalyModel, 'courses' | 'courseSpreads'> {
  const counts = new Float64Array((k + 1) * cells);
  const sums = new Float64Array((k + 1) * cells);
  const squares = new Float64Array((k + 1) * cells);
  for (const row of rows) {
    for (let cell = 0; cell < cells; cell++) {
      if (!isInformative(series.mask[row * cells + cell]!)) continue;
      const value = series.values[row * cells + cell]!;
      for (const at of [nearest[row]! * cells + cell, k * cells + cell]) {
        counts[at]! += 1;
        sums[at]! += value;
        squares[at]! += value * value;
      }
    }
  }
  const courses = new Float32Array(k * cells);
  const courseSpreads = new Float32Array(k * cells);
  for (let at = 0; at < k * cells; at++) {
    const all = k * cells + (at % cells);
    const common = counts[all] === 0 ? 0 : sums[all]! / counts[all]!;
    const commonSquare = counts[all] === 0 ? 1 : Math.max(0, squares[all]! / counts[all]! - common * common);
    const count = counts[at]! + FEW_WINDOWS;
    const mean = (sums[at]! + FEW_WINDOWS * common) / count;
    const square = (squares[at]! + FEW_WINDOWS * (commonSquare + common * common)) / count - mean * mean;
    courses[at] = mean;
    courseSpreads[at] = Math.sqrt(Math.max(square, LEAST_SPREAD ** 2 * Math.max(commonSquare, 1e-12)));
  }
  return { courses, courseSpreads };
}

/** Windows of all segments that each segment is given. */
const FEW_WINDOWS = 2;

/** Of the spread over all segments: cells that hardly ever change would make much of next to nothing. */
const LEAST_SPREAD = 0.1;
