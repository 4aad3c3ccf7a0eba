import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lastValueFrom } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { createSegmentation } from '../src/segmentation.js';
import { expectSame } from './support/expect-same.js';
import { halvesOnnx } from './support/onnx-files.js';
import { EVENTS, run, runAll, runUntil, sourceOf } from './support/run-segmentation.js';
import { collectOutputs, HOUR, STEPS, smallSettings, trainHere } from './support/small-stream.js';
import { toUsageBatch } from './window/usage-events.js';

describe('a segmentation', () => {
  it('warms up, then assigns every window to a segment of one model', async () => {
    const { assignments } = await runAll(smallSettings(), EVENTS, 1000);
    const first = assignments.findIndex(({ status }) => status === 'assigned');
    expect(first).toBe(512);
    expect(assignments.slice(0, first).every((record) => record.segmentId === null)).toBe(true);
    expect(assignments.slice(first).every((record) => record.segmentId !== null)).toBe(true);
    expect(new Set(assignments.map(({ modelVersion }) => modelVersion)).size).toBeGreaterThan(2);
  });

  it.each(['raw', 'rocket'] as const)(
    'runs on encoders of kind %s, trains them again, and says of errors nothing',
    async (kind) => {
      const records = await runAll(smallSettings({ encoder: { kind, engine: 'js' } }), EVENTS, 1000);
      const assigned = records.assignments.filter(({ status }) => status === 'assigned');
      expect(assigned.length).toBe(records.assignments.length - 512);
      expect(assigned.every(({ segmentId, distance }) => segmentId !== null && Number.isFinite(distance))).toBe(true);
      expect(assigned.every(({ reconstructionError }) => reconstructionError === null)).toBe(true);
      const trained = records.modelEvents.filter(({ event }) => event === 'promoted' || event === 'refused');
      expect(trained.length).toBeGreaterThan(1);
      expect(trained.every(({ challengerReconstructionError }) => challengerReconstructionError === null)).toBe(true);
      expect(records.segments.every(({ decoded }) => decoded === null)).toBe(true);
      expect(records.drift.filter(({ statistic }) => statistic === 'reconstructionError')).toEqual([]);
      expect(records.drift.some(({ layer }) => layer === 'embedding')).toBe(true);
      expect(await runAll(smallSettings({ encoder: { kind, engine: 'js' } }), EVENTS, 333)).toEqual(records);
    },
  );

  it('runs on an encoder that is an ONNX file, and refuses one that does not fit before the first event', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'segtide-segmentation-'));
    const file = join(folder, 'halves.onnx');
    const settings = smallSettings({ encoder: { kind: 'onnx', file, engine: 'js' } });
    await expect(runAll(settings, EVENTS, 1000)).rejects.toThrow('there is no such file; set encoder.file');
    await writeFile(file, halvesOnnx(STEPS));
    const records = await runAll(settings, EVENTS, 1000);
    const assigned = records.assignments.filter(({ status }) => status === 'assigned');
    expect(assigned.length).toBe(records.assignments.length - 512);
    expect(assigned.every(({ segmentId, distance }) => segmentId !== null && Number.isFinite(distance))).toBe(true);
    expect(records.modelEvents.filter(({ event }) => event === 'promoted').length).toBeGreaterThan(0);
    expect(records.alerts.length).toBeGreaterThan(0);
    expect(records.drift.some(({ layer }) => layer === 'embedding')).toBe(true);
    await rm(folder, { recursive: true });
  });

  it('takes a model into force exactly so many windows after the one that it was trained up to', async () => {
    const { assignments } = await runAll(smallSettings({ swapAfterWindows: 512 }), EVENTS, 1000);
    expect(assignments.findIndex(({ status }) => status === 'assigned')).toBe(1024);
  });

  it('scores a learning batch with one model version and one epoch of its centroids', async () => {
    const { assignments } = await runAll(smallSettings(), EVENTS, 333);
    for (let from = 0; from < assignments.length; from += 256) {
      const models = assignments
        .slice(from, from + 256)
        .map(({ modelVersion, centroidEpoch }) => `${modelVersion}/${centroidEpoch}`);
      expect(new Set(models).size).toBe(1);
    }
  });

  it('gives the same records for the same seed, and others for another one', async () => {
    const [once, again, other] = await Promise.all([
      runAll(smallSettings(), EVENTS, 1000),
      runAll(smallSettings(), EVENTS, 1000),
      runAll(smallSettings({ seed: 2 }), EVENTS, 1000),
    ]);
    expect(again).toEqual(once);
    expect(other).not.toEqual(once);
  });

  it.each([1, 7, 5000])('gives the same records for input in batches of %i', async (size) => {
    const options = { window: { allowedLateness: '1h', outOfOrderness: '1s' } };
    expect(await runAll(smallSettings(options), EVENTS, size)).toEqual(
      await runAll(smallSettings(options), EVENTS, 1000),
    );
  });

  it.each([0, 512])(
    'goes on from any snapshot as if it had never stopped, swapping after %i windows',
    async (swapAfterWindows) => {
      const settings = smallSettings({ swapAfterWindows });
      const whole = await runAll(settings, EVENTS, 500);
      let underWay = 0;
      for (let stopAfter = 0; stopAfter <= EVENTS.length / 500; stopAfter += 3) {
        const outputs = collectOutputs();
        const snapshot = await runUntil(settings, EVENTS, 500, stopAfter, outputs);
        if (snapshot.trainer.underWay !== null) underWay++;
        await run(settings, sourceOf(EVENTS, 500, stopAfter), outputs, {}, structuredClone(snapshot));
        expectSame(outputs.records, whole);
      }
      if (swapAfterWindows > 0) expect(underWay).toBeGreaterThan(0);
    },
  );

  it('ends without a model and without an error when nothing came in', async () => {
    const { assignments, segments } = await runAll(smallSettings(), [], 100);
    expect(assignments).toEqual([]);
    expect(segments).toEqual([]);
  });

  it('takes a live model into force with the next page, not with the next learning batch', async () => {
    // Five waves of windows teach, and then nothing comes.
    const events = EVENTS.filter(({ time }) => time < 48 * HOUR);
    let pulls = 0;
    const segmentation = createSegmentation(
      smallSettings({ swapAfterWindows: undefined, window: { idleTimeout: 1 } }),
      {
        pull: async () => toUsageBatch(++pulls === 1 ? events : []),
        position: () => ({}),
        close: async () => undefined,
      },
      collectOutputs(),
      {
        clock: { now: () => 48 * HOUR + pulls },
        isStopped: () => segmentation.scorer.modelVersion !== null || pulls === 10_000,
        train: trainHere,
      },
    );
    await lastValueFrom(segmentation.page$);
    expect(segmentation.scorer.modelVersion).not.toBeNull();
    expect(segmentation.trainer.outcomes).toHaveLength(1);
    expect(segmentation.trainer.snapshot().windows).toBe(600);
  });
});
