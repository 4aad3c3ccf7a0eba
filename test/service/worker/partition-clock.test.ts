import { describe, expect, it } from 'vitest';
import { SegtideError } from '../../../src/errors.js';
import type { AssignmentRecord } from '../../../src/publish/assignment-record.js';
import type { Lessons } from '../../../src/worker/interval-learner.js';
import { createMemoryPartition } from '../../support/memory-partition.js';
import { createMemoryState, type MemoryState } from '../../support/memory-store.js';
import { SMALL } from '../../support/small-models.js';
import { HOUR } from '../../support/small-stream.js';
import { drain, EVENTS, HALF, newTopics, own, published, toRecords, untimed } from './owned-partition.js';

describe('the clock of a partition', () => {
  it('closes windows by the clock when records stay away, and at the same place after a restart', async () => {
    const silent = EVENTS.filter(({ time }) => time < 20 * HOUR);
    const options = { segmentation: SMALL, idleMs: 1 };
    const run = async (kill: boolean) => {
      const topics = newTopics(silent);
      const state = createMemoryState();
      let now = 23.99 * HOUR;
      const tick = () => {
        now += 100;
        return now;
      };
      if (kill) await own(topics, state, { killAfterPages: 90, now: tick, options });
      await own(topics, state, { now: tick, options, stopWhen: () => now > 24.15 * HOUR });
      return untimed(published(state));
    };
    const whole = await run(false);
    expect(whole.some(({ windowEnd }) => windowEnd === 24 * HOUR)).toBe(true);
    const keyOf = ({ customerId, windowStart, revision }: Omit<AssignmentRecord, 'emittedAt'>) =>
      `${customerId} ${windowStart} ${revision}`;
    const pieces = await run(true);
    expect(pieces.map(keyOf).sort()).toEqual(whole.map(keyOf).sort());
  });

  it('has one clock for several topics: the one that lags is waited for, and nothing of it is late', async () => {
    const first = EVENTS.filter((_, i) => i % 2 === 0);
    const second = EVENTS.filter((_, i) => i % 2 === 1);
    // As the group reader sorts them.
    const topics = createMemoryPartition(0, ['forget-requests', 'usage-a', 'usage-b']);
    topics.append('usage-a', toRecords(first));
    const state = createMemoryState();
    const options = { forgetTopic: 'forget-requests', topicIdleMs: 600_000 };
    await drain(topics, state, { options });
    expect(published(state)).toEqual([]);
    topics.append('usage-b', toRecords(second.slice(0, HALF / 2)));
    await drain(topics, state, { options, killAfterPages: 40 });
    topics.append('usage-b', toRecords(second.slice(HALF / 2)));
    await drain(topics, state, { options });
    expect(published(state, 'late').length).toBeLessThan(10);

    const one = createMemoryState();
    await drain(newTopics(), one, { options });
    const contents = (of: MemoryState) =>
      published(of)
        .map((a) => `${a.customerId} ${a.windowStart} ${a.observedSteps}`)
        .sort();
    expect(contents(state)).toEqual(contents(one));
  });

  it('tells nothing of the time in which brokers were away, when they are back', async () => {
    const topics = newTopics(EVENTS.filter(({ time }) => time < 20 * HOUR));
    const state = createMemoryState();
    let now = 21 * HOUR;
    let looks = 0;
    await own(topics, state, {
      now: () => now,
      options: { idleMs: 1 },
      stopWhen: (partition) => {
        if (!partition.started || partition.waiting.length > 0) return false;
        looks++;
        partition.isAway = looks > 20 && looks < 40;
        // Away for a day; back, it has nothing for a moment.
        if (looks === 39) now += 24 * HOUR;
        return looks > 60;
      },
    });
    expect(published(state).some(({ windowEnd }) => windowEnd === 24 * HOUR)).toBe(false);
  });

  it('takes a broker that does not answer for no silence', async () => {
    const topics = newTopics(EVENTS.filter(({ time }) => time < 20 * HOUR));
    const state = createMemoryState();
    let now = 23.99 * HOUR;
    let looks = 0;
    await own(topics, state, {
      now: () => {
        now += 100;
        return now;
      },
      options: { idleMs: 1 },
      stopWhen: (partition) => {
        partition.isAway = partition.started && partition.waiting.length === 0;
        return partition.isAway && ++looks > 40 && now > 24.15 * HOUR;
      },
    });
    expect(published(state).some(({ windowEnd }) => windowEnd === 16 * HOUR)).toBe(true);
    expect(published(state).some(({ windowEnd }) => windowEnd === 24 * HOUR)).toBe(false);
  });
});

describe('what a worker of one partition answers for', () => {
  it('refuses the state of other settings, of other partitions, and an input that was written anew', async () => {
    const topics = newTopics();
    const state = createMemoryState();
    await drain(topics, state, { options: { checkpointRecords: 100 } });
    await expect(own(topics, state, { options: { identity: 'other' } })).rejects.toThrow(/other settings/);
    await expect(own(topics, state, { options: { partitions: 2 } })).rejects.toThrow(/has 2 partitions, and had 1/);
    const young = createMemoryState();
    await drain(newTopics(), young, { options: { checkpointRecords: 1_000_000 } });
    await expect(own(newTopics(), young, { options: { identity: 'other' } })).rejects.toThrow(/other settings/);

    const logged = createMemoryState();
    await drain(newTopics(), logged, { options: { checkpointRecords: 1_000_000 } });
    const others = newTopics(EVENTS.map((event) => ({ ...event, customer: 'one' })));
    await expect(own(others, logged)).rejects.toThrow(/does not give the windows/);
    await expect(own(others, logged)).rejects.toBeInstanceOf(SegtideError);
  });

  it('forgets a customer on request, tells it, and knows it after a restart', async () => {
    const topics = createMemoryPartition(0, ['usage', 'forget-requests']);
    const options = { forgetTopic: 'forget-requests' };
    topics.append('usage', toRecords(EVENTS.filter(({ time }) => time < 12 * HOUR)));
    const state = createMemoryState();
    await drain(topics, state, { options });
    topics.append('forget-requests', [{ key: 'c7', value: '{}' }]);
    await drain(topics, state, { options });
    const rest = EVENTS.filter(({ time, customer }) => time >= 12 * HOUR && customer !== 'c7');
    topics.append('usage', toRecords(rest));
    await drain(topics, state, { options });
    const records = state.outputs.get('assignments')!.filter(({ key }) => key === 'c7');
    expect(records.map(({ value }) => value === null)).toEqual([false, true]);
  });

  it('does not answer for customers that it never knew, even before its first event', async () => {
    const topics = createMemoryPartition(0, ['usage', 'forget-requests']);
    topics.append('forget-requests', [{ key: 'c7', value: '{}' }]);
    const state = createMemoryState();
    await drain(topics, state, { options: { forgetTopic: 'forget-requests' } });
    topics.append('usage', toRecords(EVENTS.filter(({ time }) => time < 12 * HOUR)));
    await drain(topics, state, { options: { forgetTopic: 'forget-requests' } });
    const records = state.outputs.get('assignments')!.filter(({ key }) => key === 'c7');
    expect(records.map(({ value }) => value === null)).toEqual([false]);
  });

  it('sends what a customer taught before it tells that it is forgotten', async () => {
    const topics = createMemoryPartition(0, ['usage', 'forget-requests']);
    topics.append('usage', toRecords(EVENTS.filter(({ time }) => time < 12 * HOUR)));
    const state = createMemoryState();
    let learnt = 0;
    await drain(topics, state, {
      options: { forgetTopic: 'forget-requests', commitEveryMs: 600_000, maxCommitBytes: 1_000_000 },
      createLearner: () => ({
        learn: ({ series }) => {
          if (series.length === 0 || learnt++ > 0) return;
          topics.append('forget-requests', [{ key: 'c7', value: '{}' }]);
        },
        take: () => (learnt > 0 ? ({} as Lessons) : undefined),
        sequence: 0,
      }),
      toRecords: () => [['assignments', { key: 'lesson', value: '' }]],
    });
    expect(state.commits).toHaveLength(1);
    const keys = state.outputs.get('assignments')!.map(({ key }) => key);
    expect(keys.indexOf('lesson')).toBe(keys.lastIndexOf('c7') - 1);
  });
});
