import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createWindowTurn } from '../../../src/encode/views/turn-windows.js';

function turn(usage: readonly number[], { channels = 1, mask }: { channels?: number; mask?: readonly number[] } = {}) {
  const turned = new Float32Array(usage.length);
  const turnedMask = new Uint8Array(usage.length);
  const shape = { steps: usage.length / channels, channels };
  createWindowTurn(shape)(Float32Array.from(usage), Uint8Array.from(mask ?? usage.map(() => 0)), 1, turned, turnedMask);
  return { usage: Array.from(turned), mask: Array.from(turnedMask) };
}

function shifted<T>(values: readonly T[], by: number): T[] {
  return values.map((_, t) => values[(t + by) % values.length]!);
}

describe('createWindowTurn', () => {
  it('brings a peak to the middle, with the mask of each step', () => {
    expect(turn([9, 2, 0, 0, 0, 1], { mask: [0, 0, 3, 0, 0, 1] })).toEqual({
      usage: [0, 0, 1, 9, 2, 0],
      mask: [0, 0, 1, 0, 0, 3],
    });
  });

  it('takes the higher of two peaks where the first harmonic says little', () => {
    // Harmonic 1 has 1, harmonic 2 has 17.
    const usage = [0, 0, 8, 0, 0, 0, 0, 0, 9, 0, 0, 0];
    expect(turn(usage).usage).toEqual([8, 0, 0, 0, 0, 0, 9, 0, 0, 0, 0, 0]);
  });

  it('turns channels together, however much larger one of them is', () => {
    const small = [0, 0, 0, 0, 1, 3, 1, 0];
    const large = [5e6, 5e6, 5e6, 5e6, 5e6, 5e6, 5e6, 5e6];
    const usage = small.flatMap((value, t) => [value, large[t]!]);
    const { usage: turned } = turn(usage, { channels: 2 });
    expect(turned.filter((_, i) => i % 2 === 0)).toEqual([0, 0, 0, 1, 3, 1, 0, 0]);
    expect(turned.filter((_, i) => i % 2 === 1)).toEqual(large);
  });

  it('gives the same for every cyclic shift of a window', () => {
    const windows = fc.array(fc.integer({ min: 0, max: 50 }), { minLength: 2, maxLength: 32 });
    fc.assert(
      fc.property(windows, fc.nat(), (usage, by) => {
        expect(turn(shifted(usage, by)).usage).toEqual(turn(usage).usage);
      }),
      { seed: 5, numRuns: 3000 },
    );
  });

  it('gives the same where the first harmonic is exactly a quarter of the second', () => {
    const usage = [39, 48, 33, 48];
    for (let by = 1; by < 4; by++) expect(turn(shifted(usage, by)).usage).toEqual(turn(usage).usage);
  });

  it.each<[string, number[]]>([
    ['one step', [3]],
    ['zero', [0, 0, 0, 0]],
    ['constant', [7, 7, 7, 7, 7]],
    ['the least and the largest that there is', [1e-45, 0, 0, 3.4e38, -3.4e38]],
  ])('keeps the values of windows that are %s', (_, usage) => {
    const sorted = (values: readonly number[]) => Array.from(values, Math.fround).sort((a, b) => a - b);
    expect(sorted(turn(usage).usage)).toEqual(sorted(usage));
  });

  it('leaves each window of a batch by itself', () => {
    const usage = Float32Array.of(0, 1, 4, 1, 4, 1, 0, 1);
    const turned = new Float32Array(8);
    createWindowTurn({ steps: 4, channels: 1 })(usage, new Uint8Array(8), 2, turned, new Uint8Array(8));
    expect(Array.from(turned)).toEqual([0, 1, 4, 1, 0, 1, 4, 1]);
  });
});
