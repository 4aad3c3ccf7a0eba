import { formatDuration } from '../../numeric/duration.js';
import type { ConfiguredTopic } from '../../transport/kafka/describe-topics.js';
import type { Config } from '../config/schema.js';
import { formatCounted } from '../summary/format.js';
import { wrongPartitions } from './check-topics.js';
import type { PlannedTopic } from './plan-topics.js';

/** Something at the broker that is not as the plan wants it. */
export interface TopicFinding {
  readonly topic: string;
  /** `missing`: it can be made. `wrong`: segtide would lose or misread records. `weak`: it works, until something fails. */
  readonly severity: 'missing' | 'wrong' | 'weak';
  /** What, what it breaks, and what to do. */
  readonly text: string;
}

export interface ExamineOptions {
  readonly inputPartitions: number | undefined;
  readonly delivery: Pick<Config['delivery'], 'checkpointEvery'>;
}

/**
 * Compares the topics at the broker with the plan.
 *
 * @param existing own topics that are there
 * @param input topics of the input
 */
export function examineTopics(
  plan: readonly PlannedTopic[],
  existing: readonly ConfiguredTopic[],
  input: readonly ConfiguredTopic[],
  { inputPartitions, delivery }: ExamineOptions,
): readonly TopicFinding[] {
  const own = plan.flatMap((planned): TopicFinding[] => {
    const { topic } = planned;
    const found = existing.find((other) => other.topic === topic);
    if (found === undefined)
      return [{ topic, severity: 'missing', text: `${topic} does not exist, or may not be seen` }];
    const partitions = wrongPartitions(planned, found, inputPartitions);
    return [
      ...partitions.map((text): TopicFinding => ({ topic, severity: 'wrong', text })),
      ...fewPartitions(planned, found, inputPartitions),
      ...settingFindings(planned, found),
      ...replicaFindings(planned, found),
      ...sizeFindings(found),
    ];
  });
  const redone = plan.some(({ name }) => name === 'state')
    ? input.flatMap((topic) => inputFindings(topic, delivery))
    : [];
  return [...own, ...input.flatMap(compactedInput), ...redone];
}

/** Outputs may have any number; with fewer than the input some are written to by several of its partitions. */
function fewPartitions(
  { topic, partitions, fixed }: PlannedTopic,
  { partitions: found }: ConfiguredTopic,
  inputPartitions: number | undefined,
): TopicFinding[] {
  const wanted = partitions === 'input' ? inputPartitions : partitions;
  if (fixed || wanted === undefined || found >= wanted) return [];
  const origin = partitions === 'input' ? 'the input' : 'the plan';
  const text = `${topic} has ${formatCounted(found, 'partition')} and ${origin} ${wanted}: no more than ${found} of its readers can share the work; kafka-topics.sh --alter --topic ${topic} --partitions ${wanted} adds them, after which a customer's new records may lie in another partition than the old`;
  return [{ topic, severity: 'weak', text }];
}

/** What Kafka takes by default, and segtide's largest requests stay below. */
const MESSAGE_BYTES = 1_048_588;
const DAY_MS = 86_400_000;

function settingFindings({ name, topic, settings }: PlannedTopic, found: ConfiguredTopic): TopicFinding[] {
  return Object.entries(settings).flatMap(([setting, wanted]): TopicFinding[] => {
    const got = found.settings[setting];
    if (got === undefined || isAsGood(setting, wanted, got)) return [];
    const text = `${topic} has ${setting}=${got} and should have ${wanted}`;
    const loss = LOSSES[setting]?.(wanted, name);
    if (loss === undefined) return [{ topic, severity: 'weak', text }];
    const advice = `set it by kafka-configs.sh --alter --entity-type topics --entity-name ${topic} --add-config '${setting}=[${wanted}]'`;
    return [{ topic, severity: 'wrong', text: `${text}: ${loss}; ${advice}` }];
  });
}

/** What is lost where a setting is not as wanted; undefined where it would merely be better so. */
const LOSSES: Readonly<Record<string, (wanted: string, name: string) => string | undefined>> = {
  'cleanup.policy': (wanted, name) => {
    if (wanted === 'delete') return 'records that were not read yet would replace each other';
    if (wanted === 'compact,delete') return 'state would be lost, or could never be cleared away';
    return `${name} that are still in force would be gone after a time`;
  },
  'retention.ms': (wanted) => (wanted === '-1' ? 'state would be gone after a time' : undefined),
  'retention.bytes': (wanted) => (wanted === '-1' ? 'state would be gone once there is much of it' : undefined),
};

function isAsGood(setting: string, wanted: string, got: string): boolean {
  if (setting === 'cleanup.policy') return toSet(wanted) === toSet(got);
  if (setting === 'segment.bytes') return Number(got) <= Number(wanted);
  return got === '-1' || (wanted !== '-1' && Number(got) >= Number(wanted));
}

function toSet(policy: string): string {
  return policy.split(',').sort().join();
}

function replicaFindings({ topic, replicationFactor }: PlannedTopic, found: ConfiguredTopic): TopicFinding[] {
  const minimum = Number(found.settings['min.insync.replicas'] ?? 1);
  if (minimum > found.replicationFactor) {
    const text = `${topic} has min.insync.replicas=${minimum} and ${found.replicationFactor} replicas: nothing can be written to it`;
    return [{ topic, severity: 'wrong', text }];
  }
  if (replicationFactor === undefined || found.replicationFactor >= replicationFactor) return [];
  const text = `${topic} has ${found.replicationFactor} replicas and should have ${replicationFactor}; kafka-reassign-partitions.sh adds them`;
  return [{ topic, severity: 'weak', text }];
}

function sizeFindings({ topic, settings }: ConfiguredTopic): TopicFinding[] {
  const bytes = Number(settings['max.message.bytes'] ?? MESSAGE_BYTES);
  if (bytes >= MESSAGE_BYTES) return [];
  const text = `${topic} has max.message.bytes=${bytes}, and segtide sends batches of up to ${MESSAGE_BYTES} bytes: large ones would be refused; raise it`;
  return [{ topic, severity: 'wrong', text }];
}

/** Since the last checkpoint of a partition its input is what its state is made of anew. */
function inputFindings({ topic, settings }: ConfiguredTopic, delivery: ExamineOptions['delivery']): TopicFinding[] {
  const retention = Number(settings['retention.ms'] ?? -1);
  const { checkpointEvery } = delivery;
  if (retention < 0 || !settings['cleanup.policy']?.includes('delete')) return [];
  const kept = `${topic} keeps records for ${formatDuration(retention)}`;
  if (retention < 2 * checkpointEvery) {
    const text = `${kept}, and a restart reads again what came since the last checkpoint, up to ${formatDuration(checkpointEvery)} before it stopped: lower delivery.checkpointEvery, or keep them for longer`;
    return [{ topic, severity: 'wrong', text }];
  }
  if (retention >= DAY_MS) return [];
  const text = `${kept}: a partition whose workers are away for longer cannot be restored`;
  return [{ topic, severity: 'weak', text }];
}

function compactedInput({ topic, settings }: ConfiguredTopic): TopicFinding[] {
  if (!settings['cleanup.policy']?.includes('compact')) return [];
  const text = `${topic} is compacted: events of one key replace each other, and those that were not read yet are lost`;
  return [{ topic, severity: 'weak', text }];
}
