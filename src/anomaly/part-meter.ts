import type { AssignmentBatch } from '../cluster/assignment-batch.js';
import type { ClusterModel } from '../cluster/cluster-model.js';
import { isInformative } from '../window/is-informative.js';
import { MASK_ABSENT } from '../window/window-batch.js';
import type { AnomalyModel, AnomalyPart } from './anomaly-model.js';
import { findDeviatingRun } from './deviating-run.js';
import { createExpectedCurve } from './expected-curve.js';
import { isolationScore } from './isolation-forest.js';

/** Measures windows, in buffers of its own. */
export interface PartMeter {
  /** The course of the segment, as which the last window was measured, in prepared units. */
  readonly expected: Float64Array; // (cells)
  /** Its deviations from that, in standard deviations; 0 where nothing is known. */
  readonly deviations: Float64Array; // (cells)
  /**
   * Measures a row as one of a segment; NaN for a part that can't be measured.
   *
   * @param segment a centroid's index
   */
  measure(assignments: AssignmentBatch, row: number, segment: number): MeasuredParts;
  /** The same without what takes long, of which it says Infinity. */
  measureQuickly(assignments: AssignmentBatch, row: number, segment: number): MeasuredParts;
}

export type MeasuredParts = Readonly<Record<AnomalyPart, number>>;

export function createPartMeter({
  references,
  spreads,
  forest,
  courses,
  courseSpreads,
}: Omit<AnomalyModel, 'whole' | 'known' | 'partial'>): PartMeter {
  const { cells } = references;
  const curve = createExpectedCurve(references);
  const deviations = new Float64Array(cells);
  const expected = new Float64Array(cells);
  const filled = new Float64Array(cells);
  const fromNearest = new Float64Array(cells);
  let sums = new Float64Array(0);

  const measureQuickly: PartMeter['measureQuickly'] = (assignments, row, segment) => {
    const { embeddings, points, distances, nearest, model } = assignments;
    const { series, reconstructionErrors, landmarkDistances } = embeddings;
    const { values, mask, steps, channels } = series;
    const offset = row * cells;
    for (let cell = 0, at = segment * cells; cell < cells; cell++, at++) {
      expected[cell] = courses[at]!;
      const known = isInformative(mask[offset + cell]!);
      deviations[cell] = known ? (values[offset + cell]! - courses[at]!) / courseSpreads[at]! : 0;
    }
    if (sums.length <= steps) sums = new Float64Array(steps + 1);
    return {
      landmarks: landmarkDistances?.[row] ?? Number.NaN,
      reconstruction: reconstructionErrors?.[row] ?? Number.NaN,
      centroid: nearest[row] === segment ? distances[row]! : distanceTo(segment, model, points, row),
      isolation: Number.POSITIVE_INFINITY,
      nearest: Number.POSITIVE_INFINITY,
      run: Number.POSITIVE_INFINITY,
      course: Math.abs(findDeviatingRun(deviations, steps, channels, sums).deviation),
    };
  };

  return {
    expected,
    deviations,
    measureQuickly,
    measure(assignments, row, segment) {
      const quick = measureQuickly(assignments, row, segment);
      const { values, mask, steps, channels } = assignments.embeddings.series;
      const offset = row * cells;
      curve.take(values, mask, offset);
      for (let cell = 0; cell < cells; cell++) {
        const known = isInformative(mask[offset + cell]!);
        // What is not known is as expected.
        filled[cell] = known ? values[offset + cell]! : curve.values[cell]!;
        fromNearest[cell] = (filled[cell]! - curve.values[cell]!) / spreads[cell]!;
      }
      const run = findDeviatingRun(fromNearest, steps, channels, sums);
      return {
        ...quick,
        isolation: isolationScore(forest, filled),
        nearest: curve.distance,
        run: Math.abs(run.deviation),
      };
    },
  };
}

function distanceTo(segment: number, { size, centroids }: ClusterModel, points: Float32Array, row: number): number {
  let sum = 0;
  for (let m = 0; m < size; m++) sum += (points[row * size + m]! - centroids[segment * size + m]!) ** 2;
  return Math.sqrt(sum);
}

/** Whether a window is known from end to end: of one that is not, views and latents say little. */
export function isWhole({ embeddings }: AssignmentBatch, row: number): boolean {
  const { windows } = embeddings.series;
  if (windows.finals[row] !== 1) return false;
  const cells = windows.steps * windows.channels;
  for (let at = row * cells; at < (row + 1) * cells; at++) if (windows.mask[at] === MASK_ABSENT) return false;
  return true;
}
