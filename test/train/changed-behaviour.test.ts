import { describe, expect, it } from 'vitest';
import { NO_CENTROID } from '../../src/cluster/refit-centroids.js';
import { lastRowsBefore, membershipByCustomer, rowsSince } from '../../src/train/changed-behaviour.js';
import { effectiveSegments } from '../../src/train/effective-segments.js';
import type { GateValues } from '../../src/train/gate.js';
import { gateRefit } from '../../src/train/gate-refit.js';
import { selectWindows } from '../../src/train/window-rows.js';
import { windowBatch } from '../worker/window-batches.js';

const WINDOWS = windowBatch([
  { customer: 'a', start: 0 },
  { customer: 'b', start: 0 },
  { customer: 'a', start: 10 },
  { customer: 'a', start: 20 },
  { customer: 'b', start: 20 },
  { customer: 'c', start: 20 },
]);

describe('windows since behaviour changed', () => {
  it('are those that began by then, and customers are known by their last one before', () => {
    const rows = rowsSince(WINDOWS, 20);
    expect([...rows]).toEqual([3, 4, 5]);
    const before = lastRowsBefore(WINDOWS, 20);
    expect([...before]).toEqual([1, 2]);
    const now = selectWindows(WINDOWS, rows);
    const former = selectWindows(WINDOWS, before);
    // b was in 4 and a in 3; nobody knows c from before.
    expect([...membershipByCustomer(now, Uint16Array.of(7, 7, 7), former, Uint16Array.of(4, 3))]).toEqual([3, 4, 7]);
    const without = Uint16Array.of(NO_CENTROID, 3);
    expect([...membershipByCustomer(now, Uint16Array.of(7, 8, 9), former, without)]).toEqual([3, 8, 9]);
  });
});

describe('gateRefit', () => {
  const values = {} as GateValues;
  const grouping = (silhouette: number, effectiveSegments = 4) => ({ silhouette, effectiveSegments });

  it('lets a refit take over that parts the same windows better, and says by how much', () => {
    const judge = (champion: number, challenger: number, isUnknown: boolean, objection?: string) =>
      gateRefit(values, { champion: grouping(champion), challenger: grouping(challenger) }, isUnknown, objection);
    expect(judge(0.1, 0.3, false)).toMatchObject({
      promoted: true,
      reasons: ['segments are further apart: common silhouette 0.300 against 0.100'],
    });
    expect(judge(0.3, 0.305, false).promoted).toBe(false);
    expect(judge(0.1, Number.NaN, false).promoted).toBe(false);
    expect(judge(0.4, 0.36, true).promoted).toBe(true);
    expect(judge(0.4, 0.34, true).promoted).toBe(false);
    expect(judge(0.1, Number.NaN, true).promoted).toBe(false);
    expect(judge(0, 1, false, 'no view tells the windows apart').promoted).toBe(false);
  });

  it('lets one take over where what is new was one heap, however far a few windows lay from it', () => {
    const judge = (few: number, isUnknown: boolean, silhouette = 0.27, objection?: string) =>
      gateRefit(values, { champion: grouping(0.47, few), challenger: grouping(silhouette, 6) }, isUnknown, objection);
    expect(judge(1.4, true)).toMatchObject({
      promoted: true,
      reasons: ['what is new was one heap: 6.0 effective segments against 1.4'],
    });
    expect(judge(2, true).promoted).toBe(false);
    expect(judge(1.4, true, -0.05).promoted).toBe(false);
    expect(judge(1.4, false).promoted).toBe(false);
    expect(judge(1.4, true, Number.NaN).promoted).toBe(false);
    expect(judge(1.4, true, 0.27, 'no view tells the windows apart').promoted).toBe(false);
  });
});

describe('effectiveSegments', () => {
  it('are as many as there are where all are as large, and fewer where one is larger', () => {
    expect(effectiveSegments(Uint16Array.of(0, 1, 2, 0, 1, 2))).toBe(3);
    // Shares of 3/4 and 1/4: 1 / (9/16 + 1/16).
    expect(effectiveSegments(Uint16Array.of(5, 5, 5, 7, NO_CENTROID))).toBeCloseTo(1.6, 12);
    expect(effectiveSegments(new Uint16Array())).toBe(0);
  });
});
