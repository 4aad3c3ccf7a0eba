import { type IngestSettings, resolveIngest } from '../../ingest/ingest-settings.js';
import { formatDuration } from '../../numeric/duration.js';
import { createOptionCheck, type OptionCheck } from '../../option-check.js';
import { resolveStages as resolveLibraryStages, type StageSettings } from '../../stage-settings.js';
import { type KeyPath, touches } from './check-tree.js';
import { clusterOptionsOf, driftStatisticsOf, encoderOptionsOf } from './plugged-options.js';
import { pluginModules } from './plugin-modules.js';
import { type ConfigProblem, toConfigError } from './problem.js';
import type { Config } from './schema.js';
import { windowChannels } from './window-channels.js';

/** The settings of every stage of a run. */
export interface RunStages extends StageSettings {
  readonly ingest: IngestSettings;
}

/**
 * Hands each section to the stage that it is for, which checks what a schema can't: rules across keys.
 *
 * @throws SegtideError `config` with what every stage complains of
 */
export function resolveStages(config: Config): RunStages {
  const check = createOptionCheck();
  const stages = resolve(config, check);
  if (stages === undefined) throw toConfigError(check.problems.map(({ section, text }) => ({ where: section, text })));
  return stages;
}

/**
 * What the stages complain of, but for those that look at a key that was wrong.
 *
 * @param leftOut keys that `config` lacks for that
 */
export function findStageProblems(config: Config, leftOut: readonly KeyPath[]): ConfigProblem[] {
  const check = createOptionCheck();
  resolve(config, check);
  return check.problems
    .filter(({ section }) => !readsOf(section).some((read) => leftOut.some((path) => touches(read, path))))
    .map(({ section, text }) => ({ where: section, text }));
}

const WINDOW_READS: readonly KeyPath[] = [['window'], ...['channels', 'pivot', 'fields'].map((key) => ['input', key])];

/** Keys that a stage is resolved from. */
function readsOf(stage: string): readonly KeyPath[] {
  const own = [stage.split('.')[0]!];
  if (stage === 'encoder') return [own, ['plugins']];
  return ['window', 'series', 'drift', 'alerts', 'model.retrain'].includes(stage) ? [own, ...WINDOW_READS] : [own];
}

function resolve(config: Config, check: OptionCheck): RunStages | undefined {
  const ingest = check.resolve('input', () => resolveIngest(config.input));
  const { series, model, drift } = config;
  // Who is told of alerts shapes none.
  const { notify: _notify, rules: names = [], ...watched } = config.alerts;
  const rules = pluginModules(config).filter(({ name }) => names.includes(name));
  const alerts = { ...watched, rules };
  const { step } = config.window;
  const window = {
    ...config.window,
    // As text again: a complaint is to name the step as it was written, and not its milliseconds.
    step: typeof step === 'number' ? formatDuration(step) : step,
    outOfOrderness: outOfOrderness(config),
  };
  const { seed } = config.run;
  const channels = windowChannels(config.input);
  const stages = resolveLibraryStages(
    {
      channels,
      window,
      series,
      encoder: encoderOptionsOf(config),
      cluster: clusterOptionsOf(config),
      model,
      drift: { ...drift, statistics: driftStatisticsOf(config) },
      alerts,
      seed,
    },
    check,
  );
  return ingest && stages && { ingest, ...stages };
}

/**
 * Local times of customers around the world differ by up to 26 hours at one moment (UTC-12 to UTC+14): where each
 * record brings its zone, that much disorder is none.
 */
function outOfOrderness({ input, window }: Config): number {
  return window.outOfOrderness + (input.fields.timeZone === undefined ? 0 : ZONE_SPREAD_MS);
}

const ZONE_SPREAD_MS = 26 * 3_600_000;
