import { describe, expect, it } from 'vitest';
import { bar, sparkline } from '../../../src/service/summary/sparkline.js';

describe('sparkline', () => {
  it('draws from zero to the greatest value', () => {
    expect(sparkline([0, 1, 2, 3, 4, 5, 6, 7], 24)).toBe('▁▂▃▄▅▆▇█');
    expect(sparkline([7, 7], 24)).toBe('██');
  });

  it('draws nothing but the ground for a curve of zeros', () => {
    expect(sparkline([0, 0, 0], 24)).toBe('▁▁▁');
    expect(sparkline([], 24)).toBe('');
  });

  it('begins at the least value where that is negative', () => {
    expect(sparkline([-7, 0], 24)).toBe('▁█');
  });

  it('leaves blank what is not known, and averages over what is', () => {
    expect(sparkline([7, null, 0], 24)).toBe('█ ▁');
    expect(sparkline([7, null, null, null], 2)).toBe('█ ');
  });

  it('averages a longer curve down', () => {
    expect(sparkline([0, 0, 7, 7, 3, 4], 3)).toBe('▁█▅');
  });
});

describe('bar', () => {
  it.each([
    [0, '    '],
    [0.5, '██  '],
    [1, '████'],
    [1 / 32, '▏   '],
    [1.5, '████'],
  ])('draws a share of %d', (share, expected) => {
    expect(bar(share, 4)).toBe(expected);
  });
});
