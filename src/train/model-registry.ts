import { SegtideError } from '../errors.js';
import type { ModelEntry } from './model-entry.js';
import type { Champion } from './training-job.js';

/** A step of what the registry is told. */
export type RegistryChange =
  | {
      readonly kind: 'entry';
      /** As it is from now on. */
      readonly entry: ModelEntry;
      /** The model file, where it is new. */
      readonly artifact?: Uint8Array | undefined;
    }
  | {
      /** `released`: its file is not kept any more; `dropped`: nor is it told of. */
      readonly kind: 'released' | 'dropped';
      /** As it was told last. */
      readonly entry: ModelEntry;
    };

/** Where models and what is known of them are kept, for the trainer to go back to and for all to see. */
export interface ModelRegistry {
  /** Takes changes in order; they count once the trainer's state does. */
  write(changes: readonly RegistryChange[]): Promise<void>;
  /**
   * Puts back what is missing of what is known, as far as it is at hand, after files or records were lost between two
   * runs; called once after a restart. Others of its kind that nobody knows of are removed.
   *
   * @param champion the model in force, with its file
   * @returns files that were lost or damaged, in words; that of the champion is put back
   */
  restore(entries: readonly ModelEntry[], champion: Champion | undefined): Promise<readonly string[]>;
  /**
   * Gives a model file back.
   *
   * @throws SegtideError `state` that says what is wrong where it is missing, cut off or damaged
   */
  read(entry: ModelEntry): Promise<Uint8Array>;
}

/** What became of the champion's file where it was lost. */
export const PUT_BACK = 'it is put back from the state';

/** Keeps models for as long as the process lives. */
export function createMemoryRegistry(): ModelRegistry {
  const files = new Map<string, Uint8Array>();
  return {
    async write(changes) {
      for (const change of changes) {
        const { modelVersion } = change.entry;
        if (change.kind !== 'entry') files.delete(modelVersion);
        else if (change.artifact !== undefined) files.set(modelVersion, change.artifact);
      }
    },
    async restore(_, champion) {
      if (champion !== undefined) files.set(champion.clusterModel.modelVersion, champion.artifact);
      return [];
    },
    async read({ modelVersion }) {
      const file = files.get(modelVersion);
      if (file !== undefined) return file;
      throw new SegtideError('state', `Model ${modelVersion} is not here any more: models are kept in memory alone.`);
    },
  };
}
