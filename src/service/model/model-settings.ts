import { createOptionCheck } from '../../option-check.js';
import { hashSettings, resolveStages, toSegmentationSettings } from '../../stage-settings.js';
import type { ModelSettings } from '../../train/training-job.js';
import { clusterOptionsOf, encoderOptionsOf } from '../config/plugged-options.js';
import { toConfigError } from '../config/problem.js';
import type { Config } from '../config/schema.js';

/**
 * How a model is made of ready-made windows: by the sections `series`, `encoder`, `cluster` and `model` of a config. What
 * says how windows are cut has no part in it.
 *
 * @throws SegtideError `config` with what every stage complains of
 */
export function modelSettingsFor(
  { series, encoder, cluster, model, run, plugins }: Config,
  windows: { readonly steps: number; readonly channels: number },
  k: number | 'auto',
): ModelSettings {
  const check = createOptionCheck();
  const channels = Array.from({ length: windows.channels }, (_, i) => ({ name: `c${i}` }));
  const window = { step: 'hour' as const, steps: windows.steps };
  const stages = resolveStages(
    {
      ...{ channels, window, series, model },
      encoder: encoderOptionsOf({ encoder, plugins }),
      cluster: { ...clusterOptionsOf({ cluster, plugins }), k },
      seed: run.seed,
    },
    check,
  );
  if (stages === undefined) throw toConfigError(check.problems.map(({ section, text }) => ({ where: section, text })));
  return {
    ...toSegmentationSettings(stages, false).trainer.model,
    seriesHash: hashSettings(['ready-made windows', stages.series]),
    // Steps of unknown length lie nowhere on the calendar.
    calendar: { timeZone: 'UTC', stepMs: Number.POSITIVE_INFINITY },
  };
}
