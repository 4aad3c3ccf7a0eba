import { describe, expect, it } from 'vitest';
import { createCommits } from '../../../src/service/worker/commits.js';
import { createDecisionLog } from '../../../src/service/worker/decision-log.js';
import { createOutputBuffer } from '../../../src/service/worker/output-buffer.js';
import { type Commit, MAX_LOG_ENTRIES } from '../../../src/transport/kafka/state-store.js';
import { NO_MARKS } from '../../../src/worker/alerting.js';
import type { Scored } from '../../../src/worker/scorer.js';

const OPTIONS = { commitEveryMs: 50, maxCommitBytes: 1000, checkpointRecords: 1_000_000, checkpointEveryMs: 600_000 };

/** Commits to a store that answers when it is told to. */
async function open(entries = 0) {
  const begun: Commit[] = [];
  const answers: { resolve(): void; reject(error: Error): void }[] = [];
  const outputs = await createOutputBuffer({
    topicOf: (name) => name,
    format: 'json',
    embeddings: false,
    alerts: true,
  });
  const log = createDecisionLog({ identity: 'test', partitions: 1 });
  const clock = { time: 0, now: () => clock.time };
  const commits = createCommits(
    OPTIONS,
    {
      store: {
        open: async () => ({ checkpoint: undefined, log: [] }),
        commit: (commit) =>
          new Promise<void>((resolve, reject) => {
            begun.push(commit);
            answers.push({ resolve, reject });
          }),
        logged: { entries, bytes: 0 },
        close: async () => undefined,
      },
      ...{ outputs, log, clock },
      teach: () => 0,
      offsets: () => new Map(),
      records: () => 0,
      isAtRest: () => true,
      state: () => new Uint8Array(1),
    },
    0,
  );
  let offset = 0n;
  const work = (bytes: number): void => {
    offset++;
    log.take({ topic: 'usage', next: offset, count: 1, idle: 0, clock: clock.time });
    outputs.add('assignments', { key: String(offset), value: 'x'.repeat(bytes) });
  };
  const keysOf = ({ outputs: records }: Commit) => records.get('assignments')?.map(({ key }) => key);
  return { commits, clock, log, outputs, work, answers, begun, keysOf };
}

/** What scoring makes of a page without windows. */
const NO_WINDOWS = { series: { length: 0 }, assignments: undefined } as unknown as Scored;

describe('commits of a partition', () => {
  it('are not made of silence that closed nothing, and are of what it led to', async () => {
    const { commits, clock, log, outputs, begun } = await open();
    for (let second = 1; second <= 60; second++) {
      clock.time = 1000 * second;
      log.silence(clock.time);
      log.page(NO_WINDOWS, NO_MARKS);
      await commits.whenDue();
    }
    expect(begun).toHaveLength(0);
    outputs.add('alerts', { key: 'c', value: 'a customer gone silent' });
    await commits.whenDue();
    expect(begun).toHaveLength(1);
  });

  it('grow while brokers are slow: work waits for the one under way only when the next is full', async () => {
    const { commits, clock, work, answers, begun, keysOf } = await open();
    work(10);
    clock.time = 50;
    await commits.whenDue();
    expect(begun.map(keysOf)).toEqual([['1']]);
    for (let i = 0; i < 5; i++) {
      work(10);
      clock.time += 1000;
      expect(await commits.whenDue()).toBeLessThan(OPTIONS.commitEveryMs);
    }
    expect(begun).toHaveLength(1);
    work(OPTIONS.maxCommitBytes);
    let isFull = true;
    const waiting = commits.whenDue().then(() => {
      isFull = false;
    });
    await new Promise(setImmediate);
    expect(isFull).toBe(true);
    answers[0]!.resolve();
    await waiting;
    expect(begun.map(keysOf)).toEqual([['1'], ['2', '3', '4', '5', '6', '7']]);
  });

  it('follow each other at once when the one before took longer than the time between two', async () => {
    const { commits, clock, work, answers, begun } = await open();
    work(10);
    clock.time = 50;
    await commits.whenDue();
    work(10);
    clock.time = 500;
    await commits.whenDue();
    answers[0]!.resolve();
    await new Promise(setImmediate);
    await commits.whenDue();
    expect(begun).toHaveLength(2);
  });

  it('tell what the one under way failed with, and begin no other', async () => {
    const { commits, clock, work, answers, begun } = await open();
    work(10);
    clock.time = 50;
    await commits.whenDue();
    answers[0]!.reject(new Error('the broker is gone'));
    await new Promise(setImmediate);
    work(10);
    await expect(commits.whenDue()).rejects.toThrow('the broker is gone');
    expect(begun).toHaveLength(1);
  });

  it('hold the whole state before a store is full', async () => {
    const few = await open(MAX_LOG_ENTRIES / 2 - 1);
    const many = await open(MAX_LOG_ENTRIES / 2);
    for (const { commits, clock, work } of [few, many]) {
      work(10);
      clock.time = 50;
      await commits.whenDue();
    }
    expect(few.begun[0]!.checkpoint).toBeUndefined();
    expect(many.begun[0]!.checkpoint).toBeDefined();
  });
});
