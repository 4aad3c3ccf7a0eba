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
  return { ...display, show: (progress) => display.show((seconds) => progressLine(progress, seconds)) };
}

/** Progress in one line: phase, events, rate, event time, model. */
export function progressLine(progress: Progress, seconds: number): string {
  const { phase, done, events, windows, watermark, modelVersion } = progress;
  const parts = [
    done === undefined ? phase : `${phase} ${formatShare(done)}`,
    formatCounted(events, 'event'),
    seconds > 0 ? `${formatCount(events / seconds)}/s` : '',
    formatCounted(windows, 'window'),
    formatDate(watermark),
    modelVersion === null ? 'warming' : `model ${modelVersion}`,
  ];
  return parts.filter((part) => part !== '').join('  ');
}
