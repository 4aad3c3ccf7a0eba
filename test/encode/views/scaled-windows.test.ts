import { describe, expect, it } from 'vitest';
import { fitChannelLevels, writeLevels } from '../../../src/encode/views/channel-levels.js';
import { writeKernelInput } from '../../../src/encode/views/kernel-input.js';
import { writeProfiles, writeShapes, writeSizes } from '../../../src/encode/views/scaled-windows.js';

const close = (values: readonly number[]): unknown[] => values.map((value) => expect.closeTo(value, 3));

function write(fill: (out: Float32Array) => void, length: number): number[] {
  const out = new Float32Array(length).fill(Number.NaN);
  fill(out);
  return [...out];
}

describe('profiles, shapes and sizes', () => {
  const usage = Float32Array.of(0, 2, 1, 4, -2, 2, 5, 5, 5, 0, 0, 0);
  const shape = { steps: 3, channels: 1 };

  it('take profiles over their maximum, from a negative minimum on', () => {
    expect(write((out) => writeProfiles(shape, usage, 4, out), 12)).toEqual(
      close([0, 1, 0.5, 1, 0, 2 / 3, 1, 1, 1, 0, 0, 0]),
    );
  });

  it('take shapes by mean and deviation, and none of what is constant', () => {
    const shapes = write((out) => writeShapes(shape, usage, 4, out), 12);
    const root = Math.sqrt(1.5);
    expect(shapes.slice(0, 3)).toEqual(close([-root, root, 0]));
    expect(shapes.slice(6)).toEqual([0, 0, 0, 0, 0, 0]);
    for (const value of shapes) expect((value * 2 ** 14) % 1).toBeCloseTo(0, 15);
  });

  it('take sizes in powers of two of each channel, in which whole numbers stay exact', () => {
    const values = Float32Array.of(3, 20_000, 7, 10_000, 5, 0);
    const sizes = write((out) => writeSizes({ steps: 3, channels: 2 }, [3, 9000], values, 1, out), 6);
    expect(sizes).toEqual(close([3 / 4, 20_000 / 8192, 7 / 4, 10_000 / 8192, 5 / 4, 0]));
    const alone = write((out) => writeSizes({ steps: 6, channels: 1 }, [4], values, 1, out), 6);
    expect(alone).toEqual([...values].map((value) => value / 4));
  });

  it('take logarithms of either sign for the kernels of them', () => {
    const logs = write((out) => writeKernelInput('log-usage-kernels', shape, [1e6], usage, 2, out), 6);
    expect(logs).toEqual(close([0, 2, 1, 4, -2, 2].map((value) => Math.sign(value) * Math.log1p(Math.abs(value)))));
  });
});

describe('levels', () => {
  const shape = { steps: 4, channels: 1 };
  const usage = Float32Array.of(1, 3, 1, 3, 10, 30, 10, 30, 0, 0, 0, 0, -40, -40, 0, 0);
  const levels = fitChannelLevels(shape, usage, 4);

  it('are fitted over windows with any usage', () => {
    // Mean sizes 2, 20 and 20; deviations 1, 10 and 20.
    expect(levels).toEqual({ sizes: [20], spreads: [10] });
    expect(fitChannelLevels(shape, new Float32Array(8), 2)).toEqual({ sizes: [1], spreads: [1] });
  });

  it('are mean, spread, and the shares of zero and unknown steps', () => {
    const mask = new Uint8Array(16);
    mask[0] = 2;
    mask[1] = 3;
    const out = write((out) => writeLevels(shape, levels, usage, mask, 4, out), 16);
    expect(out).toEqual(
      close([
        ...[Math.log(2), Math.log(0.101), 0, 0.5], // of 1 and 3
        ...[Math.log(11), Math.log(1.001), 0, 0],
        ...[0, Math.log(0.001), 1, 0],
        ...[-Math.log(11), Math.log(2.001), 0.5, 0],
      ]),
    );
    expect(write((out) => writeLevels(shape, levels, usage, new Uint8Array(4).fill(3), 1, out), 4)).toEqual(
      close([0, Math.log(0.001), 1, 1]),
    );
  });
});
