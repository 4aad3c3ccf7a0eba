import { SegtideError } from '../../errors.js';
import { describeTopics } from '../../transport/kafka/describe-topics.js';
import { openKafka } from '../../transport/kafka/kafka-connection.js';
import type { Config } from '../config/schema.js';
import { toConnection } from '../run/to-connection.js';
import { checkTopics } from './check-topics.js';
import { findInputTopics, partitionsOf } from './input-topics.js';
import { type Role, topicsOf } from './plan-acls.js';
import { planTopics } from './plan-topics.js';
import { topicOf } from './topic-name.js';

/**
 * Looks whether all topics are there that roles of one process need, before each looks for its own: who starts both is
 * told once of all that are missing.
 *
 * @throws SegtideError `input` or `output` that names them
 */
export async function checkRoleTopics(config: Config, roles: readonly Role[]): Promise<void> {
  const { input, output } = config;
  const kafka = await openKafka(await toConnection(input.kafka!));
  const plan = topicsOf(planTopics(config), roles);
  const found = await orProblem(() =>
    findInputTopics(kafka, { topics: input.kafka!.topics, keyed: input.keyed }).then(partitionsOf),
  );
  const copies = await describeTopics(kafka, input.keyed === 'repartition' ? [topicOf(output, 'repartitioned')] : []);
  const hasInput = typeof found === 'number';
  const inputPartitions = copies[0]?.partitions ?? (hasInput ? found : undefined);
  const own = await orProblem(() =>
    // Without an input nobody knows with how many partitions they are to be made.
    checkTopics(kafka, plan, { inputPartitions, create: output.createTopics && hasInput }),
  );
  if (hasInput) {
    if (own !== undefined) throw own;
    return;
  }
  if (own === undefined) throw found;
  throw new SegtideError(found.code, `${found.message}; ${own.message}`, { context: found.context });
}

/** What work gives, or what a user is to be told of it. */
async function orProblem<T>(work: () => Promise<T>): Promise<T | SegtideError> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof SegtideError && (error.code === 'input' || error.code === 'output')) return error;
    throw error;
  }
}
