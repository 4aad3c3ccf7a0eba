import type { Progress } from '../run-summary.js';
import { formatCount, formatCounted, formatDate, formatShare } from './format.js';

/** Shows how far a run is: one line that is rewritten on a terminal, a plain line now and then elsewhere. */
export interface ProgressDisplay {
  readonly show: (progress: Progress) => void;
  /** Writes whole lines above the progress line. */
  readonly above: (text: string) => void;
  /** Takes the progress line away. */
  readonly clear: () => void;
}

export interface ProgressDisplayOptions {
  readonly quiet: boolean;
  /** Epoch ms. */
  readonly now: () => number;
}

interface Stream {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

export function createProgressDisplay(stream: Stream, { quiet, now }: ProgressDisplayOptions): ProgressDisplay {
  const live = stream.isTTY === true;
  const began = now();
  let shownAt = live ? Number.NEGATIVE_INFINITY : began;
  let line = '';
  return {
    show: (progress) => {
      const at = now();
      if (quiet || at - shownAt < (live ? LIVE_MS : PLAIN_MS)) return;
      shownAt = at;
      line = progressLine(progress, (at - began) / 1000);
      if (live) line = line.slice(0, (stream.columns ?? 80) - 1);
      stream.write(live ? `\r${line}${CLEAR_REST}` : `${line}\n`);
    },
    above: (text) => {
      if (!live || line === '') stream.write(text);
      else stream.write(`\r${CLEAR_REST}${text}${line}`);
    },
    clear: () => {
      if (live && line !== '') stream.write(`\r${CLEAR_REST}`);
      line = '';
    },
  };
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

const LIVE_MS = 100;
const PLAIN_MS = 5000;
/** Clears from the cursor to the end of the line. */
const CLEAR_REST = '\x1b[K';
