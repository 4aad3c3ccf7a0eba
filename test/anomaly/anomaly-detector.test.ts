import { describe, expect, it } from 'vitest';
import { createAnomalyDetector } from '../../src/anomaly/anomaly-detector.js';
import { fitAnomalyModel } from '../../src/anomaly/fit-anomaly-model.js';
import type { AssignmentBatch } from '../../src/cluster/assignment-batch.js';
import { createRandom } from '../../src/numeric/random.js';
import { toGivenWindows } from '../../src/window/given-windows.js';
import { MASK_ABSENT, MASK_OBSERVED } from '../../src/window/window-batch.js';
import { assignedWindows } from '../publish/assigned-windows.js';

const STEPS = 8;
const random = createRandom(2);
/** A wave with noise; every fiftieth window has a step that is far out. */
const assignments = assigned(600, (row, step) => {
  const odd = row % 50 === 49 && step === row % STEPS;
  return Math.sin(step) + 0.3 * random.normal() + (odd ? 4 : 0);
});
const rows = Uint32Array.from({ length: 600 }, (_, row) => row).filter((row) => row % 50 !== 49);
const model = fitAnomalyModel(assignments, {
  trainRows: rows.filter((_, i) => i % 2 === 0),
  heldOutRows: rows.filter((_, i) => i % 2 === 1),
  seed: 1,
})!;

describe('scores among all windows', () => {
  const detector = createAnomalyDetector(model);
  const scores = detector.score(assignments);

  it('are highest where a window is odd, and say which steps are', () => {
    const odd = [...scores.keys()].filter((row) => row % 50 === 49);
    const order = [...scores.keys()].sort((a, b) => scores[b]! - scores[a]!);
    expect(order.slice(0, odd.length).sort((a, b) => a - b)).toEqual(odd);
    for (const row of odd) {
      const [run] = detector.explain(assignments, row).deviations;
      expect([run!.first, run!.end]).toEqual([row % STEPS, (row % STEPS) + 1]);
    }
  });

  it('are the same where they are high enough, and 0 or the same where they are not', () => {
    for (const batch of [assignments, cutShort(assignments, 5)]) {
      const whole = detector.score(batch);
      for (const least of [0.5, 1.3, 3, 8]) {
        const asked = Float32Array.from(whole, (_, row) => detector.scoreRow(batch, row, undefined, least));
        if (least === 8) expect(asked).toContain(0);
        for (const [row, score] of asked.entries()) {
          if (score !== 0 || whole[row]! >= least) expect(score).toBe(whole[row]);
        }
      }
    }
  });
});

function assigned(length: number, value: (row: number, step: number) => number): AssignmentBatch {
  const values = Float32Array.from({ length: length * STEPS }, (_, i) => value(Math.floor(i / STEPS), i % STEPS));
  const mask = new Uint8Array(length * STEPS).fill(MASK_OBSERVED);
  const windows = toGivenWindows({ length, steps: STEPS, channels: 1, values, mask });
  const given = Array.from({ length }, (_, customer) => ({ customer, nearest: 0, distance: 1, error: 0.1 }));
  const { assignments: batch, series } = assignedWindows(given, { modelVersion: 'v1', segmentIds: ['s1'] });
  const own = { ...series, windows, steps: STEPS, values, mask };
  return { ...batch, embeddings: { ...batch.embeddings, series: own } };
}

/** The windows as they were while they were open. */
function cutShort(batch: AssignmentBatch, known: number): AssignmentBatch {
  const { series } = batch.embeddings;
  const mask = Uint8Array.from(series.mask, (value, i) => (i % STEPS < known ? value : MASK_ABSENT));
  const windows = { ...series.windows, mask, finals: new Uint8Array(batch.length) };
  return { ...batch, embeddings: { ...batch.embeddings, series: { ...series, windows, mask } } };
}
