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
import { createLineDisplay } from '../summary/line-display.js';
import { renderTraining } from '../summary/render-training.js';
import { EXIT_CODES } from './exit-code.js';
import { inputAssignments } from './input-options.js';
import { readConfig } from './read-config.js';
import { refuseExisting } from './refuse-existing.js';
import { refuseIdle } from './refuse-idle.js';
import { writeFailure } from './report-error.js';
import { sharedAssignments } from './shared-options.js';
import { listenForStop } from './stop-signals.js';
import { type Terminal, wantsColor } from './terminal.js';
import type { TrainFlags } from './train-command.js';

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
  const display = createLineDisplay(terminal.err, { quiet: quiet || json, now: terminal.now });
  const stop = listenForStop(display, terminal.now, json ? undefined : 'stopping; nothing is written');
  const deps = {
    clock: { now: terminal.now },
    log: createLog({ level: 'warn', format: 'text', write: (line) => display.above(line) }),
    signal: stop.signal,
    onProgress: (events: number, gathered: number) =>
      display.show(() => `reading  ${formatCounted(events, 'event')}  ${formatCounted(gathered, 'window')}`),
  };
  const gather = () => (windows ? gatherWindows(config, paths[0]!, stop.signal) : gatherFromEvents(config, deps));
  try {
    const parts = {
      train: train ?? ((job: TrainingJob) => trainUnderWatch(job, display, stop.signal)),
      now: terminal.now,
    };
    const summary = await trainModel(gather, { path, seed: config.run.seed }, parts);
    display.clear();
    const width = terminal.out.columns ?? (Number(terminal.env.COLUMNS) || 80);
    const style = { width, color: wantsColor(terminal, terminal.out) };
    if (json) terminal.out.write(`${JSON.stringify(summary)}\n`);
    else if (!quiet) terminal.out.write(renderTraining(summary, style));
    return EXIT_CODES.ok;
  } catch (error) {
    display.clear();
    if (stop.exitCode === undefined || !(error instanceof SegtideError) || error.code !== 'aborted') throw error;
    if (json) writeFailure(error, json, terminal);
    return stop.exitCode;
  } finally {
    stop.close();
  }
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
