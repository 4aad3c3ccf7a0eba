import { describe, expect, it } from 'vitest';
import {
  formatChange,
  formatCount,
  formatDate,
  formatNumber,
  formatSeconds,
  formatShare,
  wrap,
} from '../../../src/service/summary/format.js';

describe('numbers for people', () => {
  it.each([
    [formatCount(0), '0'],
    [formatCount(999), '999'],
    [formatCount(1_234_567), '1,234,567'],
    [formatNumber(0.012345), '0.0123'],
    [formatNumber(123.456), '123'],
    [formatNumber(999.7), '1,000'],
    [formatNumber(-12_345.6), '-12,346'],
    [formatShare(0.345), '35 %'],
    [formatShare(0.004), '0.4 %'],
    [formatShare(0), '0 %'],
    [formatChange(0.5), '+50 %'],
    [formatChange(-0.001), '0 %'],
    [formatChange(-0.2), '-20 %'],
    [formatDate(Date.UTC(2013, 4, 1, 23)), '2013-05-01'],
    [formatDate(Number.NEGATIVE_INFINITY), ''],
    [formatSeconds(0.4242), '0.42 s'],
    [formatSeconds(12.34), '12.3 s'],
    [formatSeconds(185.2), '3 min 5 s'],
  ])('%s', (text, expected) => {
    expect(text).toBe(expected);
  });
});

describe('wrap', () => {
  it('breaks at spaces, never at no-break spaces', () => {
    expect(wrap('one two\u00a0three four', 9, '- ', '  ')).toBe('- one\n  two three\n  four');
  });
});
