import type { AssignmentBatch } from '../cluster/assignment-batch.js';
import { restoreValues } from '../series/restore-values.js';
import type { SeriesSettings } from '../series/series-settings.js';
import { isInformative } from '../window/is-informative.js';
import type { WindowBatch } from '../window/window-batch.js';
import type { AlertExplanation, ExplainedPart, ExplainedSteps } from './alert.js';
import type { RaisedAlert } from './alert-watch.js';
import type { AnomalyDetector, ExplainedWindow, SegmentBefore } from './anomaly-detector.js';
import { type DeviatingRun, findDeviatingRuns } from './deviating-run.js';
import { type ExpectedHabit, type HabitDeviation, toHabitParts } from './habit-deviation.js';
import { timeOfStep } from './known-until.js';

/** What the model says of the windows; undefined while there is none. */
export interface AlertedWindows {
  readonly assignments: AssignmentBatch;
  readonly detector: AnomalyDetector | undefined;
  readonly scores: Float32Array; // (batch)
  readonly thresholds: Float32Array; // (batch)
  /** As the scores were made with. */
  readonly before: SegmentBefore;
}

/** Steps of a window beside what was expected, all of (steps, channels) and in the channels' units. */
interface ComparedWindow {
  readonly steps: number;
  readonly runs: readonly DeviatingRun[];
  readonly expected: ArrayLike<number>;
  readonly seen: ArrayLike<number>;
  readonly mask: ArrayLike<number>;
}

/**
 * Says why a window is anomalous: by what the customer itself usually does, or where that is not known by the course of its
 * segment.
 *
 * @returns with the part that stands out most
 */
export function explainAnomaly(
  { status, row, habit, deviation }: RaisedAlert,
  windows: WindowBatch,
  said: AlertedWindows | undefined,
  { series, channels }: { readonly series: SeriesSettings; readonly channels: readonly string[] },
): AlertExplanation & { readonly cause?: string } {
  const explained = said?.detector?.explain(said.assignments, row, said.before);
  if (explained === undefined || said === undefined) return { text: 'nothing is known of it', parts: [], steps: [] };
  const compared =
    habit === undefined ? bySegment(explained, said.assignments, row, series) : byHabit(habit, windows, row);
  const steps = toSteps(compared, windows, row, channels);
  const [first] = steps;
  const text =
    status === 'withdrawn'
      ? 'the window has closed, and is not odd any more'
      : first === undefined
        ? 'no single run of steps stands out'
        : `${first.channel} was ${round(first.seen)} ${inSteps(first)}, where ${round(first.expected)} was expected`;
  const parts = [...toParts(deviation), ...explained.parts].map(({ part, value, usual, score }) => ({
    ...{ part, value: rounded(value), usual: rounded(usual), score: rounded(score ?? 0) },
  }));
  return { text, parts, steps, cause: parts[0]!.part };
}

function inSteps({ first, end }: { readonly first: number; readonly end: number }): string {
  return end === first + 1 ? `in step ${end}` : `a step in steps ${first + 1} to ${end}`;
}

function toParts(deviation: HabitDeviation | undefined): readonly ExplainedPart[] {
  return deviation === undefined ? [] : toHabitParts(deviation);
}

function byHabit({ expected, deviations }: ExpectedHabit, windows: WindowBatch, row: number): ComparedWindow {
  const { steps, channels } = windows;
  const from = row * steps * channels;
  return {
    steps,
    runs: findDeviatingRuns(deviations, steps, channels),
    expected,
    seen: windows.values.subarray(from, from + steps * channels),
    mask: windows.mask.subarray(from, from + steps * channels),
  };
}

function bySegment(
  { deviations, expected }: ExplainedWindow,
  { embeddings }: AssignmentBatch,
  row: number,
  settings: SeriesSettings,
): ComparedWindow {
  const { steps, channels, centers, scales, values, mask } = embeddings.series;
  const from = row * steps * channels;
  const center = centers.subarray(row * channels, (row + 1) * channels);
  const scale = scales.subarray(row * channels, (row + 1) * channels);
  return {
    steps,
    runs: deviations,
    expected: restoreValues(settings, expected, center, scale),
    seen: restoreValues(settings, values.slice(from, from + steps * channels), center, scale),
    mask: mask.subarray(from, from + steps * channels),
  };
}

/** Of what was seen and what was expected in each run, the mean of a step. */
function toSteps(
  { steps, runs, expected, seen, mask }: ComparedWindow,
  windows: WindowBatch,
  row: number,
  names: readonly string[],
): ExplainedSteps[] {
  return runs.map(({ channel, first, end, deviation }) => {
    let seenSum = 0;
    let known = 0;
    let expectedSum = 0;
    for (let step = first; step < end; step++) {
      const at = step * windows.channels + channel;
      expectedSum += expected[at]!;
      if (!isInformative(mask[at]!)) continue;
      seenSum += seen[at]!;
      known++;
    }
    return {
      channel: names[channel] ?? String(channel),
      ...{ first: toWindowStep(first, steps, windows.steps), end: toWindowStep(end, steps, windows.steps) },
      from: timeOfStep(windows, row, (first * windows.steps) / steps),
      to: timeOfStep(windows, row, (end * windows.steps) / steps),
      ...roundedPair(expectedSum / (end - first), known === 0 ? 0 : seenSum / known),
      deviation: rounded(deviation),
    };
  });
}

/** Series may have other steps than windows, after resampling. */
function toWindowStep(step: number, steps: number, windowSteps: number): number {
  return Math.round((step * windowSteps) / steps);
}

/** What is left of the larger one by the rounding of 32-bit numbers is nothing. */
function roundedPair(expected: number, seen: number): { readonly expected: number; readonly seen: number } {
  const least = 1e-6 * Math.max(Math.abs(expected), Math.abs(seen));
  const kept = (value: number): number => (Math.abs(value) < least ? 0 : rounded(value));
  return { expected: kept(expected), seen: kept(seen) };
}

/** Four significant digits: more say nothing, and cost bytes. */
export function rounded(value: number): number {
  return Number.isFinite(value) ? Number(value.toPrecision(4)) : 0;
}

export function round(value: number): string {
  return String(Number(value.toPrecision(3)));
}
