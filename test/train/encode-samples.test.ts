import { describe, expect, it } from 'vitest';
import { decodeSamples, encodeSamples } from '../../src/train/encode-samples.js';
import { windowsOf } from '../cluster/embeddings.js';
import { toRows } from '../window/window-rows.js';
import { windowBatch } from '../worker/window-batches.js';

describe('sampled windows on their topic', () => {
  it('come back the same', () => {
    const windows = windowBatch([
      { customer: 'a', start: 0, values: [1, 2] },
      { customer: 'ü', start: 7, values: [3, 0.1] },
      { customer: 'a', start: 3_600_000, values: [5, 6] },
    ]);
    windows.mask.set([0, 1, 2, 3, 0, 0]);
    windows.observedSteps.set([2, 1, 0]);
    const records = encodeSamples({ partition: 3, sequence: 17, windows });
    expect(records).toHaveLength(1);
    const sample = decodeSamples(records[0]!);
    expect([sample.partition, sample.sequence]).toEqual([3, 17]);
    expect(toRows(sample.windows)).toEqual(toRows(windows));
    expect(sample.windows.watermark).toBe(7_200_000);
    expect(sample.weights).toBeUndefined();
  });

  it('are several records where one would be larger than a broker takes', () => {
    const [steps, channels, length] = [168, 4, 1000];
    const values = Float32Array.from({ length: length * steps * channels }, (_, i) => i % 1001);
    const mask = new Uint8Array(values.length);
    const windows = windowsOf(length, { steps, channels, values, mask });
    const weights = Float64Array.from({ length }, (_, i) => 1 + (i % 7) / 3);
    const records = encodeSamples({ partition: 0, sequence: 0, windows, weights });
    expect(records.length).toBe(5);
    for (const record of records) expect(record.length).toBeLessThanOrEqual(800_000);
    const decoded = records.map(decodeSamples);
    const read = Buffer.concat(decoded.map((sample) => Buffer.from(sample.windows.values.buffer)));
    expect(read.equals(Buffer.from(values.buffer))).toBe(true);
    const names = decoded.flatMap(({ windows: { customers, ids } }) => Array.from(customers, (slot) => ids.text(slot)));
    expect(names).toEqual(Array.from({ length }, (_, i) => `c${i}`));
    expect(decoded.flatMap((sample) => [...sample.weights!])).toEqual([...weights]);
    expect(decoded.every(({ sequence }) => sequence === 0)).toBe(true);
  });

  it('are no record where there are none', () => {
    expect(encodeSamples({ partition: 0, sequence: 0, windows: windowsOf(0) })).toEqual([]);
  });
});
