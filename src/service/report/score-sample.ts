import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { SegtideError } from '../../errors.js';
import { readModel } from '../../model-file.js';
import { createRandom } from '../../numeric/random.js';
import { sample } from '../../numeric/sample.js';
import type { Clock } from '../../ports.js';
import { scoreWindows } from '../../train/score-windows.js';
import { toWindowBatch } from '../../train/window-columns.js';
import { encoderOptionsOf } from '../config/plugged-options.js';
import type { Config } from '../config/schema.js';
import { windowChannels } from '../config/window-channels.js';
import type { Log } from '../log.js';
import { gatherFromEvents } from '../model/gather-windows.js';
import { pickReconstructions, type ReconstructedSegment } from '../model/pick-reconstructions.js';
import { MODELS_FOLDER } from '../models/model-place.js';
import type { RunSummary } from '../run-summary.js';

/** A sample of the input's windows, through the model that was in force at the end. */
export interface ScoredWindows {
  readonly modelVersion: string;
  /** Windows in the sample. */
  readonly sampled: number;
  readonly channels: readonly string[];
  /** Of a window. */
  readonly steps: number;
  /** Of the embeddings by segment, in [-1, 1]. */
  readonly silhouette: number;
  /** Mean squared, on prepared values; null where the encoder can't reconstruct. */
  readonly reconstructionError: number | null;
  readonly segments: readonly ReconstructedSegment[];
}

export interface ScoreSampleDeps {
  readonly clock: Clock;
  readonly log: Log;
  readonly signal: AbortSignal;
  /** Called often, with the events that were read. */
  readonly onProgress: (events: number) => void;
}

/** Windows in the sample: enough for a silhouette, and seconds of work. */
const MOST_WINDOWS = 2_000;
/** Windows of each segment that are shown. */
const SHOWN = 4;

/**
 * Reads a run's input again, as the run did, and puts a seeded sample of its windows through the model in force at its
 * end: a run's outputs hold what was found in windows, not the windows themselves.
 *
 * @param plugins of who asks: what a folder names is not run
 * @returns why there are none, in words, where input or model are not there any more
 */
export async function scoreSample(
  folder: string,
  run: RunSummary | undefined,
  plugins: Config['plugins'],
  deps: ScoreSampleDeps,
): Promise<ScoredWindows | { readonly why: string }> {
  const why = obstacle(folder, run);
  if (why !== undefined) return { why };
  const { modelVersion } = run!;
  const config = { ...run!.config, plugins };
  try {
    const model = await readModel(modelPath(folder, modelVersion!));
    const gathered = await gatherFromEvents(config, deps);
    const { seed } = config.run;
    const windows = toWindowBatch(gathered.reservoir);
    const all = Uint32Array.from({ length: windows.length }, (_, i) => i);
    const rows = sample(all, MOST_WINDOWS, createRandom(seed)).sort();
    const scores = await scoreWindows(model, windows, {
      rows,
      seed,
      encoder: encoderOptionsOf(config),
      signal: deps.signal,
    });
    return {
      modelVersion: modelVersion!,
      sampled: rows.length,
      channels: channelsOf(run!),
      steps: windows.steps,
      silhouette: scores.silhouette,
      reconstructionError: scores.reconstructionError,
      segments: await pickReconstructions(scores, SHOWN, config.encoder.engine),
    };
  } catch (error) {
    if (!(error instanceof SegtideError) || error.code === 'aborted') throw error;
    return { why: error.message };
  }
}

/** Names of the channels of a run's windows. */
export function channelsOf({ config }: RunSummary): readonly string[] {
  return windowChannels(config.input).map(({ name }) => name);
}

function modelPath(folder: string, modelVersion: string): string {
  return join(folder, MODELS_FOLDER, `${modelVersion}.safetensors`);
}

function obstacle(folder: string, run: RunSummary | undefined): string | undefined {
  if (run?.config === undefined) return 'the run has not finished, or left no summary with its settings';
  const { config, modelVersion } = run;
  if (modelVersion === null) return 'there was no model yet';
  if (config.input.kind === 'kafka') return 'the windows came from Kafka, where this report reads outputs alone';
  if (config.input.paths.includes('-')) return 'the events came through a pipe, and are gone';
  if (!existsSync(modelPath(folder, modelVersion))) return `the file of model ${modelVersion} is not kept`;
  return undefined;
}
