import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { IngestOptions } from '../../src/ingest/ingest-options.js';
import { resolveIngest } from '../../src/ingest/ingest-settings.js';
import { createNdjsonParser } from '../../src/ingest/ndjson-parser.js';
import { createObjectParser } from '../../src/ingest/object-parser.js';
import type { UsageBatch } from '../../src/ingest/usage-batch.js';
import { readBatch } from './read-batch.js';

const WHOLE = ['e.0', 'e.1', 'e.2'];

function settingsOf(fields: readonly string[]) {
  const options: IngestOptions = {
    fields: { customer: 'id', time: 't' },
    channels: fields.map((field, i) => ({ name: `e${i}`, field })),
    time: { unit: 'ms' },
  };
  return resolveIngest(options);
}

/** Lines as NDJSON, as JSON payloads, and those that are JSON as objects: all must read the same. */
function readAll(fields: readonly string[], lines: readonly string[]): UsageBatch[] {
  const settings = settingsOf(fields);
  const bytes = Buffer.from(`${lines.join('\n')}\n`);
  const { batch } = createNdjsonParser(settings).parse(
    bytes,
    0,
    bytes.length,
    { source: 's', row: 0, offset: 0 },
    true,
  );
  const payloads = createObjectParser(settings);
  const objects = createObjectParser(settings);
  for (const [row, line] of lines.entries()) {
    payloads.appendJson(Buffer.from(line), { source: 's', row, offset: row });
    objects.append(JSON.parse(line), { source: 's', row, offset: row });
  }
  return [batch, payloads.takeBatch(), objects.takeBatch()];
}

const line = (e: unknown): string => JSON.stringify({ id: 'a', t: 1_704_067_200_000, e, more: [1, [2]] });

describe('elements of an array', () => {
  it('are read by their number, nested ones too, in any white space', () => {
    const lines = [line([1, -2.5, 3]), line([4, 5, 6]).replace('[4,5,6]', '[ 4 ,\t5 , 6 ]')];
    for (const batch of readAll(WHOLE, lines)) {
      expect(readBatch(batch).map(({ values }) => values)).toEqual([
        [1, -2.5, 3],
        [4, 5, 6],
      ]);
    }
    for (const batch of readAll(['e.1.x', 'e.0.0'], [line([[7, 8], { x: 9 }])])) {
      expect(readBatch(batch).map(({ values }) => values)).toEqual([[9, 7]]);
    }
  });

  it('make a dead letter of an array of another length, and the stream goes on', () => {
    const lines = [line([1, 2, 3]), line([1, 2]), line([1, 2, 3, 4]), line([]), line([4, 5, 6])];
    for (const batch of readAll(WHOLE, lines)) {
      expect(readBatch(batch).map(({ values }) => values)).toEqual([
        [1, 2, 3],
        [4, 5, 6],
      ]);
      expect(batch.deadLetters.map(({ reason, detail }) => [reason, detail])).toEqual(
        [2, 4, 0].map((count) => [
          'invalid',
          `field \`e.0\` is of an array of ${count}, where 3 elements are mapped, not a number`,
        ]),
      );
    }
  });

  it('make a dead letter of an element that is no number, of NaN, and of what is no array', () => {
    const wrong = [line([1, null, 3]), line([1, '2', 3]), line([1, [2], 3]), line(7), line({})];
    for (const batch of readAll(WHOLE, [...wrong, line([1, 2, 3])])) {
      expect(readBatch(batch).map(({ values }) => values)).toEqual([[1, 2, 3]]);
      expect(batch.deadLetters.map(({ reason }) => reason)).toEqual([
        ...['incomplete', 'invalid', 'invalid', 'incomplete', 'incomplete'],
      ]);
    }
    const bytes = Buffer.from(`${line([1, 2, 3]).replace('[1,2,3]', '[1,NaN,3]')}\n`);
    const { batch } = createNdjsonParser(settingsOf(WHOLE)).parse(
      ...([bytes, 0, bytes.length, { source: 's', row: 0, offset: 0 }, true] as const),
    );
    expect(batch.deadLetters.map(({ reason }) => reason)).toEqual(['not-finite']);
    const objects = createObjectParser(settingsOf(WHOLE));
    objects.append({ id: 'a', t: 1, e: [1, Number.NaN, 3] }, { source: 's', row: 0, offset: 0 });
    objects.append({ id: 'a', t: 1, e: Float32Array.of(1, 2, 3) }, { source: 's', row: 1, offset: 1 });
    objects.append({ id: 'a', t: 1, e: Float32Array.of(1, 2) }, { source: 's', row: 2, offset: 2 });
    const given = objects.takeBatch();
    expect(given.deadLetters.map(({ reason }) => reason)).toEqual(['not-finite', 'invalid']);
    expect(readBatch(given).map(({ values }) => values)).toEqual([[1, 2, 3]]);
  });

  it('are a channel each where their number is given, as if each were named', () => {
    const options: IngestOptions = { fields: { customer: 'id', time: 't' }, time: { unit: 'ms' } };
    const resolved = resolveIngest({
      ...options,
      channels: [
        { name: 'vector', field: 'e', elements: 3 },
        { name: 'more', field: 'more.0' },
      ],
    });
    expect(resolved.channels.map(({ name }) => name)).toEqual(['vector.0', 'vector.1', 'vector.2', 'more']);
    const parser = createObjectParser(resolved);
    for (const [row, text] of [line([1, 2, 3]), line([1, 2]), line([1, null, 3])].entries()) {
      parser.appendJson(Buffer.from(text), { source: 's', row, offset: row });
    }
    const batch = parser.takeBatch();
    expect(readBatch(batch).map(({ values }) => values)).toEqual([[1, 2, 3, 1]]);
    expect(batch.deadLetters.map(({ detail }) => detail)).toEqual([
      'field `e.0` is of an array of 2, where 3 elements are mapped, not a number',
      'field `e.1` is null',
    ]);
  });

  it.each<[object, string]>([
    ...[0, 1, 2.5, 4097, Number.NaN].map((elements): [object, string] => [
      { elements },
      `must be a whole number from 2 to 4096; got ${elements}`,
    ]),
    [{ elements: 3, optional: true }, 'excludes `cumulative` and `optional`'],
    [{ elements: 3, cumulative: true }, 'excludes `cumulative` and `optional`'],
  ])('are refused as %j', (fields, words) => {
    const channel = { name: 'e', field: 'e', ...fields };
    expect(() => resolveIngest({ fields: { customer: 'id', time: 't' }, channels: [channel] })).toThrow(words);
  });

  it('are mapped by one channel alone, 4,096 at most', () => {
    const map = (elements: number, other?: number) =>
      resolveIngest({
        fields: { customer: 'id', time: 't' },
        channels: [
          { name: 'e', field: 'e', elements },
          ...(other === undefined ? [] : [{ name: 'f', field: 'e', elements: other }]),
        ],
      });
    expect(map(4096).channels).toHaveLength(4096);
    const words = '`channels[].elements` of `e` maps all of `e`, which is mapped otherwise, too';
    expect(() => map(8, 9)).toThrow(words);
    const channels = [{ name: 'e', field: 'e', elements: 8 }];
    const fields = { customer: 'id', time: 't' };
    expect(() => resolveIngest({ fields, channels: [...channels, { name: 'f', field: 'e.9' }] })).toThrow(words);
    expect(() => resolveIngest({ fields: { ...fields, label: 'e.2' }, channels })).toThrow(words);
  });

  it('may be picked from an array of any length, where not all from the first on are mapped', () => {
    for (const fields of [['e.1'], ['e.0'], ['e.1', 'e.2'], ['e.0', 'e.2']]) {
      for (const batch of readAll(fields, [line([1, 2, 3, 4])])) {
        expect(batch.deadLetters).toEqual([]);
        expect(readBatch(batch)[0]!.values).toEqual(fields.map((field) => 1 + Number(field.slice(2))));
      }
    }
  });

  it('are what JSON.parse reads', () => {
    const numbers = fc.array(fc.float({ noNaN: true, noDefaultInfinity: true }), { minLength: 2, maxLength: 12 });
    fc.assert(
      fc.property(numbers, fc.nat(14), (values, width) => {
        const fields = values.map((_, i) => `e.${i}`);
        const other = Array.from({ length: width }, (_, i) => i);
        for (const batch of readAll(fields, [line(values), line(other)])) {
          const read = readBatch(batch).map((event) => event.values);
          const expected = [values, ...(width === values.length ? [other] : [])];
          expect(read).toEqual(expected.map((one) => one.map((value) => Math.fround(value) + 0)));
        }
      }),
      { numRuns: 50 },
    );
  });
});
