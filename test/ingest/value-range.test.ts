import { describe, expect, it } from 'vitest';
import { createCsvParser } from '../../src/ingest/csv-parser.js';
import type { IngestOptions } from '../../src/ingest/ingest-options.js';
import { resolveIngest } from '../../src/ingest/ingest-settings.js';
import { createNdjsonParser } from '../../src/ingest/ndjson-parser.js';
import { createObjectParser } from '../../src/ingest/object-parser.js';
import { parseInChunks, type ReadAll, readBatch } from './read-batch.js';

const T = 1_704_067_200_123;
const OPTIONS: IngestOptions = {
  fields: { customer: 'c', time: 't' },
  channels: [{ name: 'usage', field: 'v' }],
  time: { unit: 'ms' },
  negative: 'keep',
};
const SETTINGS = resolveIngest(OPTIONS);

/** Values of good records come first, so that the parser has settled on its quick way. */
const FORMATS: Readonly<Record<string, (values: readonly string[]) => Pick<ReadAll, 'events' | 'deadLetters'>>> = {
  ndjson: (values) =>
    parseInChunks(
      createNdjsonParser(SETTINGS),
      Buffer.from(values.map((v) => `{"c":"a","t":${T},"v":${v}}\n`).join('')),
    ),
  csv: (values) =>
    parseInChunks(createCsvParser(SETTINGS), Buffer.from(`c,t,v\n${values.map((v) => `a,${T},${v}\n`).join('')}`)),
  objects: (values) => {
    const parser = createObjectParser(SETTINGS);
    for (const [i, v] of values.entries()) {
      parser.append({ c: 'a', t: T, v: Number(v) }, { source: 'f', row: i + 1, offset: 0 });
    }
    const batch = parser.takeBatch();
    return { events: readBatch(batch), deadLetters: batch.deadLetters };
  },
};

describe.each(Object.entries(FORMATS))('values of %s', (_, read) => {
  const good = Array.from({ length: 200 }, () => '1');

  it('are refused where single precision has no finite number for them', () => {
    const { events, deadLetters } = read([...good, '1e39', '-1e39', '3.4028236e38']);
    expect(events).toHaveLength(good.length);
    expect(deadLetters.map(({ reason }) => reason)).toEqual(['not-finite', 'not-finite', 'not-finite']);
    expect(deadLetters[0]!.detail).toMatch(/^field `v` is 1e\+?39, which single precision cannot hold$/);
  });

  it('are taken up to the largest of single precision, also as its shortest decimal', () => {
    const most = ['3.4028235e38', '-3.4028235e38', '3.4028234663852886e38'];
    const { events, deadLetters } = read([...good, ...most]);
    expect(deadLetters).toEqual([]);
    expect(events.slice(good.length).map(({ values }) => values[0])).toEqual(most.map(Number));
    expect(events.every(({ values }) => Number.isFinite(Math.fround(values[0]!)))).toBe(true);
  });
});
