import { SegtideError } from '../../errors.js';
import type { TrainingJob, TrainingResult } from '../../train/training-job.js';
import { checkOutputFile } from '../../transport/file/check-output-file.js';
import { loadConfig } from '../config/load-config.js';
import type { Config } from '../config/schema.js';
import { type EvaluateOptions, evaluateFile } from '../model/evaluate-file.js';
import { trainUnderWatch } from '../model/train-under-watch.js';
import { renderEvaluation } from '../summary/render-evaluation.js';
import type { EvaluateFlags } from './evaluate-command.js';
import { readConfig } from './read-config.js';
import { refuseIdle } from './refuse-idle.js';
import { sharedAssignments } from './shared-options.js';
import type { Terminal } from './terminal.js';
import { workAndPrint } from './work-and-print.js';

/**
 * Evaluates a file and tells the user about it: progress on standard error, the scores on standard output.
 *
 * @param train how a job is trained. @default in a process of its own
 * @returns the exit code
 */
export async function evaluateAndReport(
  file: string,
  flags: EvaluateFlags,
  terminal: Terminal,
  train?: (job: TrainingJob) => Promise<TrainingResult>,
): Promise<number> {
  const config = evaluationConfig(flags, terminal);
  const options = {
    labelColumn: flags.labelColumn,
    ...toFitting(flags),
    model: flags.model,
    assignments: flags.assignments,
    plot: flags.plot,
  };
  const reads = [file, flags.model, flags.config];
  if (flags.assignments !== undefined) await checkOutputFile(flags.assignments, reads);
  if (flags.plot !== undefined) await checkOutputFile(flags.plot, [...reads, flags.assignments]);
  return workAndPrint(
    {
      work: (display, signal) =>
        evaluateFile(file, config, options, {
          train: train ?? ((job) => trainUnderWatch(job, display, signal)),
          now: terminal.now,
          signal,
        }),
      render: renderEvaluation,
    },
    flags,
    terminal,
  );
}

/** Only a file that is named counts: scores of the defaults must not depend on what lies in the folder. */
function evaluationConfig({ config, seed, set, model }: EvaluateFlags, { env }: Terminal): Config {
  const assignments = sharedAssignments({ ...(seed !== undefined && { seed }), ...(set && { set }) });
  if (model !== undefined) refuseIdle(assignments, (key) => key !== 'encoder.engine', 'the model is fitted already');
  return config === undefined && env.SEGTIDE_CONFIG === undefined
    ? loadConfig({ env, flags: assignments })
    : readConfig(config, assignments, env);
}

/** How a model is fitted, of which a model that is fitted already takes no part. */
function toFitting(flags: EvaluateFlags): Pick<EvaluateOptions, 'k' | 'fold'> {
  for (const name of ['k', 'fit', 'fold'] as const) {
    if (flags.model === undefined || flags[name] === undefined) continue;
    throw new SegtideError(
      'config',
      `--${name} is for a model that is fitted here; leave it out, or leave out --model`,
    );
  }
  return { k: toK(flags.k), fold: toFold(flags) };
}

function toK(text: string | undefined): number | 'auto' | undefined {
  if (text === undefined || text === 'auto') return text;
  const k = Number(text);
  if (Number.isInteger(k) && k >= 1 && k <= 1000) return k;
  throw new SegtideError('config', `--k must be auto or a whole number from 1 to 1000; got '${text}'`);
}

function toFold({ fit = 'all', fold }: EvaluateFlags): 'all' | 0 | 1 {
  if (fit !== 'all' && fit !== 'half') throw new SegtideError('config', `--fit must be all or half; got '${fit}'`);
  if (fit === 'all' && fold !== undefined) {
    throw new SegtideError('config', '--fold names the half that is fitted; add --fit half, or leave it out');
  }
  if (fold !== undefined && fold !== '0' && fold !== '1') {
    throw new SegtideError('config', `--fold must be 0 or 1; got '${fold}'`);
  }
  return fit === 'all' ? 'all' : fold === '1' ? 1 : 0;
}
