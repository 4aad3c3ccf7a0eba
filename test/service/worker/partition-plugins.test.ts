import { beforeAll, describe, expect, it } from 'vitest';
import type { Alert } from '../../../src/anomaly/alert.js';
import { openAlertRules } from '../../../src/anomaly/alert-rules.js';
import { resolveEncoder } from '../../../src/encode/encoder-options.js';
import { createPluginEncoders } from '../../../src/encode/plugin-encoders.js';
import type { ModelRecord } from '../../../src/train/model-record.js';
import { runTrainingJob } from '../../../src/train/run-training-job.js';
import { pluginOf } from '../../plugin/plugin-of.js';
import { createMemoryState, type MemoryState } from '../../support/memory-store.js';
import { SMALL, smallJob, smallModels } from '../../support/small-models.js';
import { drain, EVENTS, HALF, newTopics, published, toRecords } from './owned-partition.js';

let models: readonly ModelRecord[];
beforeAll(async () => {
  models = (await smallModels(1)).map(({ record }) => record);
});

const alertsOf = ({ outputs }: MemoryState) =>
  (outputs.get('alerts') ?? []).map(({ key, value }) => {
    const { emittedAt: _, ...alert } = JSON.parse(String(value)) as Alert;
    return { key: String(key), ...alert };
  });

describe('a worker with an alert rule of one’s own', () => {
  it.each([1, 3])('raises each alert once in a cool-down of %i windows, whenever it is killed', async (windows) => {
    const plugin = pluginOf(`export default {
      kind: 'alert-rule',
      judge: ({ length, steps, values, segmentIds }) => Array.from({ length }, (_, i) => {
        const last = values[(i + 1) * steps - 1];
        return segmentIds[i] === null || last < 4 ? null : { severity: 'high', text: 'it ends with ' + last.toFixed(1) };
      }),
    };`);
    const rules = openAlertRules([plugin], ({ message }) => expect.unreachable(message));
    const inForce = () => models;
    const { settings } = SMALL.alerts!;
    const cooldownMs = windows * settings.cooldownMs;
    // No other alert, so that the log knows of the rule's by its own marks alone.
    const alerts = { ...SMALL.alerts!, settings: { ...settings, cooldownMs, kinds: [] } };
    const quiet = { segmentation: { ...SMALL, alerts } };
    const ruled = (state: MemoryState) => alertsOf(state).filter(({ kind }) => kind === 'rule');
    const oracle = createMemoryState();
    await drain(newTopics(), oracle, { inForce, rules, options: quiet });
    const expected = ruled(oracle);
    expect(expected.length).toBeGreaterThan(9);
    expect(expected[0]).toMatchObject({ severity: 'high', status: 'confirmed', cause: 'own', score: 1, threshold: 1 });
    expect(new Set(expected.map(({ alertId }) => alertId)).size).toBe(expected.length);
    const ends = new Map<string, number>();
    for (const { customerId, windowEnd } of expected) {
      expect(windowEnd - (ends.get(customerId!) ?? Number.NEGATIVE_INFINITY)).toBeGreaterThanOrEqual(cooldownMs);
      ends.set(customerId!, windowEnd);
    }
    for (let killAfterPages = 1; killAfterPages <= 16; killAfterPages++) {
      const topics = newTopics();
      const state = createMemoryState();
      const options = { ...quiet, commitEveryMs: 0, maxCommitBytes: 1, checkpointRecords: 100_000 };
      await drain(topics, state, { killAfterPages, inForce, rules, options });
      await drain(topics, state, { inForce, rules, options });
      expect(ruled(state), `killed after ${killAfterPages} pages`).toEqual(expected);
    }
    await rules.close();
  });
});

describe('a worker whose models are of a plug-in', () => {
  const PLUGIN = `export default {
    kind: 'encoder',
    fit: (_, { seed }) => ({ embeddingSize: 1, parameters: { seed } }),
    open({ parameters }) {
      OPENING
      return { encode: ({ length, steps, values }) => Float32Array.from({ length }, (_, i) => values[i * steps]) };
    },
  };`;
  const opening = (body: string): string => PLUGIN.replace('OPENING', body);

  it.each([
    [
      'throws',
      "throw new Error('no licence');",
      /^model v2-\w+ can't be opened: the plug-in own threw in open\(\): no licence/,
    ],
    ['exits', 'process.exit(0);', /^model v2-\w+ can't be opened: .*ended its thread/],
    [
      'gives what can not encode',
      'return {};',
      /^model v2-\w+ can't be opened: .*gave something that has no encode\(\)/,
    ],
  ])('goes on with the one before where the next %s when it is opened, at each start', async (_, body, text) => {
    const trained = pluginOf(opening(''));
    const models: Extract<ModelRecord, { readonly kind: 'model' }>[] = [];
    for (const seed of [1, 2]) {
      const encoder = resolveEncoder({ kind: 'plugin', plugin: 'own', plugins: [trained], engine: 'js' });
      const settings = { ...SMALL.trainer.model, encoder };
      const { modelVersion, artifact } = await runTrainingJob(smallJob({ number: seed, seed, settings }));
      models.push({ kind: 'model', modelVersion, artifact, previousVersion: null });
    }
    const here = pluginOf(opening(`if (parameters.seed === 2) { ${body} }`));
    const topics = newTopics(EVENTS.slice(0, HALF));
    const state = createMemoryState();
    for (let start = 0; start < 2; start++) {
      const encoders = createPluginEncoders([here]);
      const refused: string[] = [];
      try {
        await drain(topics, state, {
          inForce: () => models,
          openEncoder: encoders.open,
          onModelRefused: (_, { message }) => refused.push(message),
        });
      } finally {
        await encoders.close();
      }
      expect(refused).toEqual([expect.stringMatching(text)]);
      const versions = published(state).map(({ modelVersion }) => modelVersion);
      expect(new Set(versions)).toEqual(new Set([models[0]!.modelVersion]));
      topics.append('usage', toRecords(EVENTS.slice(HALF)));
    }
  });

  it('waits for the next where there is none before', async () => {
    const encoder = resolveEncoder({ kind: 'plugin', plugin: 'own', plugins: [pluginOf(opening(''))], engine: 'js' });
    const { modelVersion, artifact } = await runTrainingJob(
      smallJob({ settings: { ...SMALL.trainer.model, encoder } }),
    );
    const model: ModelRecord = { kind: 'model', modelVersion, artifact, previousVersion: null };
    const encoders = createPluginEncoders([pluginOf(opening("throw new Error('no licence');"))]);
    const state = createMemoryState();
    await drain(newTopics(EVENTS.slice(0, HALF)), state, {
      inForce: () => [model],
      openEncoder: encoders.open,
      onModelRefused: () => undefined,
    });
    await encoders.close();
    expect(new Set(published(state).map(({ status }) => status))).toEqual(new Set(['warming']));
  });
});
