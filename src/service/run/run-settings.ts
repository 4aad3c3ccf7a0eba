import { createHash } from 'node:crypto';
import type { SegmentationSettings } from '../../segmentation.js';
import { resolveStages, type StageSettings } from '../config/resolve-stages.js';
import type { Config } from '../config/schema.js';

/** A config, resolved: what each part of a run is set to. */
export interface RunSettings {
  readonly stages: StageSettings;
  readonly segmentation: SegmentationSettings;
  /** Hash of all settings that shape the results; a run is resumed only with equal ones. */
  readonly hash: string;
}

/** Windows of a learning batch: what DESIGN calls one lesson; fixed, because results depend on it. */
const LEARN_EVERY = 256;
/** Every fifth training begins from new weights. */
const FRESH_EVERY = 5;
/** In window lengths: after so much event time a window is half as likely to be learnt from as a new one. */
const HISTORY = 8;

/** @throws SegtideError `config` with all that is wrong */
export function resolveRun(config: Config): RunSettings {
  const stages = resolveStages(config);
  const { window, series, encoder, gate, retrain, drift } = stages;
  const { cluster, model, run } = config;
  const windowMs = window.steps * window.clock.nominalMs;
  return {
    stages,
    hash: hashOf([config.input, config.window, config.series, config.encoder, cluster, model, config.drift, run.seed]),
    segmentation: {
      window,
      learnEvery: LEARN_EVERY,
      trainer: {
        model: {
          series,
          seriesHash: hashOf([window.hash, series]),
          encoder,
          cluster: {
            k: cluster.k,
            starts: cluster.starts,
            halfLife: cluster.halfLife,
            epochWindows: cluster.epochWindows,
          },
          calendar: { timeZone: config.window.timeZone, stepMs: window.clock.nominalMs },
          heldOut: model.heldOut,
          gate,
        },
        retrain,
        reservoir: { capacity: model.reservoir, halfLifeMs: HISTORY * windowMs },
        drift,
        retrainOnDrift: model.retrain.onDrift,
        swapAfterWindows: config.input.kind === 'kafka' ? undefined : model.retrain.swapAfterWindows,
        freshEvery: FRESH_EVERY,
        seed: run.seed,
      },
    },
  };
}

function hashOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 16);
}
