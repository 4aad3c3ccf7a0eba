import type { Config } from '../config/schema.js';
import { writtenOutputs } from '../run/written-outputs.js';
import { INNER_TOPICS, OUTPUT_TOPICS, type TopicName, topicOf } from './topic-name.js';

/** A topic that a config needs, and what it must be like. */
export interface PlannedTopic {
  readonly name: TopicName;
  /** Its name at the broker. */
  readonly topic: string;
  /** `input`: as many as each topic of the input has. */
  readonly partitions: number | 'input';
  /** Whether what is in a partition hangs on how many there are: the number must never change then. */
  readonly fixed: boolean;
  /** Left out: the broker's default. */
  readonly replicationFactor?: number;
  /** Topic settings that must be these, by Kafka's names; all others are as the broker has them. */
  readonly settings: Readonly<Record<string, string>>;
}

/**
 * Every topic that workers and trainer need, in the order of the pipeline: outputs that are written, where they go to
 * Kafka, and inner topics where the input comes from there too.
 */
export function planTopics(config: Pick<Config, 'input' | 'output' | 'alerts'>): readonly PlannedTopic[] {
  const { input, output } = config;
  if (output.kind !== 'kafka') return [];
  const { replicationFactor, minInsyncReplicas } = output;
  const minInsync = minInsyncReplicas ?? (replicationFactor && Math.max(1, replicationFactor - 1));
  const written = writtenOutputs(config);
  const outputs = OUTPUT_TOPICS.filter((name) => written.includes(name));
  const inner = INNER_TOPICS.filter((name) => name !== 'repartitioned' || input.keyed === 'repartition');
  const names: readonly TopicName[] = input.kind === 'kafka' ? [...outputs, ...inner] : outputs;
  return names.map((name) => {
    const { partitions, fixed = false, settings = {} } = SHAPES[name];
    return {
      name,
      topic: topicOf(output, name),
      // Files have no partitions: where nothing else says how many, the broker does.
      partitions: partitions === 'input' && input.kind !== 'kafka' ? BROKERS_OWN : partitions,
      fixed,
      ...(replicationFactor !== undefined && { replicationFactor }),
      settings: { ...settings, ...(minInsync !== undefined && { 'min.insync.replicas': String(minInsync) }) },
    };
  });
}

/** As Kafka writes "the broker's `num.partitions`". */
export const BROKERS_OWN = -1;

const DAY_MS = 86_400_000;
const COMPACTED = { 'cleanup.policy': 'compact' };
/** The last record of each key for ever, and yet records may be deleted by hand: what a checkpoint has replaced. */
const STATE = {
  'cleanup.policy': 'compact,delete',
  'retention.ms': '-1',
  'retention.bytes': '-1',
  // Only closed segments are compacted.
  'segment.bytes': String(64 * 1024 * 1024),
};

interface TopicShape {
  readonly partitions: number | 'input';
  readonly fixed?: boolean;
  readonly settings?: Readonly<Record<string, string>>;
}

const SHAPES: Readonly<Record<TopicName, TopicShape>> = {
  assignments: { partitions: 'input' },
  transitions: { partitions: 'input' },
  embeddings: { partitions: 'input' },
  segments: { partitions: 1, settings: COMPACTED },
  drift: { partitions: 1 },
  alerts: { partitions: 'input' },
  'model-events': { partitions: 1 },
  late: { partitions: 'input' },
  'dead-letters': { partitions: 'input' },
  models: { partitions: 1, fixed: true, settings: COMPACTED },
  'model-requests': { partitions: 1, fixed: true, settings: kept(7) },
  // A trainer that was away for longer goes on without what it missed.
  samples: { partitions: 1, fixed: true, settings: kept(1) },
  statistics: { partitions: 1, fixed: true, settings: kept(1) },
  state: { partitions: 'input', fixed: true, settings: STATE },
  'trainer-state': { partitions: 1, fixed: true, settings: STATE },
  'forget-requests': { partitions: 'input', fixed: true, settings: kept(7) },
  repartitioned: { partitions: 'input', fixed: true, settings: kept(7) },
};

function kept(days: number): Readonly<Record<string, string>> {
  return { 'cleanup.policy': 'delete', 'retention.ms': String(days * DAY_MS) };
}
