import type { Progress } from '../run-summary.js';
import { formatCount, formatCounted, formatDate, formatShare } from './format.js';
import { createLineDisplay, type LineDisplay, type LineDisplayOptions } from './line-display.js';
import { createRecentRate } from './recent-rate.js';

/** Shows how far a run is: one line that is rewritten on a terminal, a plain line now and then elsewhere. */
export interface ProgressDisplay extends Omit<LineDisplay, 'show'> {
  readonly show: (progress: Progress) => void;
}

export function createProgressDisplay(
  stream: Parameters<typeof createLineDisplay>[0],
  options: LineDisplayOptions,
): ProgressDisplay {
  const display = createLineDisplay(stream, options);
  // The first line of those that tell of the same events.
  let since: { events: number; windows: number; seconds: number } | undefined;
  const rateOf = createRecentRate();
  const lineOf = (progress: Progress, seconds: number): string => {
    const { phase, events, windows } = progress;
    if (events === undefined) return progressLine(progress, {});
    if (since?.events !== events) since = { events, windows, seconds };
    const rate = rateOf(events, seconds);
    if (phase !== 'reading' || windows === since.windows) return progressLine(progress, { events: rate });
    const windowsPerSecond = (windows - since.windows) / (seconds - since.seconds);
    return progressLine({ ...progress, phase: 'closing windows' }, { windows: windowsPerSecond });
  };
  return { ...display, show: (progress) => display.show((seconds) => lineOf(progress, seconds)) };
}

/**
 * Progress in one line: phase, events, their rate, those that were late or dead-lettered, windows, event time, model.
 *
 * @param rates per second, of what is under way
 */
export function progressLine(
  progress: Progress,
  rates: { readonly events?: number | undefined; readonly windows?: number },
): string {
  const { phase, done, events, late = 0, deadLettered = 0, windows, watermark, modelVersion } = progress;
  const parts = [
    done === undefined ? phase : `${phase} ${formatShare(done)}`,
    events === undefined ? '' : formatCounted(events, 'event'),
    rates.events === undefined ? '' : `${formatCount(rates.events)}/s`,
    late > 0 ? `${formatCount(late)} late` : '',
    deadLettered > 0 ? `${formatCount(deadLettered)} dead-lettered` : '',
    formatCounted(windows, 'window'),
    rates.windows === undefined ? '' : `${formatCount(rates.windows)}/s`,
    formatDate(watermark),
    modelVersion === null ? 'warming' : `model ${modelVersion}`,
  ];
  return parts.filter((part) => part !== '').join('  ');
}
