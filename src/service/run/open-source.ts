import { readFile } from 'node:fs/promises';
import type { IngestSettings } from '../../ingest/ingest-settings.js';
import type { Clock, Source, SourcePosition } from '../../ports.js';
import type { Config } from '../config/schema.js';
import type { RunSettings } from './run-settings.js';

/** The source of a run, and what a checkpoint asks of it. */
export interface RunSource {
  readonly source: Source;
  /** Whether a checkpoint can hold its position. */
  readonly resumable: boolean;
  /** Tells the broker how far all outputs are safe; files need no telling. */
  commit(position: SourcePosition): Promise<void>;
  /** Windows close by the wall clock. */
  readonly live: boolean;
}

/** Opens what `input` names, at the beginning or where a checkpoint left it. */
export async function openSource(
  config: Config,
  settings: RunSettings,
  clock: Clock,
  from: SourcePosition | undefined,
): Promise<RunSource> {
  return config.input.kind === 'kafka'
    ? openKafkaSource(config, settings, clock, from)
    : openFileSource(config, settings, from);
}

async function openFileSource(
  { input }: Config,
  { stages }: RunSettings,
  from: SourcePosition | undefined,
): Promise<RunSource> {
  const [{ createFileSource }, { createIngestParsers }] = await Promise.all([
    import('../../transport/file/file-source.js'),
    import('../../transport/file/ingest-parsers.js'),
  ]);
  const source = await createFileSource(
    {
      paths: input.paths,
      ...(input.format !== 'auto' && { format: input.format }),
      threads: input.parseThreads,
      maxAheadMs: stages.window.maxAheadMs,
    },
    createIngestParsers(stages.ingest),
    from,
  );
  const live = source.paths.length === 1 && source.paths[0] === '-';
  return { source, resumable: source.resumable, live, commit: async () => undefined };
}

async function openKafkaSource(
  { input }: Config,
  { stages }: RunSettings,
  clock: Clock,
  from: SourcePosition | undefined,
): Promise<RunSource> {
  const kafka = input.kafka!;
  const { createKafkaSource } = await import('../../transport/kafka/kafka-source.js');
  const values =
    kafka.format === 'avro'
      ? await loadAvroValues(stages.ingest, kafka.avroSchema!)
      : (await import('../../transport/kafka/json-values.js')).createJsonValues(stages.ingest);
  const source = await createKafkaSource(
    {
      ...toConnection(kafka),
      topic: kafka.topic,
      groupId: kafka.groupId,
      startAt: kafka.fromBeginning ? 'earliest' : 'latest',
      keyed: input.keyed === 'trust' ? 'trust' : 'verify',
      idleMs: kafka.pollTimeout,
    },
    { values, clock, ...(from && { from }) },
  );
  return { source, resumable: true, live: true, commit: (position) => source.commit(position) };
}

async function loadAvroValues(ingest: IngestSettings, path: string) {
  const { createAvroValues } = await import('../../transport/kafka/avro-values.js');
  return createAvroValues(ingest, { schema: await readFile(path, 'utf8') });
}

/** How `input.kafka` says that brokers are reached; outputs go to the same ones. */
export function toConnection(kafka: NonNullable<Config['input']['kafka']>) {
  const { brokers, clientId, ssl, sasl } = kafka;
  return { brokers, clientId, ssl, ...(sasl && { sasl: sasl as import('kafkajs').SASLOptions }) };
}
