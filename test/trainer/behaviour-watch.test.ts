import { expect, it } from 'vitest';
import { assign } from '../../src/cluster/assign.js';
import { statistics } from '../../src/cluster/statistics.js';
import { toDriftObservation } from '../../src/drift/drift-observation.js';
import type { DriftReport } from '../../src/drift/drift-report.js';
import { resolveDriftOptions } from '../../src/drift/drift-settings.js';
import { createRandom } from '../../src/numeric/random.js';
import { createBehaviourWatch } from '../../src/trainer/behaviour-watch.js';
import { clusterModelOf, embeddingsOf, windowsOf } from '../cluster/embeddings.js';

const MODEL = clusterModelOf([[0], [100]], { meanInertia: 1 });
const WAVE = 1_000;

/** What a watch asks for when waves of windows lie `shift` off, with errors so many times as high, from the fifth on. */
async function askedFor(shift: number, errors: number, isRefused = false) {
  const random = createRandom(5);
  const requests: { reason: string; refit: boolean | undefined }[] = [];
  const reports: DriftReport[] = [];
  const refusals: string[] = [];
  const drift = resolveDriftOptions({ everyWindows: WAVE, referenceWindows: WAVE, minWindows: 200 }, ['minutes']);
  const watch = createBehaviourWatch(
    { drift, retrainOnDrift: true },
    {
      drift: { write: async (records) => void reports.push(...records), flush: async () => {}, close: async () => {} },
      statistics: { measure: async () => [] },
    },
    {
      request(reason, refit) {
        requests.push({ reason, refit });
        if (isRefused) refusals.push(reason);
      },
    },
  );
  for (let wave = 0; wave < 10; wave++) {
    const starts = new Float64Array(WAVE).fill(wave);
    const windows = windowsOf(WAVE, { starts, ends: starts.map((start) => start + 1) });
    const [off, factor] = wave < 4 ? [0, 1] : [shift, errors];
    const rows = Array.from({ length: WAVE }, () => [(random.next() < 0.5 ? 100 : 0) + random.normal() + off]);
    const reconstruction = Float32Array.from({ length: WAVE }, () => factor * (0.5 + random.next()));
    const assignments = assign(MODEL, embeddingsOf(rows, windows, reconstruction));
    watch.observe(statistics(MODEL, assignments), toDriftObservation(assignments), MODEL);
    await watch.reportChange(true);
    await watch.reportDrift(wave + 1);
    for (const reason of refusals.splice(0)) watch.concluded({ reasons: [reason] }, false, false);
  }
  return { requests, reports, since: watch.since };
}

it('asks for a refit to all windows where a shift is sure and small, and forgets none for it', async () => {
  const { requests, since } = await askedFor(0.25, 1);
  expect(requests.map(({ refit }) => refit)).toEqual([true]);
  expect(requests[0]!.reason).toContain('drift in embedding');
  expect(since).toBeUndefined();
});

it('asks for a refit to what came since, where windows lie elsewhere altogether', async () => {
  const { requests, since } = await askedFor(3, 1);
  expect(requests[0]).toMatchObject({ refit: true, reason: expect.stringContaining('withinShift') });
  expect(since).toBe(4);
});

it('asks for a retraining where a refit is not enough, whatever asks first', async () => {
  const { requests, reports } = await askedFor(0.25, 4);
  const asking = reports.filter(({ action }) => action === 'refit' || action === 'retrain');
  expect(asking.map(({ action }) => action).slice(0, 2)).toEqual(['refit', 'retrain']);
  expect(requests[0]).toMatchObject({ refit: false, reason: expect.stringContaining('drift in model') });
});

it('compares with the windows to come once a model was refused that drift had asked for', async () => {
  const served = await askedFor(0.35, 1);
  const refused = await askedFor(0.35, 1, true);
  const driftedAt = ({ reports }: typeof served) =>
    reports
      .filter(({ drifted, statistic }) => drifted && statistic === 'meanShift')
      .map(({ currentEnd }) => currentEnd);
  expect(driftedAt(served).length).toBeGreaterThan(2);
  expect(driftedAt(refused)).toEqual(driftedAt(served).slice(0, 1));
});
