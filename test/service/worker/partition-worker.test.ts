import { once } from 'node:events';
import { beforeAll, describe, expect, it } from 'vitest';
import { SegtideError } from '../../../src/errors.js';
import { createRandom } from '../../../src/numeric/random.js';
import { createOutputBuffer } from '../../../src/service/worker/output-buffer.js';
import { runPartition } from '../../../src/service/worker/partition-worker.js';
import type { ModelRecord } from '../../../src/train/model-record.js';
import { createJsonValues } from '../../../src/transport/kafka/json-values.js';
import { addFates, NO_FATES } from '../../../src/window/fates.js';
import type { Fates } from '../../../src/window/window-batch.js';
import { createMemoryState } from '../../support/memory-store.js';
import { smallModels } from '../../support/small-models.js';
import { HOUR } from '../../support/small-stream.js';
import {
  drain,
  END,
  EVENTS,
  HALF,
  MAPPING,
  newTopics,
  OPTIONS,
  own,
  published,
  toRecords,
  untimed,
} from './owned-partition.js';

let models: readonly ModelRecord[];
beforeAll(async () => {
  models = (await smallModels(1, 2)).map(({ record }) => record);
});

describe('a worker of one partition', () => {
  it('tells the fates of the events that it reads, and not of those that it reads again to restore', async () => {
    const topics = newTopics(EVENTS.slice(0, HALF));
    const state = createMemoryState();
    const tell = async (): Promise<Fates & { restored: number }> => {
      let told = NO_FATES;
      let idle = 0;
      const restored = await own(topics, state, {
        onFates: (fates) => {
          told = addFates(told, fates);
        },
        stopWhen: ({ started, waiting }) => started && waiting.length === 0 && ++idle > 30,
      });
      return { ...told, restored };
    };
    expect(await tell()).toMatchObject({ restored: 0, in: HALF, deadLettered: 0 });
    topics.append('usage', [...toRecords(EVENTS.slice(HALF)), { key: 'a', value: 'no JSON' }]);
    const rest = await tell();
    expect(rest).toMatchObject({ in: EVENTS.length - HALF + 1, deadLettered: 1 });
    expect(rest.restored).toBeGreaterThan(0);
  });

  it('publishes each window once, whenever it is killed and however the rest is fetched again', async () => {
    const oracle = createMemoryState();
    await drain(newTopics(), oracle, { inForce: () => models });
    const expected = untimed(published(oracle));
    expect(expected.length).toBeGreaterThan(250);
    expect(expected.every(({ status }) => status === 'assigned')).toBe(true);

    const random = createRandom(3);
    for (let round = 0; round < 6; round++) {
      const topics = newTopics();
      const state = createMemoryState();
      for (let kills = 0; kills < 12; kills++) {
        await drain(topics, state, {
          killAfterPages: 1 + random.below(12),
          inForce: () => models,
          fetchedRecords: 20 + random.below(300),
          options: { commitEveryMs: 0, maxCommitBytes: 1 + random.below(3000) },
        });
      }
      await drain(topics, state, { inForce: () => models });
      expect(untimed(published(state))).toEqual(expected);
      expect(published(state, 'transitions')).toHaveLength(published(oracle, 'transitions').length);
    }
  });

  it('knows the segments of before a restart, though it does not score again what it has published', async () => {
    const topics = newTopics(EVENTS.slice(0, HALF));
    const state = createMemoryState();
    await drain(topics, state, { inForce: () => models.slice(0, 1) });
    const before = published(state).length;
    topics.append('usage', toRecords(EVENTS.slice(HALF)));
    let scored = false;
    await drain(topics, state, {
      inForce: () => {
        scored = true;
        return models;
      },
    });
    expect(scored).toBe(true);
    const after = published(state).slice(before);
    expect(after.length).toBeGreaterThan(50);
    const known = new Set(
      published(state)
        .slice(0, before)
        .map(({ customerId }) => customerId),
    );
    expect(after.filter(({ customerId }) => known.has(customerId)).every((a) => a.previousSegmentId !== null)).toBe(
      true,
    );
    const versions = new Set(published(state).map(({ modelVersion }) => modelVersion));
    expect(versions.size).toBe(2);
  });

  it('leaves to its next owner what it has not committed, and can commit nothing any more', async () => {
    const topics = newTopics();
    const state = createMemoryState();
    let taken = false;
    const partition = topics.assign();
    const outputs = await createOutputBuffer({
      topicOf: (name) => name,
      format: 'json',
      embeddings: false,
      alerts: true,
    });
    const zombie = runPartition(OPTIONS, {
      partition,
      store: state.open(async () => {
        if (taken) return;
        taken = true;
        await drain(topics, state);
      }),
      values: createJsonValues(MAPPING),
      outputs,
      createLearner: (sequence) => ({ learn: () => undefined, take: () => undefined, sequence }),
      toRecords: () => [],
      toForgotten: () => [],
      models: () => [],
      onModelRefused: () => undefined,
      clock: { now: () => END + HOUR },
      isStopped: () => false,
    });
    await expect(zombie).rejects.toMatchObject({ code: 'fenced' });
    const keys = published(state).map((a) => `${a.customerId} ${a.windowStart} ${a.revision}`);
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('lets go of a commit that is still being tried when the partition is revoked', async () => {
    const topics = newTopics();
    const state = createMemoryState();
    const partition = topics.assign();
    const closed = new AbortController();
    const store = state.open(async () => {
      const closing = once(closed.signal, 'abort');
      partition.revoke();
      await closing; // the broker is away
      throw new SegtideError('aborted', 'the store is closed');
    });
    const outputs = await createOutputBuffer({
      topicOf: (name) => name,
      format: 'json',
      embeddings: false,
      alerts: true,
    });
    await runPartition(OPTIONS, {
      partition,
      store: { ...store, close: async () => closed.abort() },
      values: createJsonValues(MAPPING),
      outputs,
      createLearner: (sequence) => ({ learn: () => undefined, take: () => undefined, sequence }),
      toRecords: () => [],
      toForgotten: () => [],
      models: () => [],
      onModelRefused: () => undefined,
      clock: { now: () => END + HOUR },
      isStopped: () => false,
    });
    expect(published(state)).toEqual([]);
  });
});
