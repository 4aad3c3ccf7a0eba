import { describe, expect, it } from 'vitest';
import { fillGaps } from '../../src/series/fill.js';
import type { Fill } from '../../src/series/series-settings.js';

function fill(kind: Fill, values: number[], mask: number[]): { values: number[]; mask: number[] } {
  const filled = { values: Float32Array.from(values), mask: Uint8Array.from(mask) };
  fillGaps(kind, filled.values, filled.mask);
  return { values: [...filled.values], mask: [...filled.mask] };
}

const values = [0, 0, 4, 0, 0, 10, 0, 0];
const mask = [3, 3, 0, 2, 2, 0, 0, 2];

describe('fillGaps', () => {
  it('leaves gaps as they are for `mask`', () => {
    expect(fill('mask', values, mask)).toEqual({ values, mask });
  });

  it('takes gaps as usage of zero for `zero`', () => {
    expect(fill('zero', values, mask)).toEqual({ values, mask: [0, 0, 0, 0, 0, 0, 0, 0] });
  });

  it('carries the last known value forward for `hold`, a known zero too, and the first one back', () => {
    expect(fill('hold', values, mask)).toEqual({ values: [4, 4, 4, 4, 4, 10, 0, 0], mask: [0, 0, 0, 0, 0, 0, 0, 0] });
  });

  it('connects known neighbours for `linear` and carries both ends outward', () => {
    expect(fill('linear', [...values.slice(0, 6), 0, 0], [3, 3, 0, 2, 2, 0, 2, 2])).toEqual({
      values: [4, 4, 4, 6, 8, 10, 10, 10],
      mask: [0, 0, 0, 0, 0, 0, 0, 0],
    });
  });

  it.each(['hold', 'linear'] as const)('leaves a channel without any known cell masked for `%s`', (kind) => {
    expect(fill(kind, [0, 0, 0], [3, 2, 2])).toEqual({ values: [0, 0, 0], mask: [3, 2, 2] });
  });
});
