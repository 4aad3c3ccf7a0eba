import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import avro, { type Schema } from 'avsc';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { avroHeader } from '../../../src/ingest/avro-fingerprint.js';
import { resolveIngest } from '../../../src/ingest/ingest-settings.js';
import { loadConfig } from '../../../src/service/config/load-config.js';
import { openValues } from '../../../src/service/run/open-values.js';
import { readPem, serve, type TestServer } from '../../support/registry/serve.js';
import { fetchedRecords } from '../../transport/kafka/kafka-records.js';

const mapping = resolveIngest({ fields: { customer: 'id', time: 't' }, channels: [{ name: 'v', field: 'v' }] });
const T = '2026-01-01T00:00:00Z';
const schemaOf = (name: string): object => ({
  type: 'record',
  name,
  fields: [
    { name: 'v', type: 'double' },
    { name: 'id', type: 'string' },
    { name: 't', type: 'string' },
  ],
});
const [A, B] = [schemaOf('A'), schemaOf('B')];
const toBody = (schema: object, v: number) => avro.Type.forSchema(schema as Schema).toBuffer({ v, id: 'a', t: T });
const single = (schema: object, v: number) =>
  Buffer.concat([avroHeader(avro.Type.forSchema(schema as Schema)), toBody(schema, v)]);
const json = (v: number) => JSON.stringify({ id: 'a', t: T, v });
const EVENT = { specversion: '1.0', id: '1', source: 's', type: 't' };

let folder: string;
let registry: TestServer;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'segtide-values-'));
  for (const [name, schema] of Object.entries({ a: A, b: B })) {
    await writeFile(path.join(folder, `${name}.avsc`), JSON.stringify(schema));
  }
  await writeFile(path.join(folder, 'ca.pem'), await readPem('cert'));
  registry = await serve((_, response) => response.end(JSON.stringify({ schema: JSON.stringify(A) })), { tls: true });
});
afterAll(async () => {
  await registry.close();
  await rm(folder, { recursive: true, force: true });
});

async function parse(keys: string, values: readonly (string | Buffer)[]): Promise<(number | string)[]> {
  const text = `input: { kind: kafka, kafka: { brokers: [a:1], ${keys.replaceAll('$', folder)} } }`;
  const { input } = loadConfig({ file: { path: 'c.yaml', text } });
  const opened = await openValues(input.kafka!, mapping, { now: () => 0 });
  try {
    const parser = await opened.create();
    const records = fetchedRecords(values);
    await parser.prepare?.(records);
    const { batch, taken } = parser.parse(records, 'usage/0');
    expect(taken).toBe(values.length);
    return [...batch.values, ...batch.deadLetters.map(({ reason }) => reason)];
  } finally {
    opened.close();
  }
}

describe('values as the config says', () => {
  it.each([
    ['format: json', [json(1)]],
    ['format: avro, avroSchema: $/a.avsc', [toBody(A, 1)]],
    ['format: avro, avroSchema: [$/a.avsc, $/b.avsc], avroFraming: single-object', [single(B, 1)]],
    ['format: cloudevents', [JSON.stringify({ ...EVENT, data: JSON.parse(json(1)) })]],
    ['format: auto', [json(1)]],
    ['format: auto, avroSchema: $/b.avsc', [single(B, 1)]],
  ])('are read: %s', async (keys, values) => {
    expect(await parse(keys, [...values, 'x'])).toEqual([1, 'unreadable']);
  });

  it('are read by a registry over TLS', async () => {
    const value = Buffer.concat([Buffer.from([0, 0, 0, 0, 1]), toBody(A, 1)]);
    const keys = `registry: { url: "${registry.url}", ca: $/ca.pem, token: t }`;
    for (const format of ['avro', 'auto']) expect(await parse(`format: ${format}, ${keys}`, [value])).toEqual([1]);
  });

  it('need schemas that can be read', async () => {
    const keys = 'format: avro, avroSchema: $/missing.avsc';
    await expect(parse(keys, [])).rejects.toThrow(/'input.kafka.avroSchema' names .*missing.avsc, which can't be read/);
    await expect(parse(`format: avro, registry: { url: "https://r", ca: $/a.avsc }`, [])).rejects.toThrow(/PEM/);
  });
});
