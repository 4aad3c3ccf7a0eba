import type { AssignmentBatch } from '../cluster/assignment-batch.js';
import { isInformative } from '../window/is-informative.js';
import { MASK_ABSENT } from '../window/window-batch.js';
import type { AnomalyModel, AnomalyPart } from './anomaly-model.js';
import { type DeviatingRun, findDeviatingRun } from './deviating-run.js';
import { createExpectedCurve } from './expected-curve.js';
import { isolationScore } from './isolation-forest.js';

/** Measures windows, in buffers of its own. */
export interface PartMeter {
  /** What was expected of the last window that was measured, in prepared units. */
  readonly expected: Float64Array; // (cells)
  /** Its deviations from that, in standard deviations; 0 where nothing is known. */
  readonly deviations: Float64Array; // (cells)
  /** Its run that deviates most. */
  readonly run: DeviatingRun;
  /** Measures a row; NaN for a part that can't be measured. */
  measure(assignments: AssignmentBatch, row: number): Readonly<Record<AnomalyPart, number>>;
}

export function createPartMeter({
  references,
  spreads,
  forest,
}: Pick<AnomalyModel, 'references' | 'spreads' | 'forest'>): PartMeter {
  const { cells } = references;
  const curve = createExpectedCurve(references);
  const deviations = new Float64Array(cells);
  const filled = new Float64Array(cells);
  let sums = new Float64Array(0);
  let run: DeviatingRun = { channel: 0, first: 0, end: 0, deviation: 0 };
  return {
    expected: curve.values,
    deviations,
    get run() {
      return run;
    },
    measure({ embeddings, distances }, row) {
      const { series, reconstructionErrors, landmarkDistances } = embeddings;
      const { values, mask, steps, channels } = series;
      const offset = row * cells;
      curve.take(values, mask, offset);
      for (let cell = 0; cell < cells; cell++) {
        const known = isInformative(mask[offset + cell]!);
        // What is not known is as expected.
        filled[cell] = known ? values[offset + cell]! : curve.values[cell]!;
        deviations[cell] = (filled[cell]! - curve.values[cell]!) / spreads[cell]!;
      }
      if (sums.length <= steps) sums = new Float64Array(steps + 1);
      run = findDeviatingRun(deviations, steps, channels, sums);
      return {
        landmarks: landmarkDistances?.[row] ?? Number.NaN,
        reconstruction: reconstructionErrors?.[row] ?? Number.NaN,
        centroid: distances[row]!,
        isolation: isolationScore(forest, filled),
        run: Math.abs(run.deviation),
      };
    },
  };
}

/** Whether a window is known from end to end: of one that is not, views and latents say little. */
export function isWhole({ embeddings }: AssignmentBatch, row: number): boolean {
  const { windows } = embeddings.series;
  if (windows.finals[row] !== 1) return false;
  const cells = windows.steps * windows.channels;
  for (let at = row * cells; at < (row + 1) * cells; at++) if (windows.mask[at] === MASK_ABSENT) return false;
  return true;
}
