import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { resolveIngest } from '../../../src/ingest/ingest-settings.js';
import { createDecisionLog } from '../../../src/service/worker/decision-log.js';
import { createRecordedSource } from '../../../src/service/worker/recorded-source.js';
import { createReplay, type Replay } from '../../../src/service/worker/replay.js';
import { createTopicClocks } from '../../../src/service/worker/topic-clocks.js';
import { createJsonValues } from '../../../src/transport/kafka/json-values.js';
import { createMemoryPartition } from '../../support/memory-partition.js';

const T0 = Date.UTC(2026, 0, 1);
const usage = (count: number, size = 0) =>
  Array.from({ length: count }, () => ({ key: 'a', value: JSON.stringify({ id: 'a', t: T0, x: 'x'.repeat(size) }) }));

interface Given {
  readonly names?: readonly string[];
  readonly replay?: Replay;
  readonly isStopped?: () => boolean;
}

/** A source that gathers for 20 ms, by a clock that stands where it is put. */
function open({ names = ['usage'], replay = createReplay([]), isStopped = () => false }: Given = {}) {
  const topics = createMemoryPartition(0, names);
  const partition = topics.assign(10_000);
  const log = createDecisionLog({ identity: '', partitions: 1 });
  let now = T0;
  const source = createRecordedSource(
    partition,
    { gatherMs: 20, keyed: 'trust', maxBatchBytes: 100_000, idleMs: 60_000, topicIdleMs: 60_000, maxAheadMs: 0 },
    {
      values: createJsonValues(resolveIngest({ fields: { customer: 'id', time: 't' }, time: { unit: 'ms' } })),
      log,
      replay,
      clocks: createTopicClocks([...names]),
      clock: { now: () => now },
      wake: () => undefined,
      isStopped,
      between: async () => 1000,
    },
    new Map(),
  );
  partition.start(new Map());
  return {
    append: (...records: Parameters<typeof usage>) => topics.append('usage', usage(...records)),
    appendTo: (topic: string, ...records: Parameters<typeof usage>) => topics.append(topic, usage(...records)),
    entry: () => log.entry(0)!,
    async pull() {
      return (await source.pull())!.length;
    },
    later(ms: number) {
      now += ms;
    },
    /** Records of each take. */
    takes() {
      const { kinds, counts } = log.entry(0)!;
      return [...counts].filter((_, i) => kinds[i] === 0);
    },
  };
}

it('a few records, soon after the last ones, wait for more: a trickle is few decisions', async () => {
  const { append, pull, takes } = open();
  for (let i = 0; i < 3; i++) {
    append(1);
    const pulled = pull();
    for (let more = 0; more < 4; more++) {
      await nextTurn();
      append(1);
    }
    expect(await pulled).toBe(5);
  }
  expect(takes()).toEqual([5, 5, 5]);
});

it('many records are taken at once, and so are few after a pause', async () => {
  const { append, pull, later, takes } = open();
  append(10, 1000);
  let pulled = pull();
  await nextTurn();
  append(1);
  expect(await pulled).toBe(10);
  later(20);
  pulled = pull();
  await nextTurn();
  append(1);
  expect(await pulled).toBe(1);
  expect(takes()).toEqual([10, 1]);
});

it('a restart waits for the records that were taken first, though those of another topic are there before them', async () => {
  const names = ['other', 'usage'];
  const before = open({ names });
  before.appendTo('usage', 3);
  expect(await before.pull()).toBe(3);

  let looks = 0;
  // A source that looks again and again, without waiting, would keep everything else from happening.
  const isStopped = () => ++looks > 100;
  const after = open({ names, replay: createReplay([before.entry()]), isStopped });
  after.appendTo('other', 5);
  const pulled = after.pull();
  await nextTurn();
  after.appendTo('usage', 3);
  expect(await pulled).toBe(3);
  expect(looks).toBeLessThan(10);
});
