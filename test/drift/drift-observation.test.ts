import fc from 'fast-check';
import { expect, it } from 'vitest';
import { assign } from '../../src/cluster/assign.js';
import { emptyObservation, observeInto } from '../../src/drift/drift-observation.js';
import { RUN_WINDOWS } from '../../src/drift/window-run.js';
import { createRandom } from '../../src/numeric/random.js';
import { clusterModelOf, embeddingsOf, windowsOf } from '../cluster/embeddings.js';

const model = clusterModelOf([[0], [10]], { meanInertia: 1 });

/** Windows of which some are not final, so that they do not count. */
function assignmentsOf(length: number, seed: number) {
  const random = createRandom(seed);
  const windows = windowsOf(length, {
    starts: Float64Array.from({ length }, () => random.below(1_000)),
    finals: Uint8Array.from({ length }, () => Number(random.next() < 0.9)),
  });
  const rows = Array.from({ length }, () => [10 * random.next()]);
  const errors = Float32Array.from({ length }, () => random.next());
  return assign(model, embeddingsOf(rows, windows, errors));
}

it('has the same runs of windows in order of arrival, however they are cut into batches', () => {
  fc.assert(
    fc.property(fc.nat(150), fc.nat(1_000), fc.array(fc.nat(150), { maxLength: 6 }), (length, seed, cuts) => {
      const assignments = assignmentsOf(length, seed);
      const bounds = [0, ...cuts.map((cut) => Math.min(cut, length)).sort((a, b) => a - b), length];
      let observation = emptyObservation(model, 1);
      for (let i = 1; i < bounds.length; i++) {
        observation = observeInto(observation, assignments, { start: bounds[i - 1]!, end: bounds[i]! });
      }
      const { nearest, points, distances, embeddings } = assignments;
      const { starts, finals } = embeddings.series.windows;
      const counted = Array.from({ length }, (_, row) => row).filter((row) => finals[row] === 1);
      expect(observation.runs.length).toBe(Math.ceil(counted.length / RUN_WINDOWS));
      for (const [i, { start, counts, sums }] of observation.runs.entries()) {
        const rows = counted.slice(i * RUN_WINDOWS, (i + 1) * RUN_WINDOWS);
        const total = (of: ArrayLike<number>) => rows.reduce((sum, row) => sum + of[row]!, 0);
        expect(start).toBe(Math.min(...rows.map((row) => starts[row]!)));
        expect([...counts]).toEqual([0, 1].map((j) => rows.filter((row) => nearest[row] === j).length));
        expect([...sums]).toEqual([total(points), total(distances), total(embeddings.reconstructionErrors!)]);
      }
    }),
  );
});
