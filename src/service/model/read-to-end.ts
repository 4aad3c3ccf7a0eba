import { SegtideError } from '../../errors.js';
import type { DeadLetterReason } from '../../ingest/dead-letter.js';
import { isLearnt } from '../../window/is-learnt.js';
import type { Fates, WindowBatch } from '../../window/window-batch.js';
import { createWindower } from '../../window/windower.js';
import { createPages } from '../../worker/pages.js';
import type { Config } from '../config/schema.js';
import { openSource } from '../run/open-source.js';
import type { RunSettings } from '../run/run-settings.js';
import { describeNothingAccepted } from '../summary/nothing-accepted.js';
import type { GatherDeps } from './gather-windows.js';

/** What became of an input's records. */
export interface ReadInput {
  readonly fates: Fates;
  readonly deadLetterReasons: Readonly<Partial<Record<DeadLetterReason, number>>>;
}

/**
 * Reads the input of a config to its end, and hands over the windows that a model may learn from: first results of those
 * that closed.
 *
 * @param work what is told to have stopped, on request
 * @param take is given rows of a page; slots of its customers are valid during the call
 * @throws SegtideError `input` when it gives no window, `aborted` on request
 */
export async function readToEnd(
  config: Config,
  run: RunSettings,
  deps: GatherDeps,
  work: string,
  take: (windows: WindowBatch, rows: readonly number[]) => void,
): Promise<ReadInput> {
  const { trainer, window, learnEvery } = run.segmentation;
  const deadLetterReasons: Partial<Record<DeadLetterReason, number>> = {};
  const input = await openSource(config, run, deps, undefined);
  try {
    const windower = createWindower(window);
    const pages = createPages(input.source, windower, { learnEvery, isStopped: () => deps.signal.aborted });
    let taken = 0;
    for (let page = await pages.next(); page !== undefined; page = await pages.next()) {
      const { windows } = page;
      for (const { reason } of page.deadLetters) deadLetterReasons[reason] = (deadLetterReasons[reason] ?? 0) + 1;
      const rows = [...windows.starts.keys()].filter((i) => isLearnt(windows, i));
      take(windows, rows);
      taken += rows.length;
      deps.onProgress(pages.records, taken);
    }
    if (deps.signal.aborted) throw new SegtideError('aborted', `The ${work} was stopped.`);
    const { fates } = windower;
    if (taken === 0) {
      const { windowSteps: steps } = trainer.model.series;
      const text =
        describeNothingAccepted({ events: fates, deadLetterReasons, outputs: [] }, config) ??
        `${pages.records} events gave no whole window of ${steps} steps; give more, or make window.steps or window.step less`;
      throw new SegtideError('input', text);
    }
    return { fates, deadLetterReasons };
  } finally {
    await input.source.close();
  }
}
