import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { resolveIngest } from '../../../src/ingest/ingest-settings.js';
import { createJsonValues } from '../../../src/transport/kafka/json-values.js';
import { fetchedRecords } from './kafka-records.js';

const settings = resolveIngest({
  fields: { customer: 'id', time: 't' },
  channels: [{ name: 'use', field: 'v' }],
  time: { unit: 'ms' },
});
const T0 = Date.UTC(2026, 0, 1);
const usage = (v: number, indent?: number) => JSON.stringify({ id: `c${v}`, t: T0 + v, v }, null, indent);

/** All records, however many calls they take. */
function parseAll(values: readonly (string | Buffer | null)[], firstOffset = 0) {
  const parser = createJsonValues(settings);
  const records = fetchedRecords(values, firstOffset);
  const events: { v: number; id: string; offset: number; row: number; original: string }[] = [];
  const deadLetters = [];
  for (let from = 0; from < records.length; ) {
    const { batch, taken, recordOf } = parser.parse(records.slice(from, records.length), 'usage/1');
    for (let i = 0; i < batch.length; i++) {
      expect(batch.sources).toEqual(['usage/1']);
      expect(recordOf[i]).toBe(batch.offsets[i]! - firstOffset - from);
      events.push({
        v: batch.values[i]!,
        id: Buffer.from(batch.idBytes.subarray(batch.idStarts[i]!, batch.idEnds[i]!)).toString(),
        offset: batch.offsets[i]!,
        row: batch.rows[i]!,
        original: Buffer.from(batch.original(i)).toString(),
      });
    }
    deadLetters.push(...batch.deadLetters);
    expect(taken).toBeGreaterThan(0);
    from += taken;
  }
  return { events, deadLetters };
}

describe('JSON values', () => {
  it('become events with the offsets of their records', () => {
    expect(parseAll([usage(7), usage(8)], 100).events).toEqual([
      { v: 7, id: 'c7', offset: 100, row: 101, original: usage(7) },
      { v: 8, id: 'c8', offset: 101, row: 102, original: usage(8) },
    ]);
  });

  it('may hold line feeds', () => {
    const { events, deadLetters } = parseAll([usage(1), usage(2, 2), `\n${usage(3)}\n`, usage(4)]);
    expect(deadLetters).toEqual([]);
    expect(events.map((event) => [event.v, event.offset, event.original])).toEqual([
      [1, 0, usage(1)],
      [2, 1, usage(2, 2)],
      [3, 2, `\n${usage(3)}\n`],
      [4, 3, usage(4)],
    ]);
  });

  it('become dead letters with offset and original bytes where they cannot be read', () => {
    const broken = ['{"id":', '', null, '  ', '{"id":"a","t":1}', '{"id":"a\nb"}', Buffer.from([0xff, 0])];
    const { events, deadLetters } = parseAll([usage(1), ...broken, usage(2)], 40);
    expect(events.map((event) => event.offset)).toEqual([40, 48]);
    expect(deadLetters.map((letter) => [letter.offset, letter.row, letter.source])).toEqual(
      broken.map((_, i) => [41 + i, 42 + i, 'usage/1']),
    );
    const bytes = broken.map((value) => Buffer.from(value ?? ''));
    expect(deadLetters.map((letter) => Buffer.from(letter.bytes))).toEqual(bytes);
    expect(deadLetters[1]!.detail).toMatch(/empty/);
    expect(deadLetters[2]!.detail).toMatch(/tombstone/);
  });

  it('say nothing of no records', () => {
    const { batch, taken } = createJsonValues(settings).parse(fetchedRecords([]), 'usage/0');
    expect([batch.length, batch.channels, taken]).toEqual([0, 1, 0]);
  });

  it('are each an event or a dead letter, whatever they hold', () => {
    const value = fc.oneof(
      fc.nat().map((v) => usage(v)),
      fc.nat().map((v) => usage(v, 1)),
      fc.constant(null),
      fc.string({ maxLength: 5 }),
      fc.constantFrom('\n', '\r\n', '{}\n{}', '\ufeff{}'),
      fc.uint8Array({ maxLength: 6 }).map((bytes) => Buffer.from(bytes)),
    );
    fc.assert(
      fc.property(fc.array(value), (values) => {
        const { events, deadLetters } = parseAll(values);
        const offsets = [...events, ...deadLetters].map((each) => each.offset).sort((a, b) => a - b);
        expect(offsets).toEqual(values.map((_, i) => i));
      }),
      { numRuns: 500 },
    );
  });
});
