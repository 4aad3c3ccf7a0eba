import { describe, expect, it } from 'vitest';
import { NO_CENTROID } from '../../src/cluster/refit-centroids.js';
import { lastRowsBefore, membershipByCustomer, rowsSince } from '../../src/train/changed-behaviour.js';
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

  it('lets a refit take over that parts the same windows better, and says by how much', () => {
    expect(gateRefit(values, { champion: 0.1, challenger: 0.3 }, false)).toMatchObject({
      promoted: true,
      reasons: ['segments are further apart: common silhouette 0.300 against 0.100'],
    });
    expect(gateRefit(values, { champion: 0.3, challenger: 0.305 }, false).promoted).toBe(false);
    expect(gateRefit(values, { champion: 0.1, challenger: Number.NaN }, false).promoted).toBe(false);
    expect(gateRefit(values, { champion: 0.4, challenger: 0.36 }, true).promoted).toBe(true);
    expect(gateRefit(values, { champion: 0.4, challenger: 0.34 }, true).promoted).toBe(false);
    expect(gateRefit(values, { champion: 0.1, challenger: Number.NaN }, true).promoted).toBe(false);
    expect(gateRefit(values, { champion: 0, challenger: 1 }, false, 'no view tells the windows apart').promoted).toBe(
      false,
    );
  });
});
