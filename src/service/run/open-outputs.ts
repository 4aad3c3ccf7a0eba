import { join } from 'node:path';
import { SegtideError } from '../../errors.js';
import type { Sink } from '../../ports.js';
import { createAssignmentLines } from '../../publish/assignment-lines.js';
import { DEAD_LETTERS, DRIFT, LATE, OUTPUTS, type Output, SEGMENTS, TRANSITIONS } from '../../publish/output.js';
import type { SegmentationOutputs } from '../../segmentation.js';
import type { NdjsonRecord } from '../../transport/file/ndjson-line.js';
import type { AssignmentSink } from '../../worker/publisher.js';
import type { Config } from '../config/schema.js';
import type { OutputSummary } from '../run-summary.js';
import { toConnection } from './open-source.js';

/** All outputs of a run. */
export interface RunOutputs {
  readonly sinks: SegmentationOutputs;
  /** Resolves when every record that was written is safe. */
  flush(): Promise<void>;
  close(): Promise<void>;
  /** Sizes of the files, by output; a resumed run cuts them back to these. Undefined where there are no files. */
  sizes(): Readonly<Record<string, number>> | undefined;
  readonly summary: readonly OutputSummary[];
  /** The reader of standard output went away: there is nobody to write for. */
  readonly ended: boolean;
}

/** What outputs were when a checkpoint was taken. */
export interface OutputsSnapshot {
  readonly sizes: Readonly<Record<string, number>>;
  readonly records: Readonly<Record<string, number>>;
}

/** Opens what `output` names; a resumed run goes on where the checkpoint's records end. */
export async function openOutputs(config: Config, from?: OutputsSnapshot): Promise<RunOutputs> {
  if (config.output.kind === 'kafka') return openTopics(config);
  if (config.output.kind === 'stdout') return openStandardOutput();
  return openFolder(config.output.path!, from);
}

async function openFolder(folder: string, from: OutputsSnapshot | undefined): Promise<RunOutputs> {
  const { createDirectorySinks } = await import('../../transport/file/directory-sinks.js');
  const names = OUTPUTS.map(({ name }) => name);
  const files = await createDirectorySinks(folder, names, { append: from !== undefined });
  if (from !== undefined) for (const name of names) await files[name]!.truncateTo(from.sizes[name] ?? 0);
  const counted = countRecords((name) => files[name]!, from?.records);
  return {
    sinks: counted.sinks,
    flush: async () => {
      await Promise.all(names.map((name) => files[name]!.flush()));
    },
    close: async () => {
      await Promise.all(names.map((name) => files[name]!.close()));
    },
    sizes: () => Object.fromEntries(names.map((name) => [name, files[name]!.bytes()])),
    get summary() {
      return counted.summary((name) => join(folder, `${name}.ndjson`));
    },
    ended: false,
  };
}

/** Assignments go to standard output, the rest nowhere: a reader of lines expects lines of one kind. */
async function openStandardOutput(): Promise<RunOutputs> {
  const { createStreamSink } = await import('../../transport/file/stream-sink.js');
  const stream = createStreamSink<NdjsonRecord>();
  const counted = countRecords((name) => (name === 'assignments' ? stream : NOWHERE), undefined);
  return {
    sinks: counted.sinks,
    flush: () => stream.flush(),
    close: () => stream.close(),
    sizes: () => undefined,
    get summary() {
      return counted.summary(() => '-').filter(({ output }) => output === 'assignments');
    },
    get ended() {
      return stream.ended;
    },
  };
}

const NOWHERE: Sink<NdjsonRecord> = {
  write: async () => undefined,
  flush: async () => undefined,
  close: async () => undefined,
};

async function openTopics(config: Config): Promise<RunOutputs> {
  const { kafka } = config.input;
  if (kafka === undefined) {
    throw new SegtideError(
      'config',
      '`output.kind: kafka` needs `input.kafka.brokers`: outputs go to the same brokers',
    );
  }
  const [{ createKafkaProducer }, { createKafkaSink }, { createKafkaAssignmentSink }, { ASSIGNMENTS }] =
    await Promise.all([
      import('../../transport/kafka/kafka-producer.js'),
      import('../../transport/kafka/kafka-sink.js'),
      import('../../transport/kafka/kafka-assignment-sink.js'),
      import('../../publish/output.js'),
    ]);
  const producer = await createKafkaProducer(toConnection(kafka));
  const { topicPrefix } = config.output;
  const open = <T>(output: Output<T>): Promise<Sink<T>> =>
    createKafkaSink(producer, { topic: `${topicPrefix}${output.name}`, output, encoding: kafka.format });
  const assignments = createKafkaAssignmentSink(await open(ASSIGNMENTS));
  const sinks = {
    assignments,
    transitions: await open(TRANSITIONS),
    segments: await open(SEGMENTS),
    drift: await open(DRIFT),
    late: await open(LATE),
    deadLetters: await open(DEAD_LETTERS),
  };
  const counts = createCounts(undefined);
  const all = Object.values(sinks);
  return {
    sinks: {
      assignments: countAssignments(assignments, counts),
      transitions: counts.count('transitions', sinks.transitions),
      segments: counts.count('segments', sinks.segments),
      drift: counts.count('drift', sinks.drift),
      late: counts.count('late', sinks.late),
      deadLetters: counts.count('dead-letters', sinks.deadLetters),
    },
    flush: async () => {
      await Promise.all(all.map((sink) => sink.flush()));
    },
    close: async () => {
      await Promise.all(all.map((sink) => sink.close()));
      await producer.close();
    },
    sizes: () => undefined,
    get summary() {
      return counts.summary((name) => `${topicPrefix}${name}`);
    },
    ended: false,
  };
}

/** The outputs of a run over sinks of NDJSON. */
function countRecords(
  sinkOf: (name: string) => Sink<NdjsonRecord>,
  from: Readonly<Record<string, number>> | undefined,
): { readonly sinks: SegmentationOutputs; summary(pathOf: (name: string) => string): OutputSummary[] } {
  const counts = createCounts(from);
  const toLines = createAssignmentLines();
  const lines = sinkOf('assignments');
  const json = <T>(output: Output<T>): Sink<T> => {
    const sink = sinkOf(output.name);
    return counts.count(output.name, {
      write: (batch) => sink.write(batch.map((record) => output.toJson(record))),
      flush: () => sink.flush(),
      close: () => sink.close(),
    });
  };
  return {
    summary: counts.summary,
    sinks: {
      assignments: countAssignments(
        {
          write: (columns, emittedAt) => lines.write([toLines(columns, emittedAt)]),
          flush: () => lines.flush(),
          close: () => lines.close(),
        },
        counts,
      ),
      transitions: json(TRANSITIONS),
      segments: json(SEGMENTS),
      drift: json(DRIFT),
      late: json(LATE),
      deadLetters: json(DEAD_LETTERS),
    },
  };
}

function createCounts(from: Readonly<Record<string, number>> | undefined) {
  const records = new Map<string, number>(OUTPUTS.map(({ name }) => [name, from?.[name] ?? 0]));
  const add = (name: string, more: number): void => {
    records.set(name, records.get(name)! + more);
  };
  return {
    add,
    count: <T>(name: string, sink: Sink<T>): Sink<T> => ({
      write: async (batch) => {
        await sink.write(batch);
        add(name, batch.length);
      },
      flush: () => sink.flush(),
      close: () => sink.close(),
    }),
    summary: (pathOf: (name: string) => string): OutputSummary[] =>
      [...records].map(([output, count]) => ({ output, path: pathOf(output), records: count })),
  };
}

function countAssignments(sink: AssignmentSink, counts: ReturnType<typeof createCounts>): AssignmentSink {
  return {
    write: async (columns, emittedAt) => {
      await sink.write(columns, emittedAt);
      counts.add('assignments', columns.series.length);
    },
    flush: () => sink.flush(),
    close: () => sink.close(),
  };
}
