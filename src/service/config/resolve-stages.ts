import { type IngestSettings, resolveIngest } from '../../ingest/ingest-settings.js';
import { createOptionCheck } from '../../option-check.js';
import { resolveStages as resolveLibraryStages, type StageSettings } from '../../stage-settings.js';
import { toConfigError } from './problem.js';
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
  const { kind: _, ...encoder } = config.encoder;
  const check = createOptionCheck();
  const ingest = check.resolve('input', () => resolveIngest(config.input));
  const { series, cluster, model, drift } = config;
  const window = { ...config.window, outOfOrderness: outOfOrderness(config) };
  const { seed } = config.run;
  const channels = windowChannels(config.input);
  const stages = resolveLibraryStages({ channels, window, series, encoder, cluster, model, drift, seed }, check);
  if (ingest === undefined || stages === undefined) {
    throw toConfigError(check.problems.map(({ section, text }) => ({ where: section, text })));
  }
  return { ingest, ...stages };
}

/**
 * Local times of customers around the world differ by up to 26 hours at one moment (UTC-12 to UTC+14): where each
 * record brings its zone, that much disorder is none.
 */
function outOfOrderness({ input, window }: Config): number {
  return window.outOfOrderness + (input.fields.timeZone === undefined ? 0 : ZONE_SPREAD_MS);
}

const ZONE_SPREAD_MS = 26 * 3_600_000;
