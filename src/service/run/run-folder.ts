import { access, constants, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SegtideError } from '../../errors.js';
import type { SourcePosition } from '../../ports.js';
import type { SegmentationSnapshot } from '../../segmentation.js';
import { type CheckpointParts, createCheckpointStore } from '../../transport/file/checkpoint-store.js';
import { toOutputError } from '../../transport/file/file-error.js';
import { makeFolder } from '../../transport/file/make-folder.js';
import type { Config } from '../config/schema.js';
import type { OutputSummary, RunSummary } from '../run-summary.js';
import type { OutputsSnapshot } from './open-outputs.js';

/** What a run needs to go on after it was killed. */
export interface RunCheckpoint {
  readonly position: SourcePosition;
  /** Undefined where outputs are no files: there a resumed run repeats what came after the checkpoint. */
  readonly outputs: OutputsSnapshot | undefined;
  readonly eventTimes: readonly [number, number] | null;
  readonly state: SegmentationSnapshot;
}

/** Where a run keeps its checkpoints and its summary. */
export interface RunFolder {
  /** What to go on from, or the summary of a run that has finished; undefined for a new run. */
  load(): Promise<LoadedRun | undefined>;
  save(checkpoint: RunCheckpoint): Promise<void>;
  /** The run is over: leaves the summary, and no checkpoint. */
  finish(summary: RunSummary): Promise<void>;
  /** Files of the run beside its outputs. */
  readonly files: readonly OutputSummary[];
}

export type LoadedRun = {
  /** Damaged checkpoints that were passed over, for the log. */
  readonly passedOver: readonly string[];
} & (
  | { readonly checkpoint: RunCheckpoint; readonly finished?: undefined }
  | { readonly finished: RunSummary; readonly checkpoint?: undefined }
);

/**
 * @param hash of all settings that shape the results
 * @throws SegtideError `output` when the folder holds another run and this one is not to go on with it
 */
export async function openRunFolder(config: Config, hash: string): Promise<RunFolder> {
  const { output, run, input } = config;
  const folder = output.path;
  if (folder === undefined) return NO_FOLDER;
  const checkpoints = createCheckpointStore(join(folder, CHECKPOINTS), {
    settings: hash,
    input: input.kind === 'kafka' ? input.kafka?.topic : input.paths,
  });
  const summaryPath = join(folder, 'summary.json');
  // Input from Kafka never ends by itself: a run on it goes on where the last one stopped.
  const resumes = run.resume || input.kind === 'kafka';
  await refuseUsed(folder, resumes);
  await prepareFolder(folder);

  return {
    async load() {
      if (!resumes) return undefined;
      const finished = await readSummary(summaryPath);
      if (finished !== undefined) return { passedOver: [], finished };
      const loaded = await checkpoints.load();
      if (loaded === undefined) return undefined;
      return { passedOver: loaded.passedOver, checkpoint: loaded.parts.run as unknown as RunCheckpoint };
    },
    save: (checkpoint) => checkpoints.save({ run: checkpoint } as unknown as CheckpointParts),
    async finish(summary) {
      // Renamed when it is whole: a run is known to be finished by its summary.
      await writeFile(`${summaryPath}.part`, `${JSON.stringify(summary, undefined, 2)}\n`);
      await rename(`${summaryPath}.part`, summaryPath);
      await rm(join(folder, CHECKPOINTS), { recursive: true, force: true });
    },
    files: [{ output: 'summary', path: summaryPath, records: 1 }],
  };
}

const CHECKPOINTS = 'checkpoints';

/** A run without a folder of its own keeps nothing. */
const NO_FOLDER: RunFolder = {
  load: async () => undefined,
  save: async () => undefined,
  finish: async () => undefined,
  files: [],
};

/** Now rather than at the first checkpoint: a run that can't keep one should not begin. */
async function prepareFolder(folder: string): Promise<void> {
  try {
    await makeFolder(folder);
    // Marks the folder as a run's own, before anything in it is written.
    await makeFolder(join(folder, CHECKPOINTS));
    await access(folder, constants.W_OK);
  } catch (cause) {
    throw toOutputError(cause, folder);
  }
}

/** A run begins in an empty folder, or goes on in one that a run of segtide left; files of others are never touched. */
async function refuseUsed(folder: string, resumes: boolean): Promise<void> {
  const names: string[] = await readdir(folder).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return [];
    const text = `The output folder ${folder} can't be used: ${cause.message}. Name another one.`;
    throw new SegtideError('output', text, { cause, context: { path: folder } });
  });
  if (names.length === 0) return;
  const unfinished = names.includes(CHECKPOINTS);
  if (resumes && (unfinished || names.includes('summary.json'))) return;
  throw new SegtideError(
    'output',
    unfinished
      ? `The output folder ${folder} holds a run that has not finished. Go on with it by --resume, or name another folder.`
      : `The output folder ${folder} is not empty (it holds ${names[0]}). Name another one, or empty it.`,
    { context: { path: folder } },
  );
}

async function readSummary(path: string): Promise<RunSummary | undefined> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as RunSummary;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new SegtideError('state', `${path} can't be read: ${(cause as Error).message}`, { cause, context: { path } });
  }
}
