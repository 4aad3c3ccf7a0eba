import type { Config } from './schema.js';

/** A rule across keys, which the schema of one key can't tell. */
interface CrossRule {
  /** The key that is complained of. */
  readonly path: readonly string[];
  /** Keys beside it that the rule looks at: while one of those is wrong, it says nothing. */
  readonly reads: readonly (readonly string[])[];
  readonly isBroken: (config: Config) => boolean;
  /** Completes "must be …". */
  readonly expected: string;
}

/** The rules across keys, in the order in which they are reported. */
export const CROSS_RULES: readonly CrossRule[] = [
  {
    path: ['input', 'kafka'],
    reads: [['input', 'kind']],
    isBroken: ({ input }) => input.kind === 'kafka' && input.kafka === undefined,
    expected: 'given, with at least `brokers`, for `input.kind: kafka`',
  },
  {
    path: ['input', 'kafka', 'avroSchema'],
    reads: [['input', 'kafka', 'format']],
    isBroken: ({ input }) => input.kafka?.format === 'avro' && input.kafka.avroSchema === undefined,
    expected: 'the path of a schema for `input.kafka.format: avro`',
  },
  {
    path: ['input', 'live'],
    reads: [
      ['input', 'kind'],
      ['input', 'paths'],
    ],
    isBroken: ({ input }) => input.kind === 'file' && input.live === true && input.paths.join() !== '-',
    expected: 'left out unless `input.paths` is `-`, standard input: files end, and need no clock to close windows',
  },
  {
    path: ['input', 'live'],
    reads: [['input', 'kind']],
    isBroken: ({ input }) => input.kind === 'kafka' && input.live === false,
    expected: 'left out or true for `input.kind: kafka`, which is always live',
  },
  {
    path: ['output', 'kind'],
    reads: [
      ['output', 'kafka'],
      ['input', 'kafka'],
    ],
    isBroken: ({ input, output }) => output.kind === 'kafka' && output.kafka === undefined && input.kafka === undefined,
    expected:
      'directory or stdout unless `output.kafka.brokers` or `input.kafka.brokers` names the brokers to write to',
  },
  {
    path: ['output', 'format'],
    reads: [['output', 'kind']],
    isBroken: ({ output }) => output.kind !== 'kafka' && output.format === 'avro',
    expected: 'json unless `output.kind` is kafka: files are NDJSON',
  },
  {
    path: ['output', 'embeddings', 'enabled'],
    reads: [['output', 'kind']],
    isBroken: ({ output }) => output.kind === 'stdout' && output.embeddings.enabled,
    expected: 'false for `output.kind: stdout`, which takes assignments alone',
  },
  {
    path: ['output', 'embeddings', 'format'],
    reads: [['output', 'kind']],
    isBroken: ({ output }) => output.kind !== 'directory' && output.embeddings.format === 'parquet',
    expected: 'ndjson unless `output.kind` is directory: in topics `output.format` counts',
  },
  {
    path: ['window', 'deduplicate'],
    reads: [['input', 'fields']],
    isBroken: ({ window, input }) => window.deduplicate && input.fields.eventId === undefined,
    expected: 'false unless `input.fields.eventId` says which field holds the id of an event',
  },
  {
    path: ['window', 'timeZone'],
    reads: [['input', 'fields']],
    isBroken: ({ window, input }) => input.fields.timeZone !== undefined && window.timeZone !== 'UTC',
    expected:
      'UTC where `input.fields.timeZone` gives each record its zone: windows are then cut by local time already',
  },
  {
    path: ['run', 'resume'],
    reads: [['input', 'kind'], ['output']],
    isBroken: ({ run, input, output }) =>
      run.resume && input.kind === 'file' && (output.kind === 'stdout' || output.path === undefined),
    expected: 'false unless `output.path` names the folder of the run to go on with',
  },
];
