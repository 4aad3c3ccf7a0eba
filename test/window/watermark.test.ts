import { describe, expect, it } from 'vitest';
import { Watermark } from '../../src/window/watermark.js';

describe('the watermark', () => {
  it('is the latest time seen, less the out-of-orderness', () => {
    const watermark = new Watermark(5);
    expect(watermark.current).toBe(Number.NEGATIVE_INFINITY);
    expect(watermark.observe(100)).toBe(true);
    expect(watermark.current).toBe(95);
  });

  it('never goes back, and is not moved by a record that must not move it', () => {
    const watermark = new Watermark(5);
    watermark.observe(100);
    expect(watermark.observe(99)).toBe(false);
    expect(watermark.observe(Number.NEGATIVE_INFINITY)).toBe(false);
    expect(watermark.current).toBe(95);
  });
});
