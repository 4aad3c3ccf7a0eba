import { type DriftSettings, resolveDriftOptions } from '../../drift/drift-settings.js';
import { resolveVrae, type VraeSettings } from '../../encode/vrae/vrae-options.js';
import { SegtideError } from '../../errors.js';
import { type IngestSettings, resolveIngest } from '../../ingest/ingest-settings.js';
import { resolveSeries, type SeriesSettings } from '../../series/series-settings.js';
import { type GateSettings, resolveGateOptions } from '../../train/gate.js';
import { type RetrainSettings, resolveRetrainOptions } from '../../train/retrain-schedule.js';
import { resolveWindow, type WindowSettings } from '../../window/window-settings.js';
import { type ConfigProblem, toConfigError } from './problem.js';
import type { Config } from './schema.js';
import { windowChannels } from './window-channels.js';

/** The settings of every stage, as its own `resolve…` made them. */
export interface StageSettings {
  readonly ingest: IngestSettings;
  readonly window: WindowSettings;
  readonly series: SeriesSettings;
  readonly encoder: VraeSettings;
  readonly gate: GateSettings;
  readonly retrain: RetrainSettings;
  readonly drift: DriftSettings;
}

/**
 * Hands each section to the stage that it is for, which checks what a schema can't: rules across keys.
 *
 * @throws SegtideError `config` with what every stage complains of
 */
export function resolveStages(config: Config): StageSettings {
  const problems: ConfigProblem[] = [];
  const attempt = <T>(section: string, resolve: () => T): T | undefined => {
    try {
      return resolve();
    } catch (error) {
      if (!(error instanceof SegtideError)) throw error;
      problems.push({ where: section, text: error.message.replace(`${section}: `, '') });
      return undefined;
    }
  };
  const { kind: _, ...vrae } = config.encoder;
  const channels = windowChannels(config.input);
  const ingest = attempt('input', () => resolveIngest(config.input));
  const window = attempt('window', () => resolveWindow({ ...config.window, channels }));
  const series = attempt('series', () => resolveSeries(config.series, config.window.steps, channels.length));
  const encoder = attempt('encoder', () => resolveVrae({ ...vrae, seed: config.run.seed }));
  const gate = attempt('model.gate', () => resolveGateOptions(config.model.gate));
  const retrain = window && attempt('model.retrain', () => resolveRetrain(config.model, window));
  const drift = window && attempt('drift', () => resolveDrift(config.drift, window));
  if (!(ingest && window && series && encoder && gate && retrain && drift)) throw toConfigError(problems);
  return { ingest, window, series, encoder, gate, retrain, drift };
}

function resolveRetrain({ firstFit, retrain }: Config['model'], window: WindowSettings): RetrainSettings {
  const windowMs = window.steps * window.clock.nominalMs;
  const options = {
    firstFit,
    everyWindows: retrain.everyWindows,
    everyMs: Math.round(retrain.everyWindowLengths * windowMs),
    ...(retrain.minInterval !== undefined && { minIntervalMs: retrain.minInterval }),
  };
  return resolveRetrainOptions(options, windowMs);
}

function resolveDrift({ every, referenceSpan, ...options }: Config['drift'], window: WindowSettings): DriftSettings {
  const names = window.channels.map(({ name }) => name);
  return resolveDriftOptions(
    { ...options, everyMs: every ?? window.clock.nominalMs, referenceMs: referenceSpan },
    names,
  );
}
