import { describe, expect, it } from 'vitest';
import type { RaisedAlert } from '../../src/anomaly/alert-watch.js';
import type { ExplainedWindow } from '../../src/anomaly/anomaly-detector.js';
import { type AlertedWindows, explainAnomaly } from '../../src/anomaly/explain-anomaly.js';
import { resolveSeries } from '../../src/series/series-settings.js';
import { toGivenWindows } from '../../src/window/given-windows.js';
import { MASK_MISSING, MASK_OBSERVED } from '../../src/window/window-batch.js';
import { assignedWindows } from '../publish/assigned-windows.js';

const STEPS = 8;
const DAY = 86_400_000;
const USUAL: ExplainedWindow = { parts: [], deviations: [], expected: new Float32Array(STEPS) };

describe('what an alert says of itself', () => {
  it('names one step as one', () => {
    const { text, steps } = explain({ seen: [2, 2, 2, 9, 2, 2, 2, 2], deviations: [0, 0, 0, 6, 0, 0, 0, 0] });
    expect(text).toBe('usage was 9 in step 4, where 2 was expected');
    expect(steps).toEqual([
      { channel: 'usage', first: 3, end: 4, from: 3 * DAY, to: 4 * DAY, expected: 2, seen: 9, deviation: 6 },
    ]);
  });

  it('names a run by its first and last step, with means of a step, over known steps alone', () => {
    const missing = [MASK_OBSERVED, MASK_MISSING, ...new Array<number>(6).fill(MASK_OBSERVED)];
    const { text, steps } = explain({
      seen: [0, 77, 0.5, 0.1, 2, 2, 2, 2],
      mask: missing,
      deviations: [-5, -5, -5, -5, 0, 0, 0, 0],
    });
    // (0 + 0.5 + 0.1) / 3 and -20 / √4.
    expect(text).toBe('usage was 0.2 a step in steps 1 to 4, where 2 was expected');
    expect(steps).toMatchObject([{ first: 0, end: 4, seen: 0.2, deviation: -10 }]);
  });

  it('tells a second run where it is far out by itself, and not where it is a little', () => {
    const of = (second: number) =>
      explain({ seen: [9, 2, 2, 2, 2, 2, 2, 5], deviations: [8, 0, 0, 0, 0, 0, -0.5, second] }).steps.map(
        ({ first }) => first,
      );
    expect(of(3.1)).toEqual([0, 7]);
    expect(of(2.9)).toEqual([0]);
  });

  it('compares with the segment where the customer is not known, in units of the window', () => {
    const deviations = [{ channel: 0, first: 4, end: 5, deviation: 4.2 }];
    const expected = Float32Array.from({ length: STEPS }, () => -1);
    // Prepared by a center of 10 and a scale of 5: 0 was 10, and -1 is 5.
    const parts = [{ part: 'reconstruction' as const, value: 7, usual: 1, score: 5 }];
    const { text, cause } = explain({ seen: new Array(STEPS).fill(0), said: { parts, deviations, expected } });
    expect(text).toBe('usage was 10 in step 5, where 5 was expected');
    expect(cause).toBe('reconstruction');
  });

  it('has no steps of what has passed, or of what no model can speak of', () => {
    expect(
      explain({ seen: new Array(STEPS).fill(2), deviations: [9, 0, 0, 0, 0, 0, 0, 0], status: 'withdrawn' }).text,
    ).toBe('the window has closed, and is not odd any more');
    const { windows } = windowsOf([1, 1, 1, 1, 1, 1, 1, 1]);
    expect(explainAnomaly(raised({}), windows, undefined, SETTINGS)).toEqual({
      text: 'nothing is known of it',
      parts: [],
      steps: [],
    });
  });
});

const SETTINGS = {
  series: resolveSeries({ transform: 'none' }, STEPS, 1),
  channels: ['usage'],
};

interface Explained {
  readonly seen: readonly number[];
  readonly mask?: readonly number[];
  /** From what the customer usually does, two a step; without, from its segment. */
  readonly deviations?: readonly number[];
  readonly said?: ExplainedWindow;
  readonly status?: RaisedAlert['status'];
}

function explain({ seen, mask, deviations, said = USUAL, status = 'confirmed' }: Explained) {
  const { windows, assignments } = windowsOf(seen, mask);
  const alerted: AlertedWindows = {
    assignments,
    detector: { score: () => new Float32Array(1), scoreRow: () => 0, explain: () => said },
    scores: Float32Array.of(7),
    thresholds: Float32Array.of(5),
    before: () => undefined,
  };
  const habit =
    deviations === undefined
      ? {}
      : {
          habit: { expected: new Float32Array(STEPS).fill(2), deviations: Float64Array.from(deviations) },
          deviation: { score: 3, run: 8, shape: 1 },
        };
  return explainAnomaly(raised({ status, ...habit }), windows, alerted, SETTINGS);
}

function raised(alert: Partial<RaisedAlert>): RaisedAlert {
  const times = { windowStart: 0, windowEnd: STEPS * DAY, knownUntil: STEPS * DAY };
  return { kind: 'anomaly', status: 'confirmed', row: 0, ...times, ...alert };
}

function windowsOf(seen: readonly number[], mask: readonly number[] = new Array(STEPS).fill(MASK_OBSERVED)) {
  const values = Float32Array.from(seen);
  const given = { length: 1, steps: STEPS, channels: 1, values, mask: Uint8Array.from(mask) };
  const windows = { ...toGivenWindows(given), ends: Float64Array.of(STEPS * DAY) };
  const { assignments, series } = assignedWindows([{ customer: 0 }], { modelVersion: 'v1', segmentIds: ['s1'] });
  const own = {
    ...series,
    ...{ windows, steps: STEPS, values, mask: given.mask },
    ...{ centers: Float32Array.of(10), scales: Float32Array.of(5) },
  };
  return { windows, assignments: { ...assignments, embeddings: { ...assignments.embeddings, series: own } } };
}
