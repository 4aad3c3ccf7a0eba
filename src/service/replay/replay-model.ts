import { SegtideError } from '../../errors.js';
import { createModelAssembler } from '../../train/model-assembler.js';
import type { ModelRecord } from '../../train/model-record.js';
import { toModelKey } from '../../train/model-topic.js';
import type { ModelSettings } from '../../train/training-job.js';
import type { TopicReader } from '../../transport/kafka/topic-reader.js';
import type { PartitionRange } from '../../transport/kafka/topics.js';
import { readInitialModel } from '../run/read-initial-model.js';

/**
 * The model that a replay scores with, and its latest centroids where they have moved.
 *
 * @param model a version of the topic, or a file: what ends in .safetensors or has a slash. @default the newest
 * @param range of the topic of models
 * @throws SegtideError `config` where the topic has no such version, with those that it has
 */
export async function findReplayModel(
  model: string | undefined,
  { reader, topic, range }: { readonly reader: TopicReader; readonly topic: string; readonly range: PartitionRange },
  settings: ModelSettings,
): Promise<readonly ModelRecord[]> {
  if (model !== undefined && /\/|\.safetensors$/.test(model)) {
    const { modelVersion, champion } = await readInitialModel(model, settings);
    return [{ kind: 'model', modelVersion, artifact: champion.artifact, previousVersion: null }];
  }
  const versions = await readModels(reader, topic, range);
  const found = model === undefined ? [...versions.values()].at(-1) : versions.get(model);
  if (found !== undefined) return found;
  const there = versions.size === 0 ? 'no model yet' : [...versions.keys()].join(', ');
  const wanted = model === undefined ? '' : `'${model}' is not among them; `;
  throw new SegtideError(
    'config',
    `the topic ${topic} has ${there}; ${wanted}name a version that is there, or a model file as ./model.safetensors`,
    { context: { topic } },
  );
}

/** All models of the topic, each with its latest centroids, the newest last. */
async function readModels(
  reader: TopicReader,
  topic: string,
  { low, high }: PartitionRange,
): Promise<ReadonlyMap<string, readonly ModelRecord[]>> {
  const versions = new Map<string, readonly ModelRecord[]>();
  if (low === high) return versions;
  const assembler = createModelAssembler();
  await reader.read(topic, 0, undefined, (records, next) => {
    for (const { key, value } of records) {
      const name = key?.toString() ?? null;
      assembler.take([{ key: name, value }]);
      const at = name === null ? undefined : toModelKey(name);
      if (at?.kind === 'manifest') versions.delete(at.modelVersion);
      for (const record of assembler.models) {
        const version = record.kind === 'model' ? record.modelVersion : record.cluster.modelVersion;
        const before = record.kind === 'model' ? [] : (versions.get(version) ?? []).slice(0, 1);
        versions.set(version, [...before, record]);
      }
    }
    return next >= high;
  });
  return versions;
}
