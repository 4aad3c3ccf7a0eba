import { join } from 'node:path';
import type { Sink } from '../../ports.js';
import { createAssignmentLines } from '../../publish/assignment-lines.js';
import type { EmbeddingRecord } from '../../publish/embedding-record.js';
import { EMBEDDINGS, type Output } from '../../publish/output.js';
import type { SegmentationOutputs } from '../../segmentation.js';
import type { NdjsonRecord } from '../../transport/file/ndjson-line.js';
import type { ParquetSink } from '../../transport/file/parquet-sink.js';
import type { Config } from '../config/schema.js';
import type { OutputSummary } from '../run-summary.js';
import { openSinks } from './open-sinks.js';
import { countAssignments, createRecordCounts } from './record-counts.js';
import { writtenOutputs } from './written-outputs.js';

/** All outputs of a run. */
export interface RunOutputs {
  readonly sinks: SegmentationOutputs;
  /** Resolves when every record that was written is safe. */
  flush(): Promise<void>;
  /** Takes back what was written, where that can be done; for a run that began with wrong settings. */
  discard(): Promise<void>;
  close(): Promise<void>;
  /** Bytes of the files, or records of Parquet files, by output; a resumed run cuts them back to these. Undefined where there are no files. */
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

/**
 * Opens what `output` names; a resumed run goes on where the checkpoint's records end.
 *
 * @param written names of the outputs that there will be records of
 */
export async function openOutputs(
  config: Config,
  from?: OutputsSnapshot,
  written: readonly string[] = writtenOutputs(config),
): Promise<RunOutputs> {
  if (config.output.kind === 'kafka') return (await import('./open-topics.js')).openTopics(config, written);
  if (config.output.kind === 'stdout') return openStandardOutput(written);
  return openFolder(config, from, written);
}

async function openFolder(
  config: Config,
  from: OutputsSnapshot | undefined,
  written: readonly string[],
): Promise<RunOutputs> {
  const { createDirectorySinks } = await import('../../transport/file/directory-sinks.js');
  const folder = config.output.path!;
  const parts = await openParts(config, from);
  const names = parts === undefined ? written : written.filter((name) => name !== EMBEDDINGS.name);
  const files = await createDirectorySinks(folder, names, { append: from !== undefined });
  if (from !== undefined) for (const name of names) await files[name]!.truncateTo(from.sizes[name] ?? 0);
  const sinks = [...names.map((name) => files[name]!), ...(parts === undefined ? [] : [parts])];
  const counted = await countRecords(written, (name) => files[name] ?? NOWHERE, from?.records, parts);
  return {
    sinks: counted.sinks,
    flush: async () => {
      await Promise.all(sinks.map((sink) => sink.flush()));
    },
    discard: async () => {
      await Promise.all(sinks.map((sink) => sink.truncateTo(0)));
    },
    close: async () => {
      await Promise.all(sinks.map((sink) => sink.close()));
    },
    sizes: () => ({
      ...Object.fromEntries(names.map((name) => [name, files[name]!.bytes()])),
      ...(parts && { [EMBEDDINGS.name]: parts.rows() }),
    }),
    get summary() {
      return counted.summary((name) => join(folder, names.includes(name) ? `${name}.ndjson` : name));
    },
    ended: false,
  };
}

/** The embeddings as Parquet, where that is asked for. */
async function openParts(
  { output }: Config,
  from: OutputsSnapshot | undefined,
): Promise<ParquetSink<EmbeddingRecord> | undefined> {
  const { enabled, format, partWindows } = output.embeddings;
  if (!enabled || format !== 'parquet') return undefined;
  const { createParquetSink } = await import('../../transport/file/parquet-sink.js');
  return createParquetSink(join(output.path!, EMBEDDINGS.name), EMBEDDINGS, {
    partRows: partWindows,
    from: from?.sizes[EMBEDDINGS.name] ?? 0,
  });
}

/** Assignments go to standard output, the rest nowhere: a reader of lines expects lines of one kind. */
async function openStandardOutput(names: readonly string[]): Promise<RunOutputs> {
  const { createStreamSink } = await import('../../transport/file/stream-sink.js');
  const stream = createStreamSink<NdjsonRecord>();
  const counted = await countRecords(names, (name) => (name === 'assignments' ? stream : NOWHERE), undefined);
  return {
    sinks: counted.sinks,
    flush: () => stream.flush(),
    discard: async () => undefined,
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

interface CountedOutputs {
  readonly sinks: SegmentationOutputs;
  summary(pathOf: (name: string) => string): OutputSummary[];
}

/**
 * The outputs of a run over sinks of NDJSON.
 *
 * @param parts takes the embeddings instead
 */
async function countRecords(
  names: readonly string[],
  sinkOf: (name: string) => Sink<NdjsonRecord>,
  from: Readonly<Record<string, number>> | undefined,
  parts?: Sink<EmbeddingRecord> | undefined,
): Promise<CountedOutputs> {
  const counts = createRecordCounts(names, from);
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
      ...(await openSinks(names, json)),
      ...(parts && { embeddings: counts.count(EMBEDDINGS.name, parts) }),
    },
  };
}
