import { describe, expect, it } from 'vitest';
import { hourlyRows, inspectCsv } from './inspect-csv.js';

describe('proposeWindow', () => {
  it('says what windows of a day do where a week repeats more plainly, and how to ask for the week', async () => {
    const usage = (working: number) =>
      hourlyRows((i, time) => {
        const day = i % 24 >= 8 && i % 24 < 18 ? 8 : 1;
        const noise = (i * 7919) % 13;
        return `a,${time},${day * (Math.floor(i / 24) % 7 < 5 ? 1 : working) + noise / 10}`;
      }, 24 * 70);
    const weekly = (await inspectCsv('customer,time,v', usage(0.5))).window;
    expect(weekly.steps).toBe(24);
    expect(weekly.reasons.steps).toMatch(/weekends will look like moves.*segtide run --steps 168 --hop 168$/);
    expect(weekly.periodicity.autocorrelation[168]).toBeGreaterThan(weekly.periodicity.autocorrelation[24]!);
    const alike = (await inspectCsv('customer,time,v', usage(1))).window;
    expect(alike.steps).toBe(24);
    expect(alike.reasons.steps).not.toContain('weekends');
  });
});
