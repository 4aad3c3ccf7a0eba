import type { SegmentationSettings } from '../../segmentation.js';
import { hashSettings, toSegmentationSettings } from '../../stage-settings.js';
import { type RunStages, resolveStages } from '../config/resolve-stages.js';
import type { Config } from '../config/schema.js';

/** A config, resolved: what each part of a run is set to. */
export interface RunSettings {
  readonly stages: RunStages;
  readonly segmentation: SegmentationSettings;
  /** Hash of all settings that shape the results; a run is resumed only with equal ones. */
  readonly hash: string;
}

/** @throws SegtideError `config` with all that is wrong */
export function resolveRun(config: Config): RunSettings {
  const stages = resolveStages(config);
  const { input, window, series, encoder, cluster, model, drift, run } = config;
  return {
    stages,
    hash: hashSettings([shaping(input), window, series, encoder, cluster, model, drift, run.seed]),
    segmentation: toSegmentationSettings(stages, input.kind === 'kafka'),
  };
}

/** Of the input what says which records come and how they are read; brokers move and passwords change. */
function shaping({ kafka, parseThreads: _, ...input }: Config['input']): unknown {
  return { ...input, kafka: kafka && { topic: kafka.topic, format: kafka.format } };
}
