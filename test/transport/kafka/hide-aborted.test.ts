import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type FetchedMessage, hideAborted } from '../../../src/transport/kafka/hide-aborted.js';

type Act = { readonly producer: number; readonly act: 'write' | 'commit' | 'abort' };

const MARKERS = { abort: Buffer.from([0, 0, 0, 0]), commit: Buffer.from([0, 0, 0, 1]) };

/** The log that producers leave who write in turns, the transactions that were aborted in the order in which brokers list them, and which records are of those. */
function logOf(acts: readonly Act[]) {
  const messages: FetchedMessage[] = [];
  const listed: { producerId: string; firstOffset: string; last: number }[] = [];
  const open = new Map<number, number[]>();
  const dead = new Set<number>();
  const end = (producer: number, act: 'commit' | 'abort'): void => {
    const written = open.get(producer);
    if (written === undefined) return;
    open.delete(producer);
    const offset = messages.length;
    const batchContext = { producerId: String(producer), inTransaction: true };
    messages.push({ offset: String(offset), key: MARKERS[act], isControlRecord: true, batchContext });
    if (act === 'commit') return;
    listed.push({ producerId: String(producer), firstOffset: String(written[0]), last: offset });
    for (const one of written) dead.add(one);
  };
  for (const { producer, act } of acts) {
    if (act !== 'write') end(producer, act);
    else {
      const offset = messages.length;
      open.set(producer, [...(open.get(producer) ?? []), offset]);
      const batchContext = { producerId: String(producer), inTransaction: producer > 0 };
      // A key that looks like a marker is none.
      messages.push({ offset: String(offset), key: MARKERS.abort, isControlRecord: false, batchContext });
      if (producer === 0) open.delete(0);
    }
  }
  for (const producer of [...open.keys()]) end(producer, 'abort');
  return { messages, listed, dead };
}

describe('records of aborted transactions', () => {
  it('are hidden, and no others, whoever writes in between and wherever reading begins', () => {
    const act = fc.record({
      producer: fc.nat({ max: 4 }),
      act: fc.constantFrom('write' as const, 'write' as const, 'write' as const, 'commit' as const, 'abort' as const),
    });
    fc.assert(
      fc.property(fc.array(act, { maxLength: 60 }), fc.nat({ max: 60 }), (acts, begin) => {
        const { messages, listed, dead } = logOf(acts);
        const fetched = messages.slice(begin);
        const partition = {
          messages: fetched,
          abortedTransactions: listed.filter(({ last }) => last >= begin),
        };
        const data = fetched.filter(({ isControlRecord }) => !isControlRecord).map(({ offset }) => Number(offset));
        hideAborted(partition);
        const left = fetched.filter(({ isControlRecord }) => !isControlRecord).map(({ offset }) => Number(offset));
        expect(left).toEqual(data.filter((offset) => !dead.has(offset)));
        expect(partition.abortedTransactions.length === 0 || listed.length === 0).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});
