import { SegtideError } from '../../errors.js';
import type { Source, SourcePosition } from '../../ports.js';
import type { Config } from '../config/schema.js';
import type { RunDeps } from '../run-from-config.js';
import { openValues } from './open-values.js';
import type { RunSettings } from './run-settings.js';
import { toConnection } from './to-connection.js';

/** The source of a run, and what a checkpoint asks of it. */
export interface RunSource {
  readonly source: Source;
  /** Whether a checkpoint can hold its position. */
  readonly resumable: boolean;
  /** Tells the broker how far all outputs are safe; files need no telling. */
  commit(position: SourcePosition): Promise<void>;
  /** The broker waits for a commit: take a checkpoint now. */
  readonly wantsCommit: boolean;
  /** Parts of the input that were given to another process since the last call; their windows did not go along. */
  takeRevoked(): readonly string[];
}

/** Opens what `input` names, at the beginning or where a checkpoint left it. */
export async function openSource(
  config: Config,
  settings: RunSettings,
  deps: Pick<RunDeps, 'clock' | 'log'>,
  from: SourcePosition | undefined,
): Promise<RunSource> {
  return config.input.kind === 'kafka'
    ? openKafkaSource(config, settings, deps, from)
    : openFileSource(config, settings, deps, from);
}

async function openFileSource(
  { input }: Config,
  { stages }: RunSettings,
  { log }: Pick<RunDeps, 'log'>,
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
      onRepeated: (path) => log.warn(`${path} is named more than once; it is read once`),
    },
    createIngestParsers(stages.ingest),
    from,
  );
  return {
    source,
    resumable: source.resumable,
    commit: async () => undefined,
    wantsCommit: false,
    takeRevoked: () => [],
  };
}

/** A batch is parsed and windowed in one go; heartbeats wait as long. */
const BATCH_BYTES = 262_144;

async function openKafkaSource(
  { input, output }: Config,
  { stages }: RunSettings,
  { clock, log }: Pick<RunDeps, 'clock' | 'log'>,
  from: SourcePosition | undefined,
): Promise<RunSource> {
  const kafka = input.kafka!;
  const { createKafkaSource } = await import('../../transport/kafka/kafka-source.js');
  const values = await openValues(kafka, stages.ingest, clock);
  const source = await createKafkaSource(
    {
      ...(await toConnection(kafka, clock)),
      topic: onlyTopic(kafka.topics),
      groupId: kafka.groupId,
      startAt: kafka.startAt,
      keyed: notRepartitioned(input.keyed),
      idleMs: kafka.pollTimeout,
      partitionIdleMs: stages.window.idleTimeoutMs,
      maxAheadMs: stages.window.maxFutureMs,
      fetchBytes: kafka.fetchBytes,
      sessionTimeoutMs: kafka.sessionTimeout,
      maxBatchBytes: BATCH_BYTES,
      heartbeatIntervalMs: Math.max(1, Math.floor(Math.min(3000, kafka.sessionTimeout / 10))),
    },
    {
      values: await values.create(),
      clock,
      ...(from && { from }),
      onCommittedOnly: () =>
        log.warn(
          `the group ${kafka.groupId} has committed offsets, but ${output.path} holds no checkpoint: windows that were open then lack their earlier events. Bring the folder back, or start with a new group`,
        ),
    },
  );
  return {
    source: {
      pull: () => source.pull(),
      position: () => source.position(),
      async close() {
        values.close();
        await source.close();
      },
    },
    resumable: true,
    commit: (position) => source.commit(position),
    get wantsCommit() {
      return source.wantsCommit;
    },
    takeRevoked: () => source.takeRevoked(),
  };
}

/** Several topics, and windows that move with their partitions, are for workers. */
function onlyTopic([topic, ...more]: readonly string[]): string {
  if (more.length === 0 && !topic!.startsWith('/')) return topic!;
  throw new SegtideError('config', '`input.kafka.topics` must be one topic for `segtide run`');
}

function notRepartitioned(keyed: Config['input']['keyed']): 'verify' | 'trust' {
  if (keyed !== 'repartition') return keyed;
  throw new SegtideError('config', '`input.keyed` must be verify or trust for `segtide run`');
}
