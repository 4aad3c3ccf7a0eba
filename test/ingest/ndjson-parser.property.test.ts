import { isUtf8 } from 'node:buffer';

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { IngestOptions } from '../../src/ingest/ingest-options.js';
import { resolveIngest } from '../../src/ingest/ingest-settings.js';
import { createNdjsonParser } from '../../src/ingest/ndjson-parser.js';
import { createTimeUnitWatch } from '../../src/ingest/time-unit-watch.js';
import { parseInChunks } from './read-batch.js';

const OPTIONS: IngestOptions = {
  fields: { customer: 'id', time: 'at.ms' },
  channels: [
    { name: 'usage', field: 'usage' },
    { name: 'cost', field: 'at.cost', optional: true },
  ],
  time: { unit: 'ms', min: '1969-01-01' },
};
const MIN = Date.UTC(1969, 0);
const MAX = Date.UTC(2100, 0);

/** Begins the ids of the reference that were numbers. */
const NUMERIC = 'number ';

interface Outcome {
  readonly row: number;
  readonly offset: number;
  readonly event?: { readonly id: string; readonly time: number; readonly values: readonly number[] };
}

/** The same by JSON.parse, an object a record. */
function parseNaively(file: Buffer): Outcome[] {
  const outcomes: Outcome[] = [];
  let offset = 0;
  for (let row = 1; offset < file.length; row++) {
    const feed = file.indexOf(10, offset);
    const end = feed < 0 ? file.length : feed;
    const mark = row === 1 && file.subarray(0, 3).equals(Buffer.from('\ufeff')) ? 3 : 0;
    const line = file.subarray(offset + mark, end);
    if (!/^[ \t\r]*$/.test(line.toString('latin1'))) {
      outcomes.push({ row, offset: offset + mark, ...readNaively(line) });
    }
    offset = end + 1;
  }
  return outcomes;
}

function readNaively(line: Buffer): Pick<Outcome, 'event'> {
  if (!isUtf8(line)) return {};
  let record: unknown;
  try {
    record = JSON.parse(line.toString());
  } catch {
    return {};
  }
  const own = (value: unknown, key: string): unknown =>
    typeof value === 'object' && value !== null && !Array.isArray(value) && Object.hasOwn(value, key)
      ? (value as Record<string, unknown>)[key]
      : undefined;
  const id = own(record, 'id');
  let time = own(own(record, 'at'), 'ms');
  if (typeof time === 'number' && !Number.isInteger(time)) time = Math.floor(Math.round(time * 1000) / 1000);
  const usage = own(record, 'usage');
  const cost = own(own(record, 'at'), 'cost') ?? NaN;
  if ((typeof id !== 'string' && typeof id !== 'number') || id === '' || /\p{Surrogate}/u.test(String(id))) return {};
  if (typeof time !== 'number' || !(time >= MIN && time < MAX)) return {};
  if (typeof usage !== 'number' || !isSingle(usage)) return {};
  if (typeof cost !== 'number' || (own(own(record, 'at'), 'cost') != null && !isSingle(cost))) return {};
  return { event: { id: typeof id === 'number' ? `${NUMERIC}${id}` : id, time, values: [usage, cost] } };
}

/** Whether single precision has a finite number for it. */
const isSingle = (value: number): boolean => Number.isFinite(Math.fround(value));

const space = fc.constantFrom('', '', '', ' ', '\t', ' \r ', '   ');
const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.string({ unit: 'grapheme-ascii', maxLength: 12 }),
  fc.stringMatching(/^c[0-9]{0,6}$/),
);
/** A JSON string of a text, each character escaped or not. */
const stringJson = fc.tuple(anyText, fc.integer({ min: 0, max: 3 })).map(([text, style]) => {
  if (style < 2) return JSON.stringify(text);
  return `"${[...text].map((c, i) => ((i + style) % 2 ? escapeAll(c) : JSON.stringify(c).slice(1, -1))).join('')}"`;
});
const escapeAll = (c: string): string =>
  c === '/'
    ? '\\/'
    : [...Array(c.length).keys()].map((i) => `\\u${c.charCodeAt(i).toString(16).padStart(4, '0')}`).join('');

const numberJson = fc.oneof(
  fc
    .double({ noNaN: true, noDefaultInfinity: true })
    .map(String)
    .filter((text) => !text.includes('Inf')),
  fc.integer().map(String),
  fc
    .tuple(fc.bigInt({ min: 0n, max: 10n ** 25n }), fc.bigInt({ min: 0n, max: 10n ** 20n }))
    .map(([a, b]) => `-${a}.${b}`),
  fc.tuple(fc.nat(999_999), fc.nat(999)).map(([a, b]) => `${a}.${String(b).padStart(3, '0')}`),
  fc.tuple(fc.nat(), fc.constantFrom('e', 'E'), fc.constantFrom('', '+', '-'), fc.nat(330)).map((x) => x.join('')),
  fc.constantFrom('0', '-0', '0.0', '1e400', '0.1', '123456789', '1234567890', '999999999999999', '9007199254740993'),
);
const unknownJson: fc.Arbitrary<string> = fc.oneof(
  fc.json({ maxDepth: 3 }),
  stringJson,
  numberJson,
  fc.constantFrom('true', 'null', '[]', '{}', '[ ]', '{ "id" : [ 1 , {"at":{"ms":5}} ] }', '{"__proto__":{"id":"x"}}'),
);
const wrongJson = fc.constantFrom(
  'null',
  'true',
  '"7"',
  '{}',
  '[1]',
  'NaN',
  '01',
  '+1',
  '.5',
  '1.',
  '"\\x"',
  '"\t"',
  'nul',
);

const key = (name: string) => fc.boolean().map((escaped) => (escaped ? `"${escapeAll(name)}"` : `"${name}"`));
const plainKey = (name: string) =>
  fc.oneof({ weight: 5, arbitrary: fc.constant(`"${name}"`) }, { weight: 1, arbitrary: key(name) });
const mostly = (good: fc.Arbitrary<string>) =>
  fc.oneof({ weight: 12, arbitrary: good }, { weight: 1, arbitrary: wrongJson });

/** An object of some members in random order, with random white space. */
const objectJson = (members: readonly (readonly [string, fc.Arbitrary<string>])[]): fc.Arbitrary<string> =>
  fc
    .tuple(
      fc.tuple(...members.map(([name, value]) => fc.tuple(plainKey(name), mostly(value)))),
      fc.array(
        fc.tuple(
          fc.string({ maxLength: 4 }).map((name) => JSON.stringify(name)),
          unknownJson,
        ),
        { maxLength: 3 },
      ),
      fc.boolean(),
      fc.array(space, { minLength: 6, maxLength: 6 }),
    )
    .chain(([known, unknown, twice, spaces]) => {
      const all = [...known, ...unknown, ...(twice ? known.slice(0, 1) : [])];
      return fc.shuffledSubarray(all, { minLength: Math.max(0, all.length - 1), maxLength: all.length }).map((some) => {
        let turn = 0;
        const gap = (): string => spaces[turn++ % spaces.length]!;
        return `{${gap()}${some.map(([k, v]) => `${gap()}${k}${gap()}:${gap()}${v}${gap()}`).join(',')}${gap()}}`;
      });
    });

const time = fc.integer({ min: MIN - 1000, max: MAX + 1000 }).map(String);
const record = objectJson([
  ['id', fc.oneof({ weight: 4, arbitrary: stringJson }, { weight: 1, arbitrary: fc.nat().map(String) })],
  ['usage', numberJson],
  [
    'at',
    objectJson([
      ['ms', time],
      ['cost', numberJson],
    ]),
  ],
]);
const plainRecord = fc
  .tuple(fc.nat(999), time, fc.nat(99_999))
  .map(([id, ms, usage]) => `{"id":"c${id}","at":{"ms":${ms},"cost":1.5},"usage":${usage / 1000}}`);
const line = fc.oneof(
  { weight: 6, arbitrary: record },
  { weight: 6, arbitrary: plainRecord },
  { weight: 1, arbitrary: fc.constantFrom('', ' ', '\r', '{}', '[]', '{', 'null', '\ufeff{}') },
);
const file = fc
  .tuple(fc.array(fc.tuple(line, fc.constantFrom('\n', '\n', '\r\n')), { maxLength: 12 }), fc.boolean(), fc.boolean())
  .map(([lines, mark, whole]) => {
    const text = (mark ? '\ufeff' : '') + lines.map(([text, end]) => text.replaceAll('\n', ' ') + end).join('');
    return Buffer.from(whole ? text : text.trimEnd());
  });
const sizes = fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 8 });

function expectSame(bytes: Buffer, reads: readonly number[]): void {
  const settings = resolveIngest(OPTIONS);
  const watch = createTimeUnitWatch(settings);
  // It has decided: in a file of a few odd times, another unit may well fit most of them, which is an error rightly.
  watch.accepted(undefined, 0);
  const got = parseInChunks(createNdjsonParser(settings, watch), bytes, reads);
  const naive = parseNaively(bytes);
  // Numeric ids are taken as written, which JSON.parse does not tell.
  const numeric = new Set(naive.filter(({ event }) => event?.id.startsWith(NUMERIC)).map(({ row }) => row));
  const outcomes: Outcome[] = [
    ...got.events.map(({ row, offset, id, time, values }) => ({
      row,
      offset,
      event: { id: numeric.has(row) ? `${NUMERIC}${Number(id)}` : id, time, values },
    })),
    ...got.deadLetters.map(({ row, offset }) => ({ row, offset })),
  ];
  expect(outcomes.toSorted((a, b) => a.row - b.row)).toEqual(naive);
}

describe('ndjson parser against JSON.parse', () => {
  it('reads the same from any records, however they are written and cut', () => {
    fc.assert(
      fc.property(file, sizes, (bytes, reads) => expectSame(bytes, reads)),
      { numRuns: 1500 },
    );
  });

  it('gives each line one fate when bytes are damaged', () => {
    const damage = fc.array(
      fc.tuple(
        fc.nat(5000),
        fc.constantFrom('set', 'insert', 'remove'),
        fc.oneof(fc.nat(255), fc.constantFrom(...Buffer.from('{}[]":,\\\n\r 0e-.'))),
      ),
      { minLength: 1, maxLength: 6 },
    );
    fc.assert(
      fc.property(file, damage, sizes, (bytes, changes, reads) => {
        const damaged = [...bytes];
        for (const [at, kind, byte] of changes) {
          if (kind === 'set' && damaged.length > 0) damaged[at % damaged.length] = byte;
          else if (kind === 'insert') damaged.splice(at % (damaged.length + 1), 0, byte);
          else damaged.splice(at % (damaged.length + 1), 1);
        }
        expectSame(Buffer.from(damaged), reads);
      }),
      { numRuns: 1500 },
    );
  });
});
