import { describe, expect, it } from 'vitest';
import { createMeanWatch, type MeanChange, type MeanWatch } from '../../src/drift/mean-watch.js';
import { createRandom } from '../../src/numeric/random.js';

/** Waves of 100 windows; `value` is the mean of wave i in units of its standard deviation among independent windows. */
function watchOf(waves: number, value: (i: number) => number, watch = createMeanWatch(1)): MeanWatch {
  for (let i = 0; i < waves; i++) watch.observe(Float64Array.of(value(i) / 10), 100, i);
  return watch;
}

const changeOf = (watch: MeanWatch): MeanChange => watch.changes()![0]!;

describe('createMeanWatch', () => {
  it('says nothing before it has seen eight waves', () => {
    expect(watchOf(7, () => 0).changes()).toBeUndefined();
    expect(changeOf(watchOf(8, () => 0))).toMatchObject({ shift: 0, pValue: 1 });
  });

  it('finds a change, how large it is and since when', () => {
    const random = createRandom(1);
    const { shift, pValue, since } = changeOf(watchOf(68, (i) => random.normal() + (i < 64 ? 0 : 5)));
    expect(shift).toBeCloseTo(0.5, 1);
    expect(pValue).toBeLessThan(1e-6);
    expect(since).toBe(64);
  });

  it('is quiet where nothing changes, whether waves are independent or wander about', () => {
    for (const memory of [0, 0.5]) {
      let alarms = 0;
      for (let seed = 0; seed < 20; seed++) {
        const random = createRandom(seed);
        const watch = createMeanWatch(1);
        let value = 0;
        let alarmed = false;
        for (let i = 0; i < 200; i++) {
          value = memory * value + random.normal();
          watch.observe(Float64Array.of(value / 10), 100, i);
          alarmed ||= (watch.changes() ?? []).some(({ pValue }) => pValue <= 0.0001);
        }
        if (alarmed) alarms++;
      }
      // 4,000 looks at a level of 0.0001, most of them at what the look before saw.
      expect(alarms).toBeLessThanOrEqual(1);
    }
  });

  it('knows by how much more waves differ than chance would have it', () => {
    const random = createRandom(2);
    const alike = watchOf(128, () => random.normal()).inflation(0)[0]!;
    const apart = watchOf(128, () => 4 * random.normal()).inflation(0)[0]!;
    expect(alike).toBeLessThan(2);
    expect(apart).toBeGreaterThan(12);
    expect(apart).toBeLessThan(64);
  });

  it('goes on from a snapshot as if it had never stopped', () => {
    const whole = createRandom(3);
    const parts = createRandom(3);
    const watch = watchOf(100, () => whole.normal());
    const begun = watchOf(41, () => parts.normal());
    const resumed = watchOf(59, () => parts.normal(), createMeanWatch(1, structuredClone(begun.snapshot())));
    expect(resumed.changes()!.map(({ shift, pValue }) => [shift, pValue])).toEqual(
      watch.changes()!.map(({ shift, pValue }) => [shift, pValue]),
    );
  });
});
