import { SegtideError } from '../../errors.js';
import type { TrainingJob, TrainingResult } from '../../train/training-job.js';
import { checkOutputFile } from '../../transport/file/check-output-file.js';
import { findInputFiles } from '../../transport/file/input-files.js';
import type { Config } from '../config/schema.js';
import { createLog } from '../log.js';
import { gatherFromEvents, gatherWindows } from '../model/gather-windows.js';
import { trainModel } from '../model/train-model.js';
import { trainUnderWatch } from '../model/train-under-watch.js';
import { formatCounted } from '../summary/format.js';
import { renderTraining } from '../summary/render-training.js';
import { inputArguments, inputAssignments } from './input-options.js';
import { readConfig } from './read-config.js';
import { refuseExisting } from './refuse-existing.js';
import { refuseIdle } from './refuse-idle.js';
import { sharedAssignments } from './shared-options.js';
import type { Terminal } from './terminal.js';
import { toCommand } from './to-command.js';
import type { TrainFlags } from './train-command.js';
import { workAndPrint } from './work-and-print.js';

/**
 * Trains a model and tells the user about it: progress on standard error, the summary on standard output.
 *
 * @param train how a job is trained. @default in a process of its own
 * @returns the exit code
 */
export async function trainAndReport(
  files: readonly string[],
  flags: TrainFlags,
  terminal: Terminal,
  train?: (job: TrainingJob) => Promise<TrainingResult>,
): Promise<number> {
  const { json = false, quiet = false, output, force = false, windows = false, ...rest } = flags;
  const assignments = [...inputAssignments(files, flags), ...sharedAssignments({ ...rest })];
  if (windows) refuseIdle(assignments, cutsWindows, 'the windows of the file are cut already');
  const config = readConfig(flags.config, assignments, terminal.env);
  const { paths } = config.input;
  if (config.input.kind === 'file' && paths.length === 0) {
    throw new SegtideError('config', 'there is nothing to train on; name files (segtide train usage.ndjson)');
  }
  if (windows && paths.length !== 1) {
    throw new SegtideError('config', `--windows takes one file; got ${paths.length}`);
  }
  const reads = config.input.kind === 'file' && !windows ? await filesOf(config.input) : paths;
  const path = output ?? DEFAULT_MODEL;
  await checkOutputFile(path, [...reads, flags.config]);
  // A file that is named is meant; one that is not may be all that is left of another training.
  if (output === undefined && !force)
    await refuseExisting(path, 'Name a file by --output, or write over it by --force');
  return workAndPrint(
    {
      work: (display, signal) => {
        const deps = {
          clock: { now: terminal.now },
          log: createLog({ level: 'warn', format: 'text', write: (line) => display.above(line) }),
          signal,
          onProgress: (events: number, gathered: number) =>
            display.show(() => `reading  ${formatCounted(events, 'event')}  ${formatCounted(gathered, 'window')}`),
        };
        const gather = () => (windows ? gatherWindows(config, paths[0]!, signal) : gatherFromEvents(config, deps));
        const parts = { train: train ?? ((job) => trainUnderWatch(job, display, signal)), now: terminal.now };
        return trainModel(gather, { path, seed: config.run.seed }, parts);
      },
      render: (summary, style) => renderTraining(summary, nextCommand(files, flags, path), style),
    },
    flags,
    terminal,
  );
}

/** What to do with the model: score it on the windows, or run on the events, as they were read here. */
function nextCommand(files: readonly string[], flags: TrainFlags, model: string): string {
  const own = (flags.set ?? []).flatMap((set) => ['--set', set]);
  const names = flags.windows ? [...files, ...(flags.input ?? [])] : inputArguments(files, flags);
  return toCommand(
    'segtide',
    flags.windows ? 'evaluate' : 'run',
    ...names,
    ...(flags.windows ? [] : own),
    '--model',
    model,
  );
}

/** Taken when no file is named. */
const DEFAULT_MODEL = 'model.safetensors';

/** Whether a config key says how events are read, or windows are cut from them. */
function cutsWindows(key: string): boolean {
  return /^(input|window)\b/.test(key) && key !== 'input.kind' && key !== 'input.paths';
}

/** The files that paths and globs lead to, as the run will find them. */
async function filesOf({ paths, format }: Config['input']): Promise<readonly string[]> {
  const files = await findInputFiles(paths, format === 'auto' ? undefined : format, '.');
  return files.map(({ path }) => path);
}
