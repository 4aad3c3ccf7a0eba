import { SegtideError } from '../errors.js';
import type { DriftStatisticContext } from '../plugin/drift-statistic-plugin.js';
import { openPlugin, type RunningPlugin } from '../plugin/open-plugin.js';
import type { PluginModule } from '../plugin/plugin-module.js';
import { checkMeasured } from './check-measured.js';
import type { DriftMeasure, DriftSide } from './drift-measure.js';
import type { DriftSettings, DriftStatisticOptions } from './drift-settings.js';
import { subjectsOf } from './drift-subjects.js';
import { toComparedWindows } from './to-compared-windows.js';

/** Drift statistics of the user's own, each in a thread that begins when it is first asked. */
export interface DriftStatistics {
  /**
   * Asks every statistic about a round, and gives what they say in the order of the config. One that throws, hangs, ends its
   * thread or says something odd is as if it had said nothing; it is asked again in the next round.
   *
   * @throws SegtideError `aborted` where it is closed, before or meanwhile
   */
  measure(reference: DriftSide, current: DriftSide): Promise<readonly DriftMeasure[]>;
  /** Rounds that each was left out of, by name, since this was created. */
  readonly failures: ReadonlyMap<string, number>;
  close(): Promise<void>;
}

/** @param onFailure told of each statistic that a round is without */
export function createDriftStatistics(
  { statistics, channels }: Pick<DriftSettings, 'statistics' | 'channels'>,
  onFailure: (error: SegtideError, statistic: string) => void = () => undefined,
): DriftStatistics {
  const threads = new Map<string, RunningPlugin>();
  const failures = new Map(statistics.map(({ plugin }) => [plugin.name, 0]));
  let isClosed = false;

  function threadOf(plugin: PluginModule): RunningPlugin {
    const known = threads.get(plugin.name);
    if (known !== undefined && !known.isEnded) return known;
    const running = openPlugin(plugin, 'drift-statistic', 'state');
    threads.set(plugin.name, running);
    return running;
  }

  async function measureBy(
    { plugin, layer, threshold, parameters = {} }: DriftStatisticOptions,
    sides: ReturnType<typeof toComparedWindows>,
    subjects: ReadonlySet<string>,
  ): Promise<readonly DriftMeasure[]> {
    const context: DriftStatisticContext = { threshold, seed: SEED, parameters };
    const running = threadOf(plugin);
    try {
      const measured = checkMeasured(await running.call('measure', [...sides, context]), {
        name: plugin.name,
        subjects,
        until: sides[1].end,
      });
      return measured.map((each) => ({ ...each, layer, statistic: plugin.name }));
    } catch (error) {
      if (isClosed || !(error instanceof SegtideError)) throw error;
      if (running.isEnded) await running.close();
      failures.set(plugin.name, failures.get(plugin.name)! + 1);
      onFailure(error, plugin.name);
      return [];
    }
  }

  return {
    async measure(reference, current) {
      if (statistics.length === 0) return [];
      if (isClosed) throw new SegtideError('aborted', 'The drift statistics were closed.');
      const sides = toComparedWindows(reference, current, channels);
      const subjects = subjectsOf(channels, reference.model);
      return (await Promise.all(statistics.map((each) => measureBy(each, sides, subjects)))).flat();
    },
    failures,
    async close() {
      isClosed = true;
      await Promise.all(Array.from(threads.values(), (running) => running.close()));
    },
  };
}

/** Any number: what is drawn is to be the same wherever a round is told again. */
const SEED = 7;
