import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toUsageBatch } from '../../../src/ingest/usage-event.js';
import { createLeastOf } from '../../../src/transport/file/least-of.js';
import { mergeReaders } from '../../../src/transport/file/merge-readers.js';
import type { RecordReader } from '../../../src/transport/file/record-reader.js';
import { drain } from '../drain.js';

describe('createLeastOf', () => {
  it('knows the least of its numbers, the first of equal ones, after any changes', () => {
    const changes = fc.array(
      fc.tuple(fc.nat(20), fc.oneof(fc.integer({ min: 0, max: 5 }), fc.constantFrom(-Infinity, Infinity))),
    );
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), changes, (length, sets) => {
        const least = createLeastOf(length);
        const naive = new Array<number>(length).fill(Infinity);
        for (const [i, value] of sets) {
          least.set(i % length, value);
          naive[i % length] = value;
          expect(least.value()).toBe(Math.min(...naive));
          expect(least.index()).toBe(naive.indexOf(Math.min(...naive)));
        }
      }),
    );
  });
});

const MAX_AHEAD = 1_000;
const FOLLOWERS = 4;

/** A file whose records have these times, a few to a chunk. */
function toReader(times: readonly number[], source: string, chunk: number): RecordReader {
  let next = 0;
  return {
    async next() {
      if (next >= times.length) return undefined;
      const from = next;
      next = Math.min(times.length, from + chunk);
      const events = times
        .slice(from, next)
        .map((eventTime, i) => ({ customerId: `${source}${from + i}`, eventTime, values: 1 }));
      const batch = toUsageBatch(events, { source });
      return {
        ...batch,
        rows: batch.rows.map((row) => row + from),
        offsets: batch.offsets.map((offset) => offset + from),
      };
    },
    position: () => ({ row: next + 1, offset: next, inside: false }),
    close: async () => {},
  };
}

/** The rules word by word, over whole files. */
function mergeNaively(files: readonly (readonly number[])[]): { id: string; clock: number }[] {
  const merged: { id: string; clock: number }[] = [];
  const at = files.map(() => 0);
  const latest = files.map(() => -Infinity);
  const isStray = (f: number): boolean => {
    const head = files[f]![at[f]!]!;
    const followers = files[f]!.slice(at[f]! + 1, at[f]! + 1 + FOLLOWERS);
    const behind = followers.filter((time) => time < head - MAX_AHEAD);
    return head - latest[f]! > MAX_AHEAD && 2 * behind.length > followers.length;
  };
  for (;;) {
    const open = files.map((_, f) => f).filter((f) => at[f]! < files[f]!.length);
    if (open.length === 0) return merged;
    const stray = open.find(isStray);
    const head = (f: number): number => files[f]![at[f]!]!;
    const f = stray ?? open.reduce((best, each) => (head(each) < head(best) ? each : best));
    const clock =
      stray === undefined ? Math.min(...open.map((each) => Math.max(latest[each]!, head(each)))) : -Infinity;
    merged.push({ id: `${'abcdef'[f]}${at[f]}`, clock });
    if (stray === undefined) latest[f] = Math.max(latest[f]!, head(f));
    at[f]!++;
  }
}

describe('mergeReaders', () => {
  const time = fc.oneof(
    { weight: 6, arbitrary: fc.integer({ min: 0, max: 3_000 }) },
    { weight: 1, arbitrary: fc.integer({ min: 0, max: 100_000 }) },
  );
  const file = fc.record({
    times: fc.array(time, { maxLength: 25 }),
    sorted: fc.boolean(),
    chunk: fc.integer({ min: 1, max: 9 }),
  });

  it('follows its rules as a naive merge of whole files does, whatever the chunks and batches', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(file, { minLength: 1, maxLength: 6 }),
        fc.integer({ min: 1, max: 30 }),
        async (files, batchSize) => {
          const all = files.map(({ times, sorted }) => (sorted ? [...times].sort((a, b) => a - b) : times));
          const inputs = all.map((times, f) => ({
            source: 'abcdef'[f]!,
            reader: toReader(times, 'abcdef'[f]!, files[f]!.chunk),
            from: { row: 1, offset: 0, inside: false, latest: null },
          }));
          const { records } = await drain(mergeReaders(inputs, MAX_AHEAD, batchSize));
          expect(records.map(({ id, clock }) => ({ id, clock }))).toEqual(mergeNaively(all));
          for (const { id, source, row, original } of records) {
            expect(id).toBe(`${source}${row - 1}`);
            expect(original).toContain(`"${id}"`);
          }
        },
      ),
      { numRuns: 1_000 },
    );
  });
});
