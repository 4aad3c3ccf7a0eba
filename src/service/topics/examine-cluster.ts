import { describeTopics, withSettings } from '../../transport/kafka/describe-topics.js';
import { openKafka } from '../../transport/kafka/kafka-connection.js';
import type { Config } from '../config/schema.js';
import { toConnection } from '../run/to-connection.js';
import { examineTopics, type TopicFinding } from './examine-topics.js';
import { findInputTopics, partitionsOf } from './input-topics.js';
import type { PlannedTopic } from './plan-topics.js';

/**
 * Looks at the topics of a config as they are at its brokers.
 *
 * @throws SegtideError `input` where those of the input are missing or can't be read together; `transport` when no broker
 * is to be had, or doesn't let them be described
 */
export async function examineCluster(
  { input, output, delivery }: Pick<Config, 'input' | 'output' | 'delivery'>,
  plan: readonly PlannedTopic[],
): Promise<{ readonly findings: readonly TopicFinding[]; readonly inputPartitions: number | undefined }> {
  const toKafka = await openKafka(await toConnection((output.kafka ?? input.kafka)!));
  const names = plan.map(({ topic }) => topic);
  const own = await withSettings(toKafka, await describeTopics(toKafka, names));
  if (input.kind !== 'kafka') {
    return {
      findings: examineTopics(plan, own, [], { inputPartitions: undefined, delivery }),
      inputPartitions: undefined,
    };
  }
  const { topics } = input.kafka!;
  const fromKafka = await openKafka(await toConnection(input.kafka!));
  const found = await findInputTopics(fromKafka, { topics, keyed: input.keyed });
  const inputPartitions = partitionsOf(found);
  const read = await withSettings(fromKafka, found);
  return { findings: examineTopics(plan, own, read, { inputPartitions, delivery }), inputPartitions };
}
