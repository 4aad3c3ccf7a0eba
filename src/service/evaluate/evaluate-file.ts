import { SegtideError } from '../../errors.js';
import { type Evaluation, evaluateWindows } from '../../train/evaluate-windows.js';
import type { TrainingJob, TrainingResult } from '../../train/training-job.js';
import { readWindowTable, type WindowTable } from '../../transport/file/read-window-table.js';
import { writeWholeFile } from '../../transport/file/write-whole-file.js';
import { toGivenWindows } from '../../window/given-windows.js';
import type { Config } from '../config/schema.js';
import type { EvaluationReport } from './evaluation-report.js';
import { modelSettingsFor } from './model-settings.js';
import { plotReconstructions } from './plot-reconstructions.js';

export interface EvaluateOptions {
  readonly labelColumn?: string | undefined;
  /** @default as many as there are labels, else `auto` */
  readonly k?: number | 'auto' | undefined;
  readonly fold: 'all' | 0 | 1;
  /** Where the segment of each scored row goes, as CSV. */
  readonly assignments?: string | undefined;
  /** Where the picture of originals and reconstructions goes, as SVG. */
  readonly plot?: string | undefined;
}

export interface EvaluateParts {
  readonly train: (job: TrainingJob) => Promise<TrainingResult>;
  /** Epoch ms. */
  readonly now: () => number;
}

/**
 * Fits the encoder and segments of a config to the ready-made windows of a file, and scores them.
 *
 * @throws SegtideError `input` when the file can't be read, `config` when it has too few windows, `encoder` when the
 * training fails, `output` when a result can't be written
 */
export async function evaluateFile(
  path: string,
  config: Config,
  { labelColumn, k: asked, fold, assignments, plot }: EvaluateOptions,
  { train, now }: EvaluateParts,
): Promise<EvaluationReport> {
  const began = now();
  const table = await readWindowTable(path, labelColumn);
  const classes = countClasses(table);
  if (labelColumn !== undefined && classes === 0) {
    throw new SegtideError('input', `${path}: the column '${labelColumn}' is blank in every row`, {
      context: { path },
    });
  }
  const k = asked ?? (classes > 0 ? classes : 'auto');
  const { seed } = config.run;
  const evaluation = await evaluateWindows(toGivenWindows(table), modelSettingsFor(config, table, k), {
    labels: table.labels,
    fold,
    seed,
    train,
  });
  const seconds = (now() - began) / 1000;
  if (assignments !== undefined) await writeWholeFile(assignments, toCsv(evaluation));
  if (plot !== undefined) await writeWholeFile(plot, await plotReconstructions(evaluation, path));
  return {
    ...scoresOf(evaluation, table, path),
    seconds,
    fit: fold === 'all' ? 'all' : 'half',
    fold: fold === 'all' ? null : fold,
    seed,
    kFrom: asked === undefined ? (classes > 0 ? 'labels' : 'silhouette') : asked === 'auto' ? 'silhouette' : 'option',
  };
}

function countClasses({ labels = [] }: WindowTable): number {
  return new Set(labels.filter((label) => label !== '')).size;
}

/** The segment of each scored row: `row,segment`, rows counted from 0. */
function toCsv({ rows, assignments }: Evaluation): string {
  const { nearest, model } = assignments;
  const lines = Array.from(rows, (row, i) => `${row},${model.segmentIds[nearest[i]!]}`);
  return `row,segment\n${lines.join('\n')}\n`;
}

function scoresOf(evaluation: Evaluation, { steps, channels }: WindowTable, file: string) {
  const { model, verdict, assignments, rows, k, ari, nmi, silhouette, reconstructionError, fitted } = evaluation;
  const windows = new Array<number>(k).fill(0);
  for (const j of assignments.nearest) windows[j]! += 1;
  return {
    file,
    n: rows.length,
    steps,
    channels,
    k,
    ari,
    nmi,
    silhouette,
    reconstructionError,
    fitted,
    modelVersion: model.modelVersion,
    updates: model.training.updates,
    activeUnits: model.training.activeUnits,
    latent: assignments.embeddings.latents?.latentSize ?? 0,
    sound: verdict.promoted,
    why: verdict.why,
    segments: verdict.profiles.map(({ segmentId, name, prototype }, j) => ({
      segmentId,
      name,
      windows: windows[j]!,
      prototype: Array.from({ length: steps }, (_, step) => prototype[step * channels] ?? Number.NaN),
    })),
  };
}
