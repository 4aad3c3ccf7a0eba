import type { Progress } from '../run-summary.js';
import { formatCount, formatCounted, formatDate, formatShare } from './format.js';
import { createLineDisplay, type LineDisplay, type LineDisplayOptions } from './line-display.js';

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
  const lineOf = (progress: Progress, seconds: number): string => {
    const { phase, events, windows } = progress;
    if (since?.events !== events) since = { events, windows, seconds };
    if (phase !== 'reading' || windows === since.windows) return progressLine(progress, seconds);
    const windowsPerSecond = (windows - since.windows) / (seconds - since.seconds);
    return progressLine({ ...progress, phase: 'closing windows' }, seconds, windowsPerSecond);
  };
  return { ...display, show: (progress) => display.show((seconds) => lineOf(progress, seconds)) };
}

/**
 * Progress in one line: phase, events, rate, windows, event time, model.
 *
 * @param windowsPerSecond where windows are being closed, and no events read: takes the place of their rate
 */
export function progressLine(progress: Progress, seconds: number, windowsPerSecond?: number): string {
  const { phase, done, events, windows, watermark, modelVersion } = progress;
  const closing = windowsPerSecond !== undefined;
  const parts = [
    done === undefined ? phase : `${phase} ${formatShare(done)}`,
    formatCounted(events, 'event'),
    !closing && seconds > 0 ? `${formatCount(events / seconds)}/s` : '',
    formatCounted(windows, 'window'),
    closing ? `${formatCount(windowsPerSecond)}/s` : '',
    formatDate(watermark),
    modelVersion === null ? 'warming' : `model ${modelVersion}`,
  ];
  return parts.filter((part) => part !== '').join('  ');
}
