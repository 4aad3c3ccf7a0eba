import { describe, expect, it } from 'vitest';
import { assign } from '../../src/cluster/assign.js';
import type { AssignmentBatch } from '../../src/cluster/assignment-batch.js';
import { profileSegments } from '../../src/cluster/profile-segments.js';
import { type NameGround, nameSegments } from '../../src/cluster/segment-name.js';
import { createRandom } from '../../src/numeric/random.js';
import { placesOf } from '../../src/train/places-of.js';
import { clusterModelOf, embeddingsOf, windowsOf } from './embeddings.js';

/** Windows of one channel, each assigned to the segment of its number. */
function assigned(
  curves: readonly (readonly number[])[],
  segments: readonly number[],
  mask?: Uint8Array,
): AssignmentBatch {
  const steps = curves[0]!.length;
  const k = Math.max(...segments) + 1;
  const windows = windowsOf(curves.length, {
    steps,
    values: Float32Array.from(curves.flat()),
    mask: mask ?? new Uint8Array(curves.length * steps),
    observedSteps: Uint16Array.from(curves, (curve) => curve.filter((x) => x !== 0).length),
    ends: Float64Array.from(curves, (_, i) => 100 + i),
  });
  const rows = segments.map((s, i) => [10 * s + 0.01 * (i + 1)]);
  const embeddings = embeddingsOf(rows, windows);
  embeddings.series.inactive.set(curves.map((curve) => (curve.every((x) => x === 0) ? 1 : 0)));
  return assign(clusterModelOf(Array.from({ length: k }, (_, j) => [10 * j])), embeddings);
}

function fromMonday(batch: AssignmentBatch): AssignmentBatch {
  batch.embeddings.series.windows.starts.fill(Date.UTC(2024, 0, 1));
  return batch;
}

const repeat = (n: number, make: (i: number) => readonly number[]): readonly (readonly number[])[] =>
  Array.from({ length: n }, (_, i) => make(i));

describe('profileSegments', () => {
  it('tells shares without surplus windows, and all else with them', () => {
    const curves = [
      [1, 1],
      [3, 3],
      [100, 100],
      [104, 104],
      [108, 108],
    ];
    const all = assigned(curves, [0, 0, 1, 1, 1]);
    const [first, second] = profileSegments(all, { surplus: Uint8Array.of(0, 0, 0, 1, 1) });
    expect([first!.share, second!.share]).toEqual([2 / 3, 1 / 3]);
    expect([first!.size, second!.size]).toEqual([2, 3]);
    expect(second!.channels[0]!.level).toBe(104);
  });

  it('is worked by hand for two members', () => {
    const [profile] = profileSegments(
      assigned(
        [
          [1, 2, 3, 2],
          [3, 4, 5, 4],
        ],
        [0, 0],
      ),
    );
    expect([...profile!.prototype]).toEqual([2, 3, 4, 3]);
    // A tenth of the way from the lower to the higher of the two, and as far from the higher.
    expect([...profile!.band.low]).toEqual([1.2, 2.2, 3.2, 2.2].map(Math.fround));
    expect([...profile!.band.high]).toEqual([2.8, 3.8, 4.8, 3.8].map(Math.fround));
    expect(profile).toMatchObject({ segmentId: 's1', size: 2, share: 1, medoidCustomer: 'c0', windowEnd: 101 });
    const { level, trend, volatility } = profile!.channels[0]!;
    expect(level).toBe(3);
    // Slope of 2 3 4 3 over 0..3 is 2 / 5; over three steps 1.2, from 2.4 to 3.6.
    expect(trend).toBeCloseTo(1 / 3, 12);
    // Standard deviation sqrt(1/2) of both, over means 2 and 4.
    expect(volatility).toBeCloseTo((Math.SQRT1_2 / 2 + Math.SQRT1_2 / 4) / 2, 12);
    expect(profile!.observedShare).toBe(1);
  });

  it('leaves cells that nothing is known of out of every mean', () => {
    const mask = Uint8Array.of(0, 2, 3, 0, 0, 3);
    const [profile] = profileSegments(
      assigned(
        [
          [1, 99, 99],
          [3, 5, 99],
        ],
        [0, 0],
        mask,
      ),
    );
    expect([...profile!.prototype]).toEqual([2, 5, Number.NaN]);
    expect(profile!.channels[0]!.level).toBe(3);
  });

  it('tells a segment without members from one without usage', () => {
    const [used, empty, idle] = profileSegments(
      assigned(
        [
          [1, 1],
          [0, 0],
          [0, 0],
        ],
        [0, 2, 2],
      ),
    );
    expect(used).toMatchObject({ name: 'steady', advice: 'rule', inactiveShare: 0 });
    expect(empty).toMatchObject({ name: 'empty', size: 0, medoidCustomer: undefined, advice: 'inactive' });
    expect(idle).toMatchObject({ name: 'inactive', inactiveShare: 1, advice: 'inactive', share: 2 / 3 });
  });

  it('finds the period of what repeats, with its strength', () => {
    const random = createRandom(1);
    const weekly = (): number[] => Array.from({ length: 28 }, (_, t) => 10 + (t % 7 === 2 ? 20 : 0) + random.normal());
    const noise = (): number[] => Array.from({ length: 28 }, () => 10 + random.normal());
    const [a, b] = profileSegments(
      assigned(
        repeat(60, (i) => (i < 30 ? weekly() : noise())),
        repeat(60, (i) => [i < 30 ? 0 : 1]).flat(),
      ),
    );
    expect(a!.channels[0]!.seasonality.lag % 7).toBe(0);
    expect(a!.channels[0]!.seasonality.strength).toBeGreaterThan(0.8);
    expect(a!.advice).toBe('model');
    expect(b!.channels[0]!.seasonality.strength).toBeLessThan(0.15);
    expect(b!.advice).toBe('rule');
  });

  it('knows no fall by more than all, nor a rise from less than nothing', () => {
    const [first, last, negative] = profileSegments(
      assigned(
        [
          [9, 0, 0, 0, 0, 0],
          [0, 0, 0, 0, 0, 9],
          [-3, -2, -1, 0, 1, 2],
        ],
        [0, 1, 2],
      ),
    );
    expect([first, last, negative].map((profile) => profile!.channels[0]!.trend)).toEqual([-1, 1, 1]);
  });

  it('takes a weekly pattern for no trend, and a trend for no weekly pattern', () => {
    const saturday = Array.from({ length: 21 }, (_, t) => (t % 7 === 6 ? 8 : 1));
    const rising = Array.from({ length: 21 }, (_, t) => 1 + t);
    const [a, b] = profileSegments(assigned([saturday, rising], [0, 1]), { period: 7 });
    expect(a!.channels[0]!.trend).toBeCloseTo(0, 12);
    expect(a!.channels[0]!.seasonality.strength).toBeCloseTo(1, 1);
    expect(b!.channels[0]!.trend).toBeCloseTo(20 / 21, 12);
    expect(b!.channels[0]!.seasonality.strength).toBe(0);
    expect(b!.name).toMatch(/^growing/);
  });

  it('names weekends and evenings where it is told when the steps are', () => {
    const weekend = [1, 1, 1, 1, 1, 9, 9];
    const flat = [3, 3, 3, 3, 3, 3, 3];
    const [a, b] = profileSegments(assigned([weekend, flat], [0, 1]), {
      placeOf: (_, step) => ({ weekday: step % 7, hour: undefined }),
    });
    expect([a!.name, b!.name]).toEqual(['weekend', 'steady']);
    const evening = Array.from({ length: 24 }, (_, hour) => (hour >= 18 ? 6 : 1));
    const [c] = profileSegments(assigned([evening], [0]), {
      period: 24,
      placeOf: (_, step) => ({ weekday: undefined, hour: step }),
    });
    expect(c!.name).toBe('evening');
  });

  it('names daily usage after its hours, not a trend, whatever day and hour the windows begin', () => {
    const night = (hour: number): number => (hour < 6 ? 9 : 0);
    const office = (hour: number): number => (hour >= 8 && hour < 18 ? 9 : 0);
    const flat = (): number => 9;
    for (const begin of [0, 7, 12, 18]) {
      const curves = repeat(42, (i) =>
        Array.from({ length: 24 }, (_, t) => [night, office, flat][i % 3]!((begin + t) % 24)),
      );
      const batch = assigned(
        curves,
        curves.map((_, i) => i % 3),
      );
      batch.embeddings.series.windows.starts.set(curves.map((_, i) => i % 14));
      const names = profileSegments(batch, {
        period: 24,
        placeOf: (day, step) => ({ weekday: (day + Math.floor((begin + step) / 24)) % 7, hour: (begin + step) % 24 }),
      }).map(({ name }) => name);
      expect(names[0]).toMatch(/^night/);
      expect(names[1]).toMatch(/^daytime/);
      expect(names[2]).toMatch(/^steady/);
    }
  });

  it.each([1, 6])(
    'names the simulated rhythms after their times in steps of %i h, though most steps are zero',
    (hours) => {
      const random = createRandom(4);
      const rhythms: readonly ((day: number, hour: number) => boolean)[] = [
        (day, hour) => day < 5 && hour >= 8 && hour < 18,
        (day, hour) => day >= 5 && hour >= 9 && hour < 22,
        (_, hour) => hour >= 18,
        (_, hour) => hour >= 1 && hour < 5,
      ];
      const perWindow = 168 / hours;
      const curves = repeat(200, (i) => {
        const sums = new Array<number>(perWindow).fill(0);
        for (let hour = 0; hour < 168; hour++) {
          const used = rhythms[i % 4]!(Math.floor(hour / 24), hour % 24) && random.next() < 0.1;
          if (used) sums[Math.floor(hour / hours)]! += 1;
        }
        return sums;
      });
      const kinds = curves.map((_, i) => i % 4);
      const profiles = profileSegments(fromMonday(assigned(curves, kinds)), {
        placeOf: placesOf({ timeZone: 'UTC', stepMs: hours * 3_600_000 }),
      });
      for (const { channels } of profiles) {
        const { zeroShare, volatility } = channels[0]!;
        expect(zeroShare >= 0.5 || volatility >= 1).toBe(true);
      }
      expect(profiles.map(({ name }) => name.replace(/, (low|high)$/, ''))).toEqual([
        'weekday, daytime',
        expect.stringMatching(/^weekend/),
        'evening',
        'night',
      ]);
    },
  );

  it('takes the weekend at the end of the only week for no trend, whatever the steps of a day are', () => {
    for (const hours of [6, 12, 24]) {
      const perDay = 24 / hours;
      const weekday = Array.from({ length: 7 * perDay }, (_, t) => (t < 5 * perDay ? 9 - t / (5 * perDay) : 0));
      const [profile] = profileSegments(fromMonday(assigned([weekday], [0])), {
        placeOf: placesOf({ timeZone: 'UTC', stepMs: hours * 3_600_000 }),
      });
      expect(profile!.channels[0]!.trend).toBeLessThan(-0.25);
      expect(profile!.name).toMatch(/^weekday/);
      expect(profile!.name).not.toMatch(/fading/);
    }
  });

  it('goes on to say growing of a curve that its line explains a little less than would begin it', () => {
    // Explained by 0.44 (0.5 begins, 0.4 holds), with a trend of 0.56.
    const curve = [2, 4, 2, 3, 5, 3, 6];
    const said = (name: string) =>
      profileSegments(assigned([curve], [0]), { former: [{ segmentId: 's1', name, advice: 'rule' }] })[0]!.name;
    expect(said('growing')).toBe('growing');
    expect(said('steady')).not.toMatch(/growing/);
  });

  it('names a trend only where the curve follows it, also with noise', () => {
    const random = createRandom(3);
    const growing = Array.from({ length: 28 }, (_, t) => 5 + 0.5 * t + random.normal());
    const fading = Array.from({ length: 28 }, (_, t) => 20 - 0.5 * t + random.normal());
    const early = Array.from({ length: 28 }, (_, t) => (t === 3 ? 60 : 5));
    const names = profileSegments(assigned([growing, fading, early], [0, 1, 2])).map(({ name, channels }) => ({
      name,
      isMarked: Math.abs(channels[0]!.trend) >= 0.25,
    }));
    expect(names[0]).toMatchObject({ name: expect.stringMatching(/^growing/), isMarked: true });
    expect(names[1]).toMatchObject({ name: expect.stringMatching(/^fading/), isMarked: true });
    expect(names[2]).toMatchObject({ name: expect.stringMatching(/^(bursty|uneven)/), isMarked: true });
  });

  it('says the same of a segment as before while its figures go about a border', () => {
    // Afternoons with 1.3 times the usage of the rest of the day, under the 1.5 that would name a new segment.
    const curve = Array.from({ length: 24 }, (_, hour) => (hour >= 12 && hour < 18 ? 1.3 : 1));
    const placeOf = (_: number, step: number) => ({ weekday: undefined, hour: step });
    const said = (name: string) =>
      profileSegments(assigned([curve], [0]), { placeOf, former: [{ segmentId: 's1', name, advice: 'rule' }] })[0]!
        .name;
    expect(said('afternoon')).toBe('afternoon');
    expect(said('steady')).toBe('steady');
  });

  it('gives the simulated kinds of customers the names that a person would', () => {
    const random = createRandom(2);
    const noisy = (level: number): number => Math.max(0, level * (1 + 0.1 * random.normal()));
    const kinds: readonly ((t: number) => number)[] = [
      () => noisy(10),
      () => noisy(1),
      (t) => noisy(2 + t * 0.5),
      (t) => noisy(9 - t * 0.6),
      () => (random.next() < 0.15 ? noisy(4) : 0),
      () => 0,
    ];
    const curves = repeat(300, (i) => Array.from({ length: 14 }, (_, t) => kinds[i % 6]!(t)));
    const names = profileSegments(
      assigned(
        curves,
        curves.map((_, i) => i % 6),
      ),
    ).map(({ name }) => name);
    expect(names).toEqual(
      ['steady, high', 'steady, low', 'growing', 'fading', 'bursty, low', 'inactive'].map((n) =>
        expect.stringContaining(n),
      ),
    );
  });
});

describe('nameSegments', () => {
  const ground = (level: number, change: Partial<NameGround['channel']> = {}, formerName?: string): NameGround => ({
    channel: {
      level,
      trend: 0,
      volatility: 0.1,
      seasonality: { strength: 0, lag: 0 },
      forecastability: 0,
      forecastSkill: 0,
      zeroShare: 0,
      ...change,
    },
    size: 10,
    inactiveShare: 0,
    relativeLevel: 1,
    timing: [],
    namesTrend: true,
    formerName,
  });

  it('numbers names that would occur twice, by falling level', () => {
    expect(nameSegments([ground(10), ground(11), ground(12)])).toEqual(['steady 3', 'steady 2', 'steady']);
  });

  it('leaves segments their names and numbers while their figures go about a border', () => {
    expect(nameSegments([ground(10, {}, 'steady 2'), ground(12, {}, 'steady 3'), ground(11)])).toEqual([
      'steady 2',
      'steady 3',
      'steady',
    ]);
    for (const [word, near, far] of [
      ['growing', { trend: 0.22 }, { trend: 0.18 }],
      ['fading', { trend: -0.22 }, { trend: -0.18 }],
      ['bursty', { volatility: 0.85 }, { volatility: 0.75 }],
      ['steady', { volatility: 0.45 }, { volatility: 0.55 }],
    ] as const) {
      expect(nameSegments([ground(10, near, word)])).toEqual([word]);
      expect(nameSegments([ground(10, far, word)])).not.toEqual([word]);
      if (word !== 'steady') expect(nameSegments([ground(10, near)])).not.toEqual([word]);
    }
    expect(nameSegments([ground(5, {}, 'steady, low'), ground(9)])).toEqual(['steady, low', 'steady']);
    expect(nameSegments([ground(5), ground(9)])[0]).toBe('steady 2');
  });
});
