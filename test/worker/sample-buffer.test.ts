import { describe, expect, it } from 'vitest';
import { createSampleBuffer, type SampleBufferSnapshot } from '../../src/worker/sample-buffer.js';
import { toRows } from '../window/window-rows.js';
import { windowBatch } from './window-batches.js';

const PAGE = windowBatch([
  { customer: 'a', start: 0, values: [1, 2] },
  { customer: 'b', start: 3_600_000, values: [3, 4] },
  { customer: 'a', start: 7_200_000, values: [5, 6] },
]);

describe('a sample buffer', () => {
  it('gives rows in the order of adding, whatever page they came in', () => {
    const buffer = createSampleBuffer(4, 2, 1);
    buffer.add(PAGE, 2, 1);
    buffer.add(PAGE, 0, 1);
    expect(buffer.length).toBe(2);
    expect(toRows(buffer.take().windows)).toEqual([toRows(PAGE)[2], toRows(PAGE)[0]]);
  });

  it('gives how much each row counts with it, after a restart too', () => {
    const buffer = createSampleBuffer(3, 2, 1);
    buffer.add(PAGE, 0, 2.5);
    const resumed = createSampleBuffer(3, 2, 1, structuredClone(buffer.snapshot()));
    resumed.add(PAGE, 1, 1);
    expect([...resumed.take().weights!]).toEqual([2.5, 1]);
    const old = { ...buffer.snapshot(), formatVersion: 1 } as unknown as SampleBufferSnapshot;
    expect(() => createSampleBuffer(3, 2, 1, old)).toThrow(/format 1; this version reads format 2/);
  });

  it('is empty after it was taken from, and keeps nothing of what it gave', () => {
    const buffer = createSampleBuffer(2, 2, 1);
    buffer.add(PAGE, 0, 1);
    const taken = buffer.take().windows;
    const before = toRows(taken);
    expect(buffer.length).toBe(0);
    buffer.add(PAGE, 1, 1);
    expect(toRows(taken)).toEqual(before);
    expect(toRows(buffer.take().windows)).toEqual([toRows(PAGE)[1]]);
  });

  it('copies: the page may be overwritten', () => {
    const page = windowBatch([{ customer: 'a', values: [1, 2] }]);
    const buffer = createSampleBuffer(1, 2, 1);
    buffer.add(page, 0, 1);
    page.values.fill(99);
    expect([...buffer.take().windows.values]).toEqual([1, 2]);
  });

  it('names the latest end as its watermark, and -Infinity without rows', () => {
    const buffer = createSampleBuffer(3, 2, 1);
    expect(buffer.take().windows.watermark).toBe(Number.NEGATIVE_INFINITY);
    buffer.add(PAGE, 2, 1);
    buffer.add(PAGE, 0, 1);
    expect(buffer.take().windows.watermark).toBe(10_800_000);
  });

  it('goes on from a snapshot, which later rows do not change', () => {
    const buffer = createSampleBuffer(3, 2, 1);
    buffer.add(PAGE, 0, 1);
    const snapshot = buffer.snapshot();
    buffer.add(PAGE, 1, 1);
    const resumed = createSampleBuffer(3, 2, 1, structuredClone(snapshot));
    expect(resumed.length).toBe(1);
    resumed.add(PAGE, 1, 1);
    expect(toRows(resumed.take().windows)).toEqual(toRows(buffer.take().windows));
  });
});
