import { SegtideError } from '../../errors.js';
import { sha256Of } from '../../numeric/sha256-of.js';
import { type ModelRegistry, PUT_BACK } from '../../train/model-registry.js';
import { toModelTopicRecords } from '../../train/model-topic.js';
import { type RegistryReading, type RegistryRecord, toRegistryRecords } from '../../train/registry-records.js';

export interface TopicRegistryParts {
  /** Adds a record of the topic of models to the next commit. */
  readonly add: (record: RegistryRecord) => void;
  /** Reads what the topic holds. */
  readonly read: () => Promise<RegistryReading>;
}

/** Keeps models in their topic: what is written counts with the trainer's next commit. */
export function createTopicRegistry({ add, read }: TopicRegistryParts): ModelRegistry {
  return {
    async write(changes) {
      for (const change of changes) for (const record of toRegistryRecords(change)) add(record);
    },
    async restore(entries, champion) {
      const reading = await read();
      const problems: string[] = [];
      for (const entry of entries) {
        // Told again whether or not it is there: it may be damaged.
        for (const record of toRegistryRecords({ kind: 'entry', entry })) add(record);
        if (entry.sha256 === null) continue;
        const problem = problemOf(() => reading.fileOf(entry), entry.sha256);
        if (problem === undefined) continue;
        const { modelVersion } = entry;
        const isChampion = modelVersion === champion?.clusterModel.modelVersion;
        problems.push(`model ${modelVersion}: ${isChampion ? `${problem.replace(/\.$/, '')}; ${PUT_BACK}` : problem}`);
        if (!isChampion) continue;
        const { artifact, clusterModel: cluster } = champion;
        const previousVersion = entry.reigns.at(-1)?.previousVersion ?? null;
        const records = toModelTopicRecords({ kind: 'model', modelVersion, artifact, previousVersion, cluster });
        for (const record of records) add(record);
      }
      return problems;
    },
    async read(entry) {
      return (await read()).fileOf(entry);
    },
  };
}

function problemOf(fileOf: () => Uint8Array, sha256: string): string | undefined {
  try {
    return sha256Of(fileOf()) === sha256 ? undefined : 'its SHA-256 differs';
  } catch (error) {
    if (error instanceof SegtideError) return error.message;
    throw error;
  }
}
