import { parentPort, workerData } from 'node:worker_threads';
import { SegtideError } from '../../errors.js';
import type { RecordParser } from '../../ingest/record-parser.js';
import type { ParsedJob, ParseJob, ParseOutcome, ParseThreadData } from './parse-job.js';
import { shapeOf, shareColumns } from './shared-columns.js';

// The body of a parser thread: chunks in, columns out, in the order in which they come.

const { parser: portable } = workerData as ParseThreadData;
const module = (await import(portable.module)) as Readonly<Record<string, (settings: unknown) => RecordParser>>;
const parser = module[portable.create]!(portable.settings);

parentPort!.on('message', (job: ParseJob) => {
  let outcome: ParseOutcome;
  try {
    outcome = run(job);
  } catch (error) {
    outcome = { id: job.id, failure: toFailure(error) };
  }
  const ids = 'idBytes' in outcome && outcome.idBytes !== undefined ? [outcome.idBytes.buffer] : [];
  parentPort!.postMessage(outcome, ids);
});

function run(job: ParseJob): ParsedJob {
  const { source, offset, inside } = job;
  const bytes = new Uint8Array(job.bytes);
  const {
    batch,
    consumed,
    rows,
    inside: endsInside,
  } = parser.parse(bytes, 0, job.end, { source, row: 1, offset, inside }, job.last);
  return {
    id: job.id,
    ...shapeOf(batch),
    columns: shareColumns(batch, job.columns),
    // A parser that had to unescape an id keeps it in a buffer of its own: those bytes are copied, once per chunk.
    idBytes:
      (batch.idBytes.buffer as ArrayBufferLike) === job.bytes
        ? undefined
        : new Uint8Array(batch.idBytes.subarray(0, idEnd(batch.idEnds, batch.length))),
    sources: batch.sources,
    deadLetters: batch.deadLetters,
    consumed,
    rows,
    inside: endsInside ?? false,
  };
}

function idEnd(ends: Uint32Array, length: number): number {
  let end = 0;
  for (let i = 0; i < length; i++) if (ends[i]! > end) end = ends[i]!;
  return end;
}

function toFailure(error: unknown): { code: SegtideError['code']; text: string; context: SegtideError['context'] } {
  if (error instanceof SegtideError) return { code: error.code, text: error.message, context: error.context };
  const text = error instanceof Error ? error.message : String(error);
  return {
    code: 'input',
    text: `A parser thread failed: ${text}. Set parser threads to 0 to parse in the main thread.`,
    context: {},
  };
}
