import { SegtideError } from '../errors.js';
import { byTraining, type ListedModel, listModel } from './listed-model.js';
import type { ModelEntry } from './model-entry.js';
import type { RegistryChange } from './model-registry.js';
import { countChunks, toChunks, toModelKey } from './model-topic.js';

/** A record of the topic of models; a value of null is a tombstone. */
export interface RegistryRecord {
  readonly key: string;
  readonly value: Buffer | null;
}

/**
 * Makes the records of a change: `<version>/entry` as JSON, and of a model that never was in force its bytes as
 * `<version>/kept-<i>`. Those of one that takes over are published with it, as `<version>/chunk-<i>`.
 */
export function toRegistryRecords(change: RegistryChange): readonly RegistryRecord[] {
  const { entry } = change;
  const { modelVersion, reigns } = entry;
  if (change.kind !== 'entry') {
    const file = [...fileKeys(entry), ...(reigns.length > 0 ? [`${modelVersion}/manifest`] : [])];
    return [...file, ...(change.kind === 'dropped' ? [`${modelVersion}/entry`] : [])].map(tombstone);
  }
  const told = { key: `${modelVersion}/entry`, value: Buffer.from(JSON.stringify(entry)) };
  const { artifact } = change;
  if (entry.status !== 'refused' || artifact === undefined) return [told];
  return [...toChunks(keptPrefix(entry), Buffer.from(artifact)), told];
}

/** What a topic of models holds, for whoever asks about models or goes back to one. */
export interface RegistryReading {
  take(records: readonly { readonly key: string | null; readonly value: Uint8Array | null }[]): void;
  /** In the order of their training. */
  list(): Promise<readonly ListedModel[]>;
  /** @throws SegtideError `state` where chunks are missing */
  fileOf(entry: ModelEntry): Buffer;
}

export function createRegistryReading(): RegistryReading {
  const values = new Map<string, Uint8Array>();

  function fileOf(entry: ModelEntry): Buffer {
    const chunks = fileKeys(entry).map((key) => {
      const value = values.get(key);
      if (value !== undefined) return value;
      throw new SegtideError('state', `The file of model ${entry.modelVersion} is not whole: ${key} is missing.`);
    });
    return Buffer.concat(chunks);
  }

  return {
    take(records) {
      for (const { key, value } of records) {
        const kind = key === null ? undefined : toModelKey(key)?.kind;
        if (key === null || kind === undefined || kind === 'centroids') continue;
        if (value === null) values.delete(key);
        else values.set(key, value);
      }
    },
    async list() {
      const models = [...values].flatMap(([name, value]) => {
        const key = toModelKey(name);
        return key?.kind === 'entry' ? [listModel(key.modelVersion, () => readEntry(name, value), fileOf)] : [];
      });
      return (await Promise.all(models)).sort(byTraining);
    },
    fileOf,
  };
}

/** @throws SegtideError `state` where it is none that this version knows */
export function readEntry(name: string, bytes: Uint8Array | string): ModelEntry {
  const text = typeof bytes === 'string' ? bytes : Buffer.from(bytes).toString();
  let entry: ModelEntry;
  try {
    entry = JSON.parse(text) as ModelEntry;
  } catch (cause) {
    throw new SegtideError('state', `${name} is damaged: ${(cause as Error).message}`, { cause });
  }
  if (entry?.formatVersion === 1) return entry;
  throw new SegtideError('state', `${name} has format ${entry?.formatVersion}; this version of segtide reads 1`);
}

function keptPrefix({ modelVersion }: ModelEntry): string {
  return `${modelVersion}/kept-`;
}

/** Keys under which a model file is, without that of its manifest. */
function fileKeys(entry: ModelEntry): readonly string[] {
  const prefix = entry.reigns.length === 0 ? keptPrefix(entry) : `${entry.modelVersion}/chunk-`;
  return Array.from({ length: countChunks(entry.bytes ?? 0) }, (_, i) => `${prefix}${i}`);
}

function tombstone(key: string): RegistryRecord {
  return { key, value: null };
}
