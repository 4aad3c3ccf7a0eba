import { Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import type { PluginModule } from '../../src/plugin/plugin-module.js';
import type { SegmentationOptions, SegmentationSettings } from '../../src/segmentation.js';
import { expectSame } from '../support/expect-same.js';
import { run, runUntil, sourceOf } from '../support/run-segmentation.js';
import { collectOutputs, HOUR, STEPS, smallSettings, smallStream } from '../support/small-stream.js';
import { pluginOf } from './plugin-of.js';

const WINDOW_MS = STEPS * HOUR;
const CHANGE = 8 * WINDOW_MS;
const ENERGY: PluginModule = {
  name: 'energy',
  module: new URL('../../config/plugins/drift-statistic.mjs', import.meta.url).href,
  timeLimitMs: 60_000,
};

/** A stream whose steady customers come in one hour of a window alone, from the ninth on. */
const EVENTS = smallStream(160, 11).map((event) => {
  const isChanged = event.time >= CHANGE && Number(event.customer.slice(1)) % 3 === 0;
  const hour = Math.floor(event.time / HOUR) % STEPS;
  return isChanged ? { ...event, values: [event.values![0]! * (hour === 3 ? 12 : 0.05)] } : event;
});

/** Drift asks for a training in the layer of the model alone, of which an encoder that does not reconstruct tells nothing. */
function settings(plugin?: PluginModule): SegmentationSettings {
  const { trainer, ...small } = smallSettings({
    retrain: { firstFit: 640, everyWindows: 100_000 },
    encoder: { kind: 'raw', engine: 'js', embeddingSize: 8 },
    drift: {
      actions: { embedding: 'none' },
      statistics: plugin === undefined ? [] : [{ plugin, layer: 'model', threshold: 0.05 }],
    },
  });
  return { ...small, trainer: { ...trainer, retrainOnDrift: true } };
}

async function recordsOf(given: SegmentationSettings, options: SegmentationOptions = {}) {
  const outputs = collectOutputs();
  await run(given, sourceOf(EVENTS, 500), outputs, options);
  return outputs.records;
}

describe('a stream with a drift statistic of one’s own', () => {
  const measured = recordsOf(settings(ENERGY));

  it('is told of a shift that was planted, and is trained again for it', async () => {
    const { drift, modelEvents } = await measured;
    const own = drift.filter(({ statistic }) => statistic === 'energy');
    const before = own.filter(({ currentEnd }) => currentEnd <= CHANGE);
    expect(before.length).toBeGreaterThan(3);
    expect(before.every(({ drifted, value }) => !drifted && value < 0.02)).toBe(true);
    expect(own[before.length]).toMatchObject({
      ...{ layer: 'model', subject: 'all', threshold: 0.05, pValue: null, drifted: true, rank: 1, action: 'retrain' },
      ...{ since: CHANGE, currentStart: CHANGE, currentEnd: CHANGE + WINDOW_MS },
    });
    expect(modelEvents.map(({ reasons }) => reasons.join())).toContainEqual(
      expect.stringMatching(/^drift in model: energy 0\.\d+, threshold 0\.05$/),
    );
  });

  it('comes to the same records wherever it is stopped and goes on', async () => {
    const whole = await measured;
    for (const stopAfter of [13, 17]) {
      const outputs = collectOutputs();
      const snapshot = await runUntil(settings(ENERGY), EVENTS, 500, stopAfter, outputs);
      await run(settings(ENERGY), sourceOf(EVENTS, 500, stopAfter), outputs, {}, structuredClone(snapshot));
      expectSame(outputs.records, whole);
    }
  });

  it('goes on without one that fails, says so, and counts it', async () => {
    const plugin = pluginOf(`export default {
      kind: 'drift-statistic',
      measure(_, { end }) {
        if (end > ${CHANGE}) throw new Error('no licence');
        return [{ value: 0.01 }];
      },
    };`);
    const registry = new Registry();
    const told: string[] = [];
    const scraped: Promise<string>[] = [];
    const failing = await recordsOf(settings(plugin), {
      metrics: registry,
      onStatisticFailure: ({ message }, statistic) => {
        told.push(`${statistic}: ${message}`);
        scraped.push(registry.metrics());
      },
    });
    expect(told).toHaveLength(3);
    expect(told[0]).toMatch(/^own: the plug-in own threw in measure\(\): no licence/);
    expect(await scraped[1]).toContain('segtide_drift_statistic_failures_total{statistic="own"} 2');
    expect(await scraped[1]).toContain(
      'segtide_drift_statistic{layer="embedding",subject="all",statistic="centroidShift"}',
    );
    expect(failing.drift.filter(({ statistic }) => statistic === 'own')).toHaveLength(4);
    const without = await recordsOf(settings());
    const others = failing.drift.filter(({ statistic }) => statistic !== 'own');
    expectSame({ ...failing, drift: others }, without);
  });
});
