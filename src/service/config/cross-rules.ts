import { MOST_CHANNELS_OF_TOPICS } from '../../numeric/most-channels.js';
import { INNER_TOPICS, OUTPUT_TOPICS, topicOf } from '../topics/topic-name.js';
import { patternOf } from '../topics/topic-pattern.js';
import type { Config } from './schema.js';
import { windowChannels } from './window-channels.js';

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
    path: ['input', 'channels'],
    reads: [['input', 'kind']],
    isBroken: ({ input }) => input.kind === 'kafka' && windowChannels(input).length > MOST_CHANNELS_OF_TOPICS,
    expected: `${MOST_CHANNELS_OF_TOPICS} channels at most for \`input.kind: kafka\`, elements of arrays counted: what workers tell the trainer of more does not fit into a message; embed in fewer numbers, or read files`,
  },
  {
    path: ['input', 'kafka', 'avroSchema'],
    reads: [
      ['input', 'kafka', 'format'],
      ['input', 'kafka', 'registry'],
    ],
    isBroken: ({ input: { kafka } }) =>
      kafka?.format === 'avro' && kafka.avroSchema === undefined && kafka.registry === undefined,
    expected: 'the path of a schema for `input.kafka.format: avro`, unless `input.kafka.registry` has the schemas',
  },
  {
    path: ['input', 'kafka', 'avroSchema'],
    reads: [['input', 'kafka', 'registry']],
    isBroken: ({ input: { kafka } }) => kafka?.registry !== undefined && kafka.avroSchema !== undefined,
    expected: 'left out where `input.kafka.registry` has the schemas',
  },
  {
    path: ['input', 'kafka', 'avroFraming'],
    reads: [['input', 'kafka', 'registry']],
    isBroken: ({ input: { kafka } }) =>
      kafka?.registry !== undefined && kafka.avroFraming !== 'auto' && kafka.avroFraming !== 'registry',
    expected: 'registry, or left out, where there is an `input.kafka.registry`',
  },
  {
    path: ['input', 'kafka', 'avroFraming'],
    reads: [['input', 'kafka', 'avroSchema']],
    isBroken: ({ input: { kafka } }) =>
      Array.isArray(kafka?.avroSchema) && kafka.avroSchema.length > 1 && kafka.avroFraming !== 'single-object',
    expected: 'single-object where `input.kafka.avroSchema` names several: their fingerprints tell them apart',
  },
  {
    path: ['output', 'registry'],
    reads: [
      ['output', 'kind'],
      ['output', 'format'],
    ],
    isBroken: ({ output }) => output.registry !== undefined && (output.kind !== 'kafka' || output.format !== 'avro'),
    expected: 'left out unless `output.kind` is kafka and `output.format` is avro',
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
    path: ['cluster', 'plugin'],
    reads: [['plugins']],
    isBroken: ({ cluster: { plugin }, plugins }) =>
      plugin !== undefined && plugins.every(({ name }) => name !== plugin),
    expected: 'one of `plugins`, which say where each is',
  },
  {
    path: ['drift', 'statistics'],
    reads: [['plugins']],
    isBroken: ({ drift, plugins }) =>
      (drift.statistics ?? []).some(({ plugin }) => plugins.every(({ name }) => name !== plugin)),
    expected: 'names of `plugins`, which say where each is',
  },
  {
    path: ['alerts', 'rules'],
    reads: [['plugins']],
    isBroken: ({ alerts, plugins }) => (alerts.rules ?? []).some((rule) => plugins.every(({ name }) => name !== rule)),
    expected: 'names of `plugins`, which say where each is',
  },
  {
    path: ['output', 'plugins'],
    reads: [['plugins']],
    isBroken: ({ output, plugins }) => output.plugins.some(({ name }) => plugins.every((other) => other.name !== name)),
    expected: 'names of `plugins`, which say where each is',
  },
  {
    path: ['output', 'plugins'],
    reads: [['output', 'embeddings'], ['alerts']],
    isBroken: ({ output, alerts }) =>
      output.plugins.some(
        ({ outputs = [] }) =>
          (outputs.includes('embeddings') && !output.embeddings.enabled) ||
          (outputs.includes('alerts') && alerts.kinds.length === 0 && alerts.rules === undefined),
      ),
    expected:
      'without `embeddings` unless `output.embeddings.enabled` is true, and without `alerts` where `alerts.kinds` is empty: nothing would ever come',
  },
  loginRule('input'),
  loginRule('output'),
  {
    path: ['output', 'topics'],
    reads: [
      ['output', 'topicPrefix'],
      ['input', 'kafka'],
    ],
    isBroken: ({ input, output }) => {
      const names = [...OUTPUT_TOPICS, ...INNER_TOPICS].map((name) => topicOf(output, name));
      return new Set(names).size < names.length || (input.kind === 'kafka' && names.some(reads(input.kafka?.topics)));
    },
    expected:
      'other names than each other, and none that `input.kafka.topics` names or matches: segtide would read what it writes; change these, `output.topicPrefix` or the topics of the input',
  },
  {
    path: ['output', 'minInsyncReplicas'],
    reads: [['output', 'replicationFactor']],
    isBroken: ({ output }) => (output.minInsyncReplicas ?? 0) > (output.replicationFactor ?? Number.POSITIVE_INFINITY),
    expected: 'at most `output.replicationFactor`, else nothing could ever be written',
  },
  {
    path: ['output', 'kafka'],
    reads: [['input'], ['output', 'kind']],
    isBroken: ({ input, output }) =>
      input.kind === 'kafka' &&
      output.kind === 'kafka' &&
      output.kafka !== undefined &&
      [...output.kafka.brokers].sort().join() !== [...(input.kafka?.brokers ?? [])].sort().join(),
    expected:
      'left out, or the brokers of `input.kafka`: what a worker writes, its state and its offsets are committed to one cluster',
  },
  {
    path: ['delivery', 'checkpointEvery'],
    reads: [['delivery', 'commitEvery']],
    isBroken: ({ delivery }) => delivery.checkpointEvery < delivery.commitEvery,
    expected: 'at least `delivery.commitEvery`: a checkpoint is part of a commit',
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
    path: ['alerts', 'notify'],
    reads: [
      ['input', 'kind'],
      ['output', 'kind'],
    ],
    isBroken: ({ alerts, input, output }) =>
      alerts.notify !== undefined && (output.kind === 'stdout' || (output.kind === 'kafka' && input.kind !== 'kafka')),
    expected:
      'left out unless results go to a folder, or from Kafka to Kafka: what was sent is remembered there, so that nothing is sent twice',
  },
  {
    path: ['run', 'resume'],
    reads: [['input', 'kind'], ['output']],
    isBroken: ({ run, input, output }) =>
      run.resume && input.kind === 'file' && (output.kind === 'stdout' || output.path === undefined),
    expected: 'false unless `output.path` names the folder of the run to go on with',
  },
];

/** A password or token that is sent as it is needs a connection that nobody else can read. */
function loginRule(section: 'input' | 'output'): CrossRule {
  return {
    path: [section, 'kafka', 'sasl'],
    reads: [[section, 'kafka', 'tls']],
    isBroken: (config) => {
      const { sasl, tls } = config[section].kafka ?? {};
      return sasl !== undefined && !sasl.mechanism.startsWith('scram') && !sasl.allowPlaintext && tls === undefined;
    },
    expected: `with \`${section}.kafka.tls\` for mechanisms plain and oauthbearer, which send the secret itself; or have \`allowPlaintext: true\``,
  };
}

function reads(topics: readonly string[] = []): (topic: string) => boolean {
  const pattern = patternOf(topics);
  return (topic) => (pattern === undefined ? topics.includes(topic) : pattern.test(topic));
}
