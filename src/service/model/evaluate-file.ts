import { setImmediate } from 'node:timers/promises';
import type { AssignmentBatch } from '../../cluster/assignment-batch.js';
import { openEngine } from '../../encode/vrae/engines/open-engine.js';
import type { EngineName } from '../../encode/vrae/recurrent-engine.js';
import { SegtideError } from '../../errors.js';
import { readModel } from '../../model-file.js';
import { throwIfAborted } from '../../numeric/abortable.js';
import { evaluateWindows } from '../../train/evaluate-windows.js';
import { type Scores, scoreWindows } from '../../train/score-windows.js';
import type { TrainingJob, TrainingResult } from '../../train/training-job.js';
import { readWindowTable, type WindowTable } from '../../transport/file/read-window-table.js';
import { writeWholeFile } from '../../transport/file/write-whole-file.js';
import { toGivenWindows } from '../../window/given-windows.js';
import { isInformative } from '../../window/is-informative.js';
import { encoderOptionsOf } from '../config/plugged-options.js';
import type { Config } from '../config/schema.js';
import type { EvaluationReport } from './evaluation-report.js';
import { modelSettingsFor } from './model-settings.js';
import { plotReconstructions } from './plot-reconstructions.js';
import { shownCurve } from './shown-curve.js';

export interface EvaluateOptions {
  readonly labelColumn?: string | undefined;
  /** @default as many as there are labels, else `auto` */
  readonly k?: number | 'auto' | undefined;
  readonly fold: 'all' | 0 | 1;
  /** A model file to score, instead of fitting one; `k` and `fold` then have no part. */
  readonly model?: string | undefined;
  /** Where the segment of each scored row goes, as CSV. */
  readonly assignments?: string | undefined;
  /** Where the picture of originals and reconstructions goes, as SVG. */
  readonly plot?: string | undefined;
}

export interface EvaluateParts {
  readonly train: (job: TrainingJob) => Promise<TrainingResult>;
  /** Epoch ms. */
  readonly now: () => number;
  /** Looked at now and then; nothing is written once it is aborted. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Scores encoder and segments on the ready-made windows of a file: those that a config gives when fitted to them, or those
 * of a model file.
 *
 * @param path `-` is standard input
 * @throws SegtideError `input` when a file can't be read, `state` when the model is none, `config` when there are too few
 * windows, also for as many segments as were asked for, `encoder` when the training fails, `output` when a result can't be written, `aborted` on request
 */
export async function evaluateFile(
  path: string,
  config: Config,
  options: EvaluateOptions,
  { train, now, signal }: EvaluateParts,
): Promise<EvaluationReport> {
  const began = now();
  const { assignments, plot } = options;
  const table = await readWindowTable(path, { labelColumn: options.labelColumn, signal });
  await throwIfStopped(signal);
  const { scores, ...how } = await scoreTable(table, path, config, options, { train, signal });
  const seconds = (now() - began) / 1000;
  const picture = plot === undefined ? '' : await plotReconstructions(scores, path, config.encoder.engine);
  await throwIfStopped(signal);
  if (assignments !== undefined) await writeWholeFile(assignments, toCsv(scores));
  if (plot !== undefined) await writeWholeFile(plot, picture);
  const engine = await nameOfEngine(config);
  return { file: path, ...describe(scores, table), engine, seconds, seed: config.run.seed, ...how };
}

/** What came from the system during a long computation is heard only when the event loop has turned, once in full. */
async function throwIfStopped(signal: AbortSignal | undefined): Promise<void> {
  await setImmediate();
  await setImmediate();
  throwIfAborted(signal, 'The evaluation');
}

type Scored = { readonly scores: Scores } & Pick<
  EvaluationReport,
  'fit' | 'fold' | 'fitted' | 'kAsked' | 'kFrom' | 'sound' | 'why'
>;

async function scoreTable(
  table: WindowTable,
  path: string,
  config: Config,
  { labelColumn, k: asked, fold, model }: EvaluateOptions,
  { train, signal }: Pick<EvaluateParts, 'train' | 'signal'>,
): Promise<Scored> {
  const { labels } = table;
  const { seed } = config.run;
  const windows = toGivenWindows(table);
  const classes = new Set(labels?.filter((label) => label !== '')).size;
  if (labels !== undefined && classes === 0) {
    throw new SegtideError('input', `${path}: the column '${labelColumn}' is blank in every row`, {
      context: { path },
    });
  }
  if (model !== undefined) {
    const scores = await scoreWindows(await readModel(model), windows, {
      labels,
      seed,
      encoder: encoderOptionsOf(config),
      signal,
    });
    return { scores, fit: 'none', fold: null, fitted: 0, kAsked: null, kFrom: 'model', sound: null, why: [] };
  }
  const k = asked ?? (classes > 0 ? classes : 'auto');
  if (typeof asked === 'number' && asked > table.length)
    throw tooMany(asked, `the ${table.length} windows of the file`);
  const settings = modelSettingsFor(config, table, k);
  const { verdict, fitted, ...scores } = await evaluateWindows(windows, settings, {
    labels,
    fold,
    seed,
    train,
    signal,
  });
  const found = scores.model.clusterModel.k;
  if (typeof asked === 'number' && asked > found)
    throw tooMany(asked, `the ${fitted} fitted windows, of which ${found} differ,`);
  return {
    scores,
    ...(fold === 'all' ? { fit: 'all', fold: null } : { fit: 'half', fold }),
    fitted,
    kAsked: k === 'auto' ? null : k,
    kFrom: k === 'auto' ? 'silhouette' : asked === undefined ? 'labels' : 'option',
    sound: verdict.promoted,
    why: verdict.why,
  };
}

/** The engine that `auto` stands for, too. */
async function nameOfEngine({ encoder }: Config): Promise<EngineName> {
  const { engine } = await openEngine(encoder.engine ?? 'auto');
  engine.dispose();
  return engine.name;
}

function tooMany(asked: number, windows: string): SegtideError {
  return new SegtideError('config', `--k ${asked} asks for more segments than ${windows} can make; ask for fewer`);
}

/** The segment of each scored row: `row,segment`, rows counted from 0. */
function toCsv({ rows, assignments }: Scores): string {
  const { nearest, model } = assignments;
  const lines = Array.from(rows, (row, i) => `${row},${model.segmentIds[nearest[i]!]}`);
  return `row,segment\n${lines.join('\n')}\n`;
}

function describe(scores: Scores, { steps, channels, labels }: WindowTable) {
  const { model, assignments, rows, profiles, ari, nmi, silhouette, reconstructionError } = scores;
  return {
    n: rows.length,
    unlabelled: labels === undefined ? null : rows.filter((row) => labels[row] === '').length,
    steps,
    channels,
    k: model.clusterModel.k,
    ari,
    nmi,
    silhouette: areApart(assignments) ? silhouette : null,
    reconstructionError: isKnown(assignments) ? reconstructionError : null,
    modelVersion: model.modelVersion,
    settings: model.encoder.settings,
    updates: model.training.updates,
    encoder: model.encoder.kind,
    embeddingSize: model.clusterModel.size,
    activeUnits: model.training.activeUnits,
    latent: assignments.embeddings.latents?.latentSize ?? null,
    views: model.training.views,
    warning: model.training.warning ?? null,
    segments: profiles.map(({ segmentId, name, size, prototype }) => ({
      segmentId,
      name,
      windows: size,
      prototype: shownCurve(prototype, steps, channels),
    })),
  };
}

/** Segments can be told apart only where at least two of them have windows of which something is known. */
function areApart({ nearest, distances }: AssignmentBatch): boolean {
  return new Set(nearest.filter((_, i) => !Number.isNaN(distances[i]))).size > 1;
}

function isKnown({ embeddings }: AssignmentBatch): boolean {
  return embeddings.series.mask.some(isInformative);
}
