import type { ChartOption } from '../../../charts/render-chart.js';

/** A chart of a report, to be drawn at any width. */
export interface ReportChart {
  /** Of its file, without an ending. */
  readonly name: string;
  /** What it shows, in words, for those who don't see it. */
  readonly label: string;
  /** Pixels at a width in pixels. */
  readonly height: (width: number) => number;
  readonly option: (width: number) => ChartOption;
}

// Colours are variables of the page, so that one picture serves the light and the dark scheme.
export const INK = 'var(--ink)';
export const QUIET = 'var(--quiet)';
export const LINE = 'var(--line)';
export const ACCENT = 'var(--accent)';
export const WARN = 'var(--warn)';
export const BAD = 'var(--bad)';

export const FONT = { fontFamily: 'system-ui, sans-serif', color: INK };

const LABEL = { color: QUIET, fontSize: 12, fontFamily: FONT.fontFamily };

/** Below it a chart is for a phone. */
export const NARROW = 600;

/** A horizontal axis of event times. */
export function timeAxis(width: number) {
  return {
    type: 'time' as const,
    axisLabel: { ...LABEL, hideOverlap: true, formatter: toDay },
    splitNumber: width < NARROW ? 3 : 8,
    axisLine: { lineStyle: { color: LINE } },
    axisTick: { lineStyle: { color: LINE } },
  };
}

/** A horizontal axis of steps in a window, from 1. */
export function stepAxis(steps: number) {
  return {
    type: 'category' as const,
    data: Array.from({ length: steps }, (_, i) => String(i + 1)),
    boundaryGap: false,
    axisLabel: { ...LABEL, interval: Math.max(0, Math.ceil(steps / 8) - 1) },
    axisLine: { lineStyle: { color: LINE } },
    axisTick: { show: false },
  };
}

/** A vertical axis of values. */
export function valueAxis(formatter: (value: number) => string) {
  return {
    type: 'value' as const,
    axisLabel: { ...LABEL, formatter },
    splitLine: { lineStyle: { color: LINE } },
    splitNumber: 4,
  };
}

/** The day of a midnight, the hour of any other time. */
function toDay(time: number): string {
  const [day, hour] = new Date(time).toISOString().split(/[T.]/) as [string, string];
  return time % 86_400_000 === 0 ? day : hour.slice(0, 5);
}
