import type { SegmentationSettings } from '../../segmentation.js';
import { hashSettings, toSegmentationSettings } from '../../stage-settings.js';
import { type RunStages, resolveStages } from '../config/resolve-stages.js';
import type { Config } from '../config/schema.js';
import type { RunIdentity } from '../run-summary.js';

/** A config, resolved: what each part of a run is set to. */
export interface RunSettings {
  readonly stages: RunStages;
  readonly segmentation: SegmentationSettings;
  /** A run is resumed only with an equal one. */
  readonly identity: RunIdentity;
  /** Of what shapes open windows alone: a worker goes on only with state of an equal one. */
  readonly windowIdentity: string;
  /** Windows close by the wall clock, and not by event time alone. */
  readonly live: boolean;
}

/** @throws SegtideError `config` with all that is wrong */
export function resolveRun(config: Config): RunSettings {
  const stages = resolveStages(config);
  const { input, window, series, encoder, cluster, model, drift, output, run } = config;
  // Who is told of alerts shapes none.
  const { notify: _, ...alerts } = config.alerts;
  const live = input.kind === 'kafka' || input.live === true;
  const segmentation = toSegmentationSettings(stages, live);
  return {
    stages,
    live,
    identity: {
      settings: hashSettings([
        shaping(input),
        ...[window, series, encoder, cluster, model, drift, alerts, run.seed, output.embeddings],
      ]),
      input: input.kind === 'kafka' ? input.kafka!.topics : input.paths,
    },
    windowIdentity: hashSettings([shaping(input), window, series, segmentation.learnEvery, segmentation.learnFirst]),
    segmentation,
  };
}

/** Of the input what says which records come and how they are read; brokers move and passwords change. */
function shaping({ kafka, parseThreads: _, live: __, ...input }: Config['input']): unknown {
  return { ...input, kafka: kafka && { topics: kafka.topics, format: kafka.format } };
}
