import { SegtideError } from '../../errors.js';
import { createReservoir } from '../../train/reservoir.js';
import { type ReservoirSnapshot, toReservoirSnapshot } from '../../train/reservoir-snapshot.js';
import type { ModelSettings } from '../../train/training-job.js';
import { readWindowTable } from '../../transport/file/read-window-table.js';
import { toGivenWindows } from '../../window/given-windows.js';
import type { Config } from '../config/schema.js';
import { resolveRun } from '../run/run-settings.js';
import type { RunDeps } from '../run-from-config.js';
import { modelSettingsFor } from './model-settings.js';
import { readToEnd } from './read-to-end.js';

/** Windows to train on, and how. */
export interface GatheredWindows {
  readonly reservoir: ReservoirSnapshot;
  readonly settings: ModelSettings;
  /** Usage events that the windows were cut from; null where they were ready-made. */
  readonly events: number | null;
  /** Records that could not be read. */
  readonly deadLetters: number;
}

export interface GatherDeps extends Pick<RunDeps, 'clock' | 'log' | 'signal'> {
  /** Called often. */
  readonly onProgress: (events: number, windows: number) => void;
}

/**
 * Reads the input of a config to its end, and keeps a sample of its windows as the trainer does: up to
 * `model.reservoir`, recent ones rather than old ones.
 *
 * @throws SegtideError `config` for an input that never ends, `input` when it gives no window, `aborted` on request
 */
export async function gatherFromEvents(config: Config, deps: GatherDeps): Promise<GatheredWindows> {
  if (config.input.kind === 'kafka') {
    throw new SegtideError(
      'config',
      'a topic has no end to train up to: name files, or let `segtide run` train while it reads',
    );
  }
  const run = resolveRun(config);
  const { trainer } = run.segmentation;
  const { windowSteps: steps, channels } = trainer.model.series;
  const reservoir = createReservoir({ ...trainer.reservoir, steps, channels, seed: trainer.seed });
  const { fates } = await readToEnd(config, run, deps, 'training', (windows, rows) => {
    for (const row of rows) reservoir.add(windows, row);
  });
  return {
    reservoir: reservoir.snapshot(),
    settings: trainer.model,
    events: fates.in,
    deadLetters: fates.deadLettered,
  };
}

/**
 * Reads ready-made windows, all of which are trained on.
 *
 * @throws SegtideError as `readWindowTable`
 */
export async function gatherWindows(config: Config, path: string, signal: AbortSignal): Promise<GatheredWindows> {
  const table = await readWindowTable(path, { signal });
  const settings = modelSettingsFor(config, table, config.cluster.k);
  return {
    reservoir: toReservoirSnapshot(toGivenWindows(table), config.run.seed),
    settings,
    events: null,
    deadLetters: 0,
  };
}
