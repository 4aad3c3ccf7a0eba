import { describe, expect, it } from 'vitest';
import { toUsageBatch } from '../../../src/ingest/usage-event.js';
import { createListSink } from '../../../src/transport/memory/list-sink.js';
import { createMemoryTopic } from '../../../src/transport/memory/memory-topic.js';
import { createScriptedSource } from '../../../src/transport/memory/scripted-source.js';
import { describeSinkContract } from '../../contract/sink.js';
import { describeSourceContract } from '../../contract/source.js';

interface Numbered {
  readonly n: number;
}
const record = (n: number): Numbered => ({ n });

describeSinkContract<Numbered>(
  'a list sink',
  async () => {
    const sink = createListSink<Numbered>();
    return { sink, acknowledged: async () => sink.records.slice(0, sink.flushed) };
  },
  record,
);

describeSinkContract<Numbered>(
  'a memory topic with a reader that awaits',
  async () => {
    const sink = createMemoryTopic<Numbered>();
    const read: Numbered[] = [];
    sink.subscribe(async (batch) => {
      await Promise.resolve();
      read.push(...batch);
    });
    return { sink, acknowledged: async () => read };
  },
  record,
);

describeSourceContract('a scripted source', async () => {
  const batches = Array.from({ length: 7 }, (_, b) =>
    toUsageBatch(
      Array.from({ length: 4 }, (_, i) => ({ customerId: `c${i}`, eventTime: 1000 * (4 * b + i), values: i })),
    ),
  );
  return { open: async (from) => createScriptedSource(batches, from) };
});

describe('createMemoryTopic', () => {
  it('delivers to a reader at hand before write returns', () => {
    const topic = createMemoryTopic<number>();
    const read: number[] = [];
    topic.subscribe((batch) => {
      read.push(...batch);
    });
    void topic.write([1, 2]);
    expect(read).toEqual([1, 2]);
  });

  it('gives a late reader all that was written before, in order', async () => {
    const topic = createMemoryTopic<number>();
    await topic.write([1]);
    await topic.write([2, 3]);
    const read: (readonly number[])[] = [];
    topic.subscribe((batch) => {
      read.push(batch);
    });
    expect(read).toEqual([[1], [2, 3]]);
  });

  it('waits for the reader once more than its capacity is waiting', async () => {
    const topic = createMemoryTopic<number>({ capacity: 2 });
    await topic.write([1, 2]);
    let written = false;
    const write = topic.write([3]).then(() => {
      written = true;
    });
    await new Promise((resolve) => setImmediate(resolve));
    expect(written).toBe(false);
    topic.subscribe(() => {});
    await write;
    expect(written).toBe(true);
  });

  it('keeps one batch with the reader at a time', async () => {
    const topic = createMemoryTopic<number>();
    const steps: string[] = [];
    topic.subscribe(async ([n]) => {
      steps.push(`begin ${n}`);
      await new Promise((resolve) => setImmediate(resolve));
      steps.push(`end ${n}`);
    });
    void topic.write([1]);
    void topic.write([2]);
    await topic.flush();
    expect(steps).toEqual(['begin 1', 'end 1', 'begin 2', 'end 2']);
  });

  it('lets a reader write to the topic that it reads', async () => {
    const topic = createMemoryTopic<number>();
    const read: number[] = [];
    topic.subscribe(async ([n]) => {
      read.push(n!);
      if (n! < 3) await topic.write([n! + 1]);
    });
    await topic.write([1]);
    await topic.flush();
    expect(read).toEqual([1, 2, 3]);
  });

  it.each([
    [
      'throws',
      () => {
        throw new Error('no good');
      },
    ],
    [
      'rejects',
      async () => {
        throw new Error('no good');
      },
    ],
  ])('breaks when its reader %s, and says so from then on', async (_, reader) => {
    const topic = createMemoryTopic<number>();
    topic.subscribe(reader);
    await expect(topic.write([1])).rejects.toThrow('no good');
    await expect(topic.write([2])).rejects.toThrow('no good');
    await expect(topic.flush()).rejects.toThrow('no good');
  });

  it('keeps records for the next reader after a subscription ended, and has one reader at a time', async () => {
    const topic = createMemoryTopic<number>();
    const stop = topic.subscribe(() => {});
    expect(() => topic.subscribe(() => {})).toThrow(/has a reader/);
    stop();
    await topic.write([7]);
    const read: number[] = [];
    topic.subscribe((batch) => {
      read.push(...batch);
    });
    expect(read).toEqual([7]);
  });

  it('rejects those who wait when it is closed', async () => {
    const topic = createMemoryTopic<number>({ capacity: 1 });
    await topic.write([1]);
    const waiting = topic.write([2]);
    const flushing = topic.flush();
    const both = Promise.allSettled([waiting, flushing]);
    await topic.close();
    expect((await both).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  });
});

describe('createScriptedSource', () => {
  it('throws an error of its script once, and refuses a position outside', async () => {
    const source = createScriptedSource([new Error('broken wire'), toUsageBatch([])]);
    await expect(source.pull()).rejects.toThrow('broken wire');
    expect((await source.pull())?.length).toBe(0);
    expect(() => createScriptedSource([], { next: 3 })).toThrow(/position/);
  });
});
