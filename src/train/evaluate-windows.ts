import { createRandom } from '../numeric/random.js';
import { shuffle } from '../numeric/shuffle.js';
import type { WindowBatch } from '../window/window-batch.js';
import { decodeArtifact } from './encode-artifact.js';
import { firstJob } from './first-job.js';
import { refuseTooFew } from './refuse-too-few.js';
import { toReservoirSnapshot } from './reservoir-snapshot.js';
import { type ScoreOptions, type Scores, scoreWindows } from './score-windows.js';
import type { ModelSettings, TrainingJob, TrainingResult } from './training-job.js';
import { selectWindows } from './window-rows.js';

export interface EvaluationOptions extends Omit<ScoreOptions, 'rows' | 'engine' | 'plugins'> {
  /** `all` fits and scores all windows; 0 and 1 fit that half of them, drawn by the seed, and score the other. */
  readonly fold: 'all' | 0 | 1;
  /** How a job is trained: here, or in a process of its own. */
  readonly train: (job: TrainingJob) => Promise<TrainingResult>;
}

/** How good a model is on windows, of which it may have seen all or none. */
export interface Evaluation extends Scores {
  /** Windows that it was fitted to. */
  readonly fitted: number;
  /** What the gate said of it. */
  readonly verdict: Pick<TrainingResult, 'promoted' | 'why'>;
}

/**
 * Fits a first model to ready-made windows, exactly as the trainer fits one to its reservoir, and scores it. Labels are
 * never shown to it.
 *
 * @throws SegtideError `config` when there are too few windows to fit and to score; as `runTrainingJob` besides
 */
export async function evaluateWindows(
  windows: WindowBatch,
  settings: ModelSettings,
  { labels, fold, seed, train, signal }: EvaluationOptions,
): Promise<Evaluation> {
  const { fitRows, rows } = splitRows(windows.length, fold, seed);
  const fitted = selectWindows(windows, fitRows);
  const result = await train(
    firstJob({
      reasons: [`${fitted.length} ready-made windows`],
      seed,
      settings,
      reservoir: toReservoirSnapshot(fitted, seed),
    }),
  );
  const scores = await scoreWindows(decodeArtifact(result.artifact), windows, {
    rows,
    labels,
    seed,
    encoder: settings.encoder,
    signal,
  });
  return { ...scores, verdict: result, fitted: fitted.length };
}

/** Rows to fit and rows to score: all of both, or a half drawn by the seed and the other one. */
function splitRows(length: number, fold: EvaluationOptions['fold'], seed: number) {
  refuseTooFew(length, fold === 'all' ? 2 : 4);
  const all = Uint32Array.from({ length }, (_, i) => i);
  if (fold === 'all') return { fitRows: all, rows: all };
  const order = all.slice();
  shuffle(order, createRandom(seed));
  const middle = Math.ceil(length / 2);
  const halves = [order.slice(0, middle).sort(), order.slice(middle).sort()] as const;
  return { fitRows: halves[fold], rows: halves[fold === 0 ? 1 : 0] };
}
