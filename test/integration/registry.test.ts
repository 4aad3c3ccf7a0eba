import avro, { type Schema } from 'avsc';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { DeadLetter } from '../../src/ingest/dead-letter.js';
import { resolveIngest } from '../../src/ingest/ingest-settings.js';
import { ASSIGNMENTS, DEAD_LETTERS, OUTPUTS } from '../../src/publish/output.js';
import { createAvroValues } from '../../src/transport/kafka/avro-values.js';
import { createKafkaProducer } from '../../src/transport/kafka/kafka-producer.js';
import { createKafkaSink } from '../../src/transport/kafka/kafka-sink.js';
import { createKafkaSource, type KafkaSource } from '../../src/transport/kafka/kafka-source.js';
import { findOutputSchemas } from '../../src/transport/registry/output-schemas.js';
import { createRegistryClient, type RegistryClient } from '../../src/transport/registry/registry-client.js';
import { createTestTopic, type TestTopic } from '../support/kafka/topic.js';
import { type SchemaRegistry, startRegistry } from '../support/registry/start.js';

const brokers = inject('brokers');
const clock = { now: () => Date.now() };
const T0 = Date.UTC(2026, 0, 1);

let registry: SchemaRegistry;
beforeAll(async () => {
  registry = await startRegistry();
}, 600_000);
afterAll(() => registry?.remove());

const time = { name: 'at', type: { type: 'long', logicalType: 'timestamp-micros' } };
const usage = (...fields: object[]): object => ({ type: 'record', name: 'Usage', namespace: 'org.example', fields });
const customer = { name: 'customer', type: 'string' };
const kwh = { name: 'kwh', type: 'double' };
const V1 = usage(customer, time, kwh);
const V2 = usage(
  time,
  { name: 'customerId', type: 'string', aliases: ['customer'] },
  { name: 'site', type: ['null', 'string'], default: null },
  kwh,
);

function wire(id: number, schema: object, value: object): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(id, 1);
  return Buffer.concat([head, avro.Type.forSchema(schema as Schema).toBuffer({ at: T0 * 1000, ...value })]);
}

async function openSource(
  topic: TestTopic,
  outageMs: number,
): Promise<{ source: KafkaSource; client: RegistryClient }> {
  const mapping = resolveIngest({
    fields: { customer: 'customer', time: 'at' },
    channels: [{ name: 'kwh', field: 'kwh' }],
  });
  const client = createRegistryClient({ url: registry.url, timeoutMs: 300, outageMs, negativeTtlMs: 0 }, clock);
  const values = await createAvroValues(mapping, { registry: client });
  const options = { brokers, topic: topic.topic, groupId: topic.topic, idleMs: 200, keyed: 'trust' } as const;
  return { client, source: await createKafkaSource(options, { values, clock }) };
}

/** What comes of so many records, and how many batches had to wait for them. */
async function pull(source: KafkaSource, count: number) {
  const events: number[] = [];
  const letters: DeadLetter[] = [];
  let waits = 0;
  while (events.length + letters.length < count) {
    const batch = (await source.pull())!;
    if (batch.waiting && source.assigned().length > 0) waits++;
    events.push(...batch.values);
    letters.push(...batch.deadLetters);
  }
  return { events, letters, waits };
}

describe('a schema registry', () => {
  it('gives the schemas of records, old and new; unknown ids and broken records are dead letters', async () => {
    const topic = await createTestTopic(brokers);
    const { source, client } = await openSource(topic, 10_000);
    const subject = `${topic.topic}-value`;
    const [v1, v2] = [await client.register(subject, V1), await client.register(subject, V2)];
    expect(v2).not.toBe(v1);
    const first = wire(v1, V1, { customer: 'a', kwh: 1 });
    await topic.produce([
      { value: first },
      { value: wire(v2, V2, { customerId: 'b', site: null, kwh: 2 }) },
      { value: wire(4_000_000, V1, { customer: 'a', kwh: 3 }) },
      { value: first.subarray(0, 9) },
      { value: wire(v1, V1, { customer: 'c', kwh: 5 }) },
    ]);
    const { events, letters } = await pull(source, 5);
    expect(events).toEqual([1, 2, 5]);
    expect(letters.map(({ source: from, offset, reason }) => [from, offset, reason])).toEqual([
      [`${topic.topic}/0`, 2, 'unreadable'],
      [`${topic.topic}/0`, 3, 'unreadable'],
    ]);
    expect(letters[0]!.detail).toMatch(/id 4000000, is not known to the registry/);

    const dead = await createTestTopic(brokers);
    const producer = await createKafkaProducer({ brokers });
    const sink = await createKafkaSink(producer, { topic: dead.topic, output: DEAD_LETTERS });
    await sink.write(letters);
    await sink.close();
    const [record] = await dead.read(2);
    expect(record!.headers).toEqual({
      'segtide-reason': 'unreadable',
      'segtide-detail': letters[0]!.detail,
      'segtide-source': `${topic.topic}/0`,
      'segtide-offset': '2',
    });
    await Promise.all([producer.close(), source.close()]);
    client.close();
  });

  it('is waited for while it does not answer, with all records and without an end of windows', async () => {
    const topic = await createTestTopic(brokers);
    const { source, client } = await openSource(topic, 60_000);
    const id = await client.register(`${topic.topic}-value`, V1);
    registry.suspend();
    await topic.produce([{ value: wire(id, V1, { customer: 'a', kwh: 1 }) }]);
    setTimeout(() => registry.resume(), 2000);
    const { events, letters, waits } = await pull(source, 1);
    expect([events, letters]).toEqual([[1], []]);
    expect(waits).toBeGreaterThan(0);
    await source.close();
    client.close();
  });

  it('that stays away ends the run, and no record is refused for it', async () => {
    const topic = await createTestTopic(brokers);
    const { source, client } = await openSource(topic, 1000);
    const id = await client.register(`${topic.topic}-value`, V1);
    registry.suspend();
    try {
      await topic.produce([{ value: wire(id, V1, { customer: 'a', kwh: 1 }) }]);
      await expect(pull(source, 1)).rejects.toMatchObject({
        code: 'transport',
        retriable: true,
        message: expect.stringMatching(/has failed for 1000 ms \(no answer within 300 ms\)/),
      });
    } finally {
      registry.resume();
    }
    expect(source.position()).toEqual({});
    await source.close();
    client.close();
  });

  it('holds the schemas of outputs, and readers find them by the ids before the records', async () => {
    const client = createRegistryClient({ url: registry.url }, clock);
    const topic = await createTestTopic(brokers);
    const outputs = OUTPUTS.map((output) => ({ output, topic: `${topic.topic}.${output.name}` }));
    await expect(findOutputSchemas(client, outputs)).rejects.toThrow(/holds no schema of this version for/);
    const ids = await findOutputSchemas(client, outputs, { autoRegister: true });
    expect(await findOutputSchemas(client, outputs)).toEqual(ids);
    expect(new Set(ids.values()).size).toBe(OUTPUTS.length);

    const producer = await createKafkaProducer({ brokers });
    const schemaId = ids.get(DEAD_LETTERS.name);
    const sink = await createKafkaSink(producer, {
      topic: topic.topic,
      output: DEAD_LETTERS,
      encoding: 'avro',
      schemaId,
    });
    const letter: DeadLetter = {
      reason: 'invalid',
      detail: 'd',
      source: 's/0',
      row: 2,
      offset: 1,
      bytes: Buffer.from('x'),
      truncated: false,
    };
    await sink.write([letter]);
    await sink.close();
    const [record] = await topic.read(1);
    const found = await client.find(record!.value!.readUInt32BE(1));
    expect(found).toHaveProperty('schema');
    const type = avro.Type.forSchema(JSON.parse((found as { schema: string }).schema) as Schema);
    expect({ ...type.fromBuffer(record!.value!.subarray(5)) }).toEqual(letter);
    await producer.close();
    client.close();
  });

  it('says at the start that a subject would not take a schema', async () => {
    const client = createRegistryClient({ url: registry.url }, clock);
    const subject = 'incompatible-value';
    await client.register(subject, { type: 'record', name: 'Assignment', namespace: 'segtide', fields: [] });
    await fetch(`${registry.url}/config/${subject}`, {
      method: 'PUT',
      headers: { 'content-type': 'application/vnd.schemaregistry.v1+json' },
      body: JSON.stringify({ compatibility: 'BACKWARD' }),
    });
    for (const autoRegister of [false, true]) {
      await expect(
        findOutputSchemas(client, [{ output: ASSIGNMENTS, topic: 'incompatible' }], { autoRegister }),
      ).rejects.toThrow(/subject incompatible-value is not compatible with the one there: .+/);
    }
    client.close();
  });
});
