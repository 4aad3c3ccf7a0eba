import { access, constants, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { SegtideError } from '../../errors.js';
import type { SourcePosition } from '../../ports.js';
import type { SegmentationSnapshot } from '../../segmentation.js';
import { type CheckpointParts, createCheckpointStore } from '../../transport/file/checkpoint-store.js';
import { toOutputError } from '../../transport/file/file-error.js';
import { makeFolder } from '../../transport/file/make-folder.js';
import { refuseOtherSettings, type StateSettings } from '../../transport/file/refuse-other-settings.js';
import { writeWholeFile } from '../../transport/file/write-whole-file.js';
import type { Config } from '../config/schema.js';
import type { OutputSummary, RunIdentity, RunSummary } from '../run-summary.js';
import { CHECKPOINTS, type FolderState, lookInto, MARKER, notEmpty, SUMMARY } from './folder-state.js';
import type { OutputsSnapshot } from './open-outputs.js';

/** What a run needs to go on after it was killed. */
export interface RunCheckpoint {
  readonly position: SourcePosition;
  /** Undefined where outputs are no files: there a resumed run repeats what came after the checkpoint. */
  readonly outputs: OutputsSnapshot | undefined;
  readonly state: SegmentationSnapshot;
}

/** Where a run keeps its checkpoints and its summary. */
export interface RunFolder {
  /** What the run goes on from, or the summary of one that has finished; undefined for a new run. */
  readonly found: FoundRun | undefined;
  /** It holds a run that is to go on, but no checkpoint of it. */
  readonly startsOver: boolean;
  /**
   * Makes the folder and marks it as the run's own, before anything is written there. A run that can't keep a
   * checkpoint should not begin.
   *
   * @throws SegtideError `output` when it can't be written
   */
  prepare(): Promise<void>;
  save(checkpoint: RunCheckpoint): Promise<void>;
  /** Whether there is something to go on from. */
  readonly hasCheckpoint: boolean;
  /**
   * The run is over: leaves the summary, and no checkpoint.
   *
   * @throws SegtideError `output` when it can't be written
   */
  finish(summary: RunSummary): Promise<void>;
  /** Files that `finish` leaves beside the outputs. */
  readonly filesOfFinished: readonly OutputSummary[];
}

export type FoundRun = {
  /** Damaged checkpoints that were passed over, for the log. */
  readonly passedOver: readonly string[];
} & (
  | { readonly checkpoint: RunCheckpoint; readonly finished?: undefined }
  | { readonly finished: RunSummary; readonly checkpoint?: undefined }
);

/**
 * Looks into the output folder, and leaves it as it is.
 *
 * @param identity what a run must share with one that it goes on with
 * @throws SegtideError `output` when the folder holds another run, and this one is not to go on with it, or files of
 * others; `state` when the run there was of other settings, or is damaged
 */
export async function openRunFolder(config: Config, identity: RunIdentity): Promise<RunFolder> {
  const { output, run, input } = config;
  const folder = output.path;
  if (folder === undefined) return NO_FOLDER;
  const checkpoints = createCheckpointStore(join(folder, CHECKPOINTS), { ...identity });
  // Input from Kafka never ends by itself: a run on it goes on where the last one stopped.
  const resumes = run.resume || input.kind === 'kafka';
  const state = await lookInto(folder);
  refuseUsed(folder, state, resumes);

  const found = await find(folder, state, identity, checkpoints);
  let hasCheckpoint = found?.checkpoint !== undefined;

  return {
    found,
    startsOver: state.kind === 'unfinished' && found === undefined,
    async prepare() {
      try {
        await makeFolder(folder);
        await makeFolder(join(folder, CHECKPOINTS));
        await writeWholeFile(join(folder, CHECKPOINTS, MARKER), toText(identity));
        await access(folder, constants.W_OK);
      } catch (cause) {
        throw toOutputError(cause, folder);
      }
    },
    async save(checkpoint) {
      await checkpoints.save({ run: checkpoint } as unknown as CheckpointParts);
      hasCheckpoint = true;
    },
    get hasCheckpoint() {
      return hasCheckpoint;
    },
    async finish(summary) {
      // A run is known to be finished by its summary.
      await writeWholeFile(join(folder, SUMMARY), toText(summary));
      await rm(join(folder, CHECKPOINTS), { recursive: true, force: true }).catch((cause: unknown) => {
        throw toOutputError(cause, join(folder, CHECKPOINTS));
      });
    },
    filesOfFinished: [{ output: 'summary', path: join(folder, SUMMARY), records: 1 }],
  };
}

/** A run without a folder of its own keeps nothing. */
const NO_FOLDER: RunFolder = {
  found: undefined,
  startsOver: false,
  prepare: async () => undefined,
  save: async () => undefined,
  hasCheckpoint: false,
  finish: async () => undefined,
  filesOfFinished: [],
};

/** A run begins in a free folder, or goes on in one that a run of segtide left; files of others are never touched. */
function refuseUsed(folder: string, state: FolderState, resumes: boolean): void {
  if (state.kind === 'free' || (resumes && state.kind !== 'foreign')) return;
  if (state.kind !== 'unfinished') throw notEmpty(folder, state, 'empty it');
  const text = `The output folder ${folder} holds a run that has not finished. Go on with it by --resume, or name another folder.`;
  throw new SegtideError('output', text, { context: { path: folder } });
}

async function find(
  folder: string,
  { kind }: FolderState,
  identity: RunIdentity,
  checkpoints: ReturnType<typeof createCheckpointStore>,
): Promise<FoundRun | undefined> {
  if (kind === 'finished') {
    const path = join(folder, SUMMARY);
    const finished = (await readJson(path)) as RunSummary | null;
    if (finished?.identity === undefined) {
      throw new SegtideError('output', `${path} is not of a run of segtide. Name another output folder.`, {
        context: { path },
      });
    }
    refuseOtherSettings(`The run that ${path} tells of was made`, path, { ...finished.identity }, { ...identity });
    return { passedOver: [], finished };
  }
  if (kind !== 'unfinished') return undefined;
  // Also where it was killed before its first checkpoint, and starts over.
  const path = join(folder, CHECKPOINTS, MARKER);
  refuseOtherSettings(`The run in ${folder} was begun`, path, (await readJson(path)) as StateSettings, { ...identity });
  const loaded = await checkpoints.load();
  if (loaded === undefined) return undefined;
  return { passedOver: loaded.passedOver, checkpoint: loaded.parts.run as unknown as RunCheckpoint };
}

function toText(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}

async function readJson(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as unknown;
  } catch (cause) {
    const text = `${path} can't be read: ${(cause as Error).message}. Start afresh in a new output folder.`;
    throw new SegtideError('state', text, { cause, context: { path } });
  }
}
