import type { Clock } from '../../ports.js';
import { OUTPUTS } from '../../publish/output.js';
import type { Config } from '../config/schema.js';
import { type TopicName, topicOf } from '../topics/topic-name.js';
import { openRegistry } from './open-registry.js';

/**
 * Ids of the schemas of outputs, by name, from the registry of `output.registry`; none where there is no such.
 *
 * @param names outputs that are written
 * @throws SegtideError `output` where a schema is missing or not compatible, `transport` when the registry is not to be had
 */
export async function findSchemaIds(
  { output }: Config,
  names: readonly string[],
  clock: Clock = { now: Date.now },
): Promise<ReadonlyMap<string, number>> {
  if (output.registry === undefined) return new Map();
  const { subjects, autoRegister } = output.registry;
  const { findOutputSchemas } = await import('../../transport/registry/output-schemas.js');
  const registry = await openRegistry(output.registry, clock);
  try {
    const written = OUTPUTS.filter(({ name }) => names.includes(name)).map((one) => ({
      output: one,
      topic: topicOf(output, one.name as TopicName),
    }));
    return await findOutputSchemas(registry, written, { subjects, autoRegister });
  } finally {
    registry.close();
  }
}
