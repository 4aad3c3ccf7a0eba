import { readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { SegtideError } from '../../errors.js';
import { type CheckpointParts, readCheckpoint, writeCheckpoint } from './checkpoint-file.js';
import { toInputError, toOutputError } from './file-error.js';
import { makeFolder } from './make-folder.js';
import { refuseOtherSettings, type StateSettings } from './refuse-other-settings.js';
import { syncFolder } from './sync-folder.js';

export type { CheckpointParts };

export interface LoadedCheckpoint {
  /** 1 for the first checkpoint of a run, and so on. */
  readonly sequence: number;
  readonly parts: CheckpointParts;
  /** Newer checkpoints that were torn or damaged, with the reason, for the log. */
  readonly passedOver: readonly string[];
}

/** Checkpoints of one run. */
export interface CheckpointStore {
  /**
   * Saves a checkpoint. Once it resolves, the checkpoint survives a crash of the machine, and `load` gives it back. The
   * parts are not copied: they must stay as they are until then.
   *
   * @throws SegtideError 'output' when it cannot be written; the one before is untouched then
   */
  save(parts: CheckpointParts): Promise<void>;
  /**
   * The newest checkpoint that is whole, undefined where there never was one.
   *
   * @throws SegtideError 'state' when none of those that are there is whole, or it belongs to other settings
   */
  load(): Promise<LoadedCheckpoint | undefined>;
}

/**
 * Keeps the last two checkpoints as files in a folder, which is made where it is missing.
 *
 * A checkpoint is written beside the others under a passing name, with its SHA-256, fsynced, renamed, and the folder
 * fsynced: after a crash at any point the newest whole one is complete.
 *
 * @param settings what a resumed run must share with the run that saved; the error names those that differ
 */
export function createCheckpointStore(folder: string, settings: StateSettings): CheckpointStore {
  let last: Promise<void> = Promise.resolve();
  let sequence: number | undefined;

  const save = async (parts: CheckpointParts): Promise<void> => {
    try {
      await makeFolder(folder);
      sequence = (sequence ?? (await listSequences(folder))[0] ?? 0) + 1;
      const path = join(folder, toName(sequence));
      await writeCheckpoint(`${path}${PASSING}`, { sequence, settings, parts });
      await rename(`${path}${PASSING}`, path);
      await syncFolder(folder);
      for (const old of (await listSequences(folder)).slice(KEPT)) await rm(join(folder, toName(old)), { force: true });
    } catch (cause) {
      if (sequence !== undefined)
        await rm(join(folder, `${toName(sequence)}${PASSING}`), { force: true }).catch(() => {});
      throw toOutputError(cause, folder);
    }
  };

  return {
    save(parts) {
      const step = last.then(() => save(parts));
      last = step.catch(() => {});
      return step;
    },
    async load() {
      const passedOver: string[] = [];
      for (const found of await listSequences(folder)) {
        const path = join(folder, toName(found));
        try {
          const checkpoint = await readCheckpoint(path);
          refuseOtherSettings(`The checkpoint ${path} was saved`, path, checkpoint.settings, settings);
          return { sequence: checkpoint.sequence, parts: checkpoint.parts, passedOver };
        } catch (error) {
          if (!(error instanceof SegtideError) || error.context.path !== undefined) throw toInputError(error, path);
          passedOver.push(`${path}: ${error.message}`);
        }
      }
      if (passedOver.length === 0) return undefined;
      const text = `No checkpoint in ${folder} is whole (${passedOver.join('; ')}).`;
      throw new SegtideError('state', `${text} Start afresh in a new output folder.`, { context: { path: folder } });
    },
  };
}

const KEPT = 2;
const PASSING = '.part';

function toName(sequence: number): string {
  return `checkpoint-${String(sequence).padStart(8, '0')}.bin`;
}

/** Newest first. */
async function listSequences(folder: string): Promise<number[]> {
  const names = await readdir(folder).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return [];
    throw toInputError(cause, folder);
  });
  return names
    .map((name) => /^checkpoint-(\d{8,})\.bin$/.exec(name)?.[1])
    .filter((digits) => digits !== undefined)
    .map(Number)
    .sort((a, b) => b - a);
}
