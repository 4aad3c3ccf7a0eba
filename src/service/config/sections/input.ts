import * as z from 'zod';
import { MOST_CHANNELS } from '../../../numeric/most-channels.js';
import { duration, instant, instantOr, text, timeZone, topics, whole } from '../kinds.js';
import { kafkaConnection } from './kafka-connection.js';
import { checkRegistryLogin, registryKeys } from './registry.js';

/** A channel as checked: of a value, or of the number of events. */
export type Channel = {
  readonly name: string;
  readonly aggregate: z.output<typeof aggregate>;
} & (
  | { readonly field: string; readonly elements?: number; readonly cumulative: boolean; readonly optional: boolean }
  | { readonly count: true }
);

const VALUE_OR_COUNT =
  'either a value (`field: <name>`), an array of them (with `elements`) or a number of events (`count: true`)';

const fields = z
  .strictObject({
    customer: text().default('customer').describe('Field with the customer id; dots go into objects (`account.id`).'),
    time: text().default('time').describe('Field with the event time.'),
    eventId: text().exactOptional().describe('Field with an id of the event, needed for de-duplication.'),
    timeZone: text().exactOptional().describe('Field with the IANA time zone of event times that carry none.'),
    label: text()
      .exactOptional()
      .describe(
        'Field with a class that the customer is known to belong to, in some events or all: how far segments agree with it is measured, and no model learns from it.',
      ),
  })
  .prefault({})
  .describe('Which field of a record means what.');

const aggregate = z
  .enum(['sum', 'mean', 'min', 'max', 'last', 'count'])
  .default('sum')
  .describe('How the values of one step become one.');

const channel = z
  .strictObject({
    name: text().describe('Name of the channel in outputs.'),
    field: text().exactOptional().describe('Field with the value; leave it out to count events.'),
    elements: whole('numbers', { min: 2, max: MOST_CHANNELS })
      .exactOptional()
      .describe(
        'The field is an array of so many numbers, an embedding: each is a channel, `<name>.0` and so on, and arrays of another length are dead letters.',
      ),
    count: z.literal(true).exactOptional().describe('Counts events instead of reading a value.'),
    aggregate,
    cumulative: z
      .boolean()
      .default(false)
      .describe('The field is a meter reading; usage is its rise since the last one, and a fall is a reset.'),
    optional: z
      .boolean()
      .default(false)
      .describe('A record without the field observes nothing here instead of being refused.'),
  })
  .transform(({ name, field, elements, count, aggregate, cumulative, optional }, context): Channel => {
    const array = elements === undefined ? {} : { elements };
    if (field !== undefined && count === undefined) return { name, field, ...array, aggregate, cumulative, optional };
    if (field === undefined && count && !cumulative && elements === undefined) return { name, count, aggregate };
    context.addIssue({ code: 'custom', message: VALUE_OR_COUNT });
    return z.NEVER;
  });

const pivot = z
  .strictObject({
    field: text().describe('Field that says which channel a record belongs to.'),
    values: z.array(text()).min(1).describe('Its values; each names a channel.'),
    value: text().exactOptional().describe('Field with the value; left out, events are counted.'),
    aggregate,
    cumulative: z
      .boolean()
      .default(false)
      .describe('The value is a meter reading, one meter for each customer and type.'),
    unknown: z
      .enum(['reject', 'skip'])
      .default('reject')
      .describe('Records of another type: dead letters, or seen but not measured.'),
  })
  .exactOptional()
  .describe('Makes channels from a type field instead of from `channels`.');

const time = z
  .strictObject({
    unit: z.enum(['iso', 's', 'ms', 'us', 'ns']).default('iso').describe('ISO 8601 text, or epoch in this unit.'),
    zone: timeZone().default('UTC').describe('Time zone of event times that carry none.'),
    min: instant().default('1970-01-01').describe('Earlier event times are dead letters.'),
    max: instant().default('2100-01-01').describe('Event times from then on are dead letters.'),
  })
  .prefault({})
  .describe('How event times are written.');

const csv = z
  .strictObject({
    delimiter: z.string().length(1).default(',').describe('Between two fields; one character.'),
    header: z
      .union([z.boolean(), z.array(text()).min(1)], { error: 'true (first row), false, or a list of column names' })
      .default(true)
      .describe('Whether the first row names the columns; or the names themselves, for files without such a row.'),
  })
  .prefault({})
  .describe('For CSV files.');

const kafka = z
  .strictObject({
    ...kafkaConnection('SEGTIDE_INPUT__KAFKA'),
    topics: topics()
      .prefault(['usage-events'])
      .describe(
        'Topics to read, all with as many partitions and the same customers in the same ones; or one pattern, such as `/^usage-.*/`.',
      ),
    groupId: text().default('segtide').describe('Consumer group.'),
    format: z
      .enum(['json', 'avro', 'cloudevents', 'auto'])
      .default('json')
      .describe(
        'How record values are written. `cloudevents`: each record is a CloudEvent, in its envelope or with `ce_` headers; `auto` goes by the headers of each record.',
      ),
    avroSchema: z
      .union([text(), z.array(text()).min(1)], { error: 'the path of a schema, or a list of paths' })
      .exactOptional()
      .describe(
        'Path of the schema that Avro values were written with, or paths of several for `avroFraming: single-object`; not needed with `registry`.',
      ),
    avroFraming: z
      .enum(['auto', 'none', 'single-object', 'registry'])
      .default('auto')
      .describe(
        'What precedes an Avro record: nothing, the marker C3 01 with the fingerprint of the schema, or the id of a registry; `auto` is `registry` where there is one, else it goes by the marker.',
      ),
    registry: z
      .strictObject(registryKeys('SEGTIDE_INPUT__KAFKA__REGISTRY'))
      .superRefine(checkRegistryLogin)
      .exactOptional()
      .describe("Schema registry that holds the schemas of Avro values, with the interface of Confluent's."),
    startAt: instantOr(['earliest', 'latest'])
      .prefault('earliest')
      .describe(
        'Where a consumer group begins that has committed nothing: at the oldest record, after the newest, or at the first that is not older than a time.',
      ),
    outOfRange: z
      .enum(['fail', 'earliest', 'latest'])
      .default('fail')
      .describe(
        'When records that were not read yet are gone, by retention or because the topic was made anew: stop, or go on at the oldest record or after the newest; what was lost is then counted and logged.',
      ),
    fetchBytes: whole('bytes', { min: 16_384 })
      .default(2_097_152)
      .describe(
        'Bytes of one answer of a broker, about. Small answers spare memory and processor time; where brokers are far away, larger ones spare round trips: what one broker gives is at most this much in each.',
      ),
    sessionTimeout: duration({ min: 1000 })
      .prefault('30s')
      .describe('After so long the group gives up a process that was killed; a restart waits for it.'),
    pollTimeout: duration({ min: 1 })
      .prefault('1s')
      .describe('How long a pull waits before it tells that nothing came.'),
  })
  .exactOptional()
  .describe('For `kind: kafka`.');

/** `input`: where usage events come from and how a record is read. */
export const inputSection = z
  .strictObject({
    kind: z.enum(['file', 'kafka']).default('file').describe('Files (and standard input) or Kafka topics.'),
    paths: z.array(text()).default([]).describe('Files and globs, also gzipped; `-` is standard input.'),
    live: z
      .boolean()
      .exactOptional()
      .describe(
        'Standard input: a pipe without an end, such as `tail -f`, whose windows also close by the clock; left out, event time alone decides. Kafka is always live.',
      ),
    format: z
      .enum(['auto', 'ndjson', 'csv', 'parquet'])
      .default('auto')
      .describe('File format; `auto` goes by the ending of each file, and takes standard input for NDJSON.'),
    fields,
    channels: z
      .array(channel)
      .min(1)
      .exactOptional()
      .describe('What is measured; left out without a pivot, one channel `events` counts events.'),
    pivot,
    time,
    negative: z.enum(['keep', 'reject', 'zero']).default('keep').describe('What to do with negative values.'),
    csv,
    maxRecordBytes: whole('bytes', { min: 1, max: 2 ** 30 })
      .default(16 * 1024 * 1024)
      .describe('Longer records are dead letters.'),
    parseThreads: whole('threads', { max: 64 }).default(0).describe('Threads that parse; 0 parses in the main thread.'),
    keyed: z
      .enum(['verify', 'repartition', 'trust'])
      .default('verify')
      .describe(
        'Kafka: all records of a customer must be in one partition, keyed by its id. `verify` stops where a key is not the id, `repartition` sends all records through an inner topic that is keyed so, `trust` does not look.',
      ),
    kafka,
  })
  .prefault({});
