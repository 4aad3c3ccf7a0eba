import { describe, expect, it } from 'vitest';
import { type AlertOptions, resolveAlertOptions } from '../../src/anomaly/alert-settings.js';
import { type AlertWatch, createAlertWatch, type ObservedWindows } from '../../src/anomaly/alert-watch.js';
import { toGivenWindows } from '../../src/window/given-windows.js';
import { MASK_ABSENT, MASK_OBSERVED, MASK_ZERO } from '../../src/window/window-batch.js';

const STEPS = 4;
/** A step is 1,000 ms. */
const WINDOW = 4000;

describe('odd windows', () => {
  it('raise one alert, however many overlapping windows show it', () => {
    const watch = watchOf({ kinds: ['anomaly'] });
    const statuses = [0, 1000, 3000, 4000].map((start) =>
      raise(watch, { start, odd: true }).map(({ status }) => status),
    );
    expect(statuses).toEqual([['confirmed'], [], [], ['confirmed']]);
  });

  it('raise it while the window is open, and confirm or withdraw it at its end', () => {
    for (const [isOdd, status] of [
      [true, 'confirmed'],
      [false, 'withdrawn'],
    ] as const) {
      const watch = watchOf({ kinds: ['anomaly'] });
      expect(raise(watch, { start: 0, known: 1, odd: false })).toEqual([]);
      expect(raise(watch, { start: 0, known: 2, odd: true })).toMatchObject([
        { status: 'provisional', knownUntil: 2000 },
      ]);
      expect(raise(watch, { start: 0, known: 3, odd: true })).toEqual([]);
      expect(raise(watch, { start: 0, odd: isOdd })).toMatchObject([{ status, isUpdate: true, knownUntil: 4000 }]);
      expect(raise(watch, { start: 4000, odd: true })).toMatchObject([{ status: 'confirmed' }]);
    }
  });

  it('cool down for each customer alone', () => {
    const watch = watchOf({ kinds: ['anomaly'], cooldownMs: 10_000 });
    expect(raise(watch, { start: 0, odd: true, customer: 1 })).toHaveLength(1);
    expect(raise(watch, { start: 4000, odd: true, customer: 1 })).toEqual([]);
    expect(raise(watch, { start: 4000, odd: true, customer: 2 })).toHaveLength(1);
    expect(raise(watch, { start: 12_000, odd: true, customer: 1 })).toHaveLength(1);
  });
});

describe('silence', () => {
  const kinds = ['silence'] as const;

  it('is told once, when it is longer than any that is usual, and again after the customer came back', () => {
    const watch = watchOf({ kinds });
    const active = [1, 1, 0, 1];
    for (let week = 0; week < 5; week++) expect(raise(watch, { start: week * WINDOW, steps: active })).toEqual([]);
    // Five silences of one step and the eight that anybody has: 26 log10(1 + 8 / 13) = 5.5, less what has faded.
    const found = [5, 6, 7].map((week) => raise(watch, { start: week * WINDOW, steps: [0, 0, 0, 0] }));
    expect(found.map(({ length }) => length)).toEqual([0, 1, 0]);
    expect(found[1]).toMatchObject([{ silence: { since: 20_000, gap: 8, usualGap: 1 }, knownUntil: 28_000 }]);
    expect(found[1]![0]!.silence!.score).toBeCloseTo(5.4, 1);
    expect(found[1]![0]!.silence!.activeShare).toBeCloseTo(0.75, 1);
    raise(watch, { start: 8 * WINDOW, steps: active });
    const again = [9, 10, 11, 12].map((week) => raise(watch, { start: week * WINDOW, steps: [0, 0, 0, 0] }));
    expect(again.flat()).toEqual([]); // the longest silence was 12 steps by now
  });

  it('is none for who uses the service in bursts and rests for weeks between them', () => {
    const watch = watchOf({ kinds });
    const weeks = [3, 5, 2, 9, 4, 14, 6, 3, 8, 25].flatMap((rest) => [1, ...Array<number>(rest).fill(0)]);
    for (const [week, usage] of weeks.entries()) {
      expect(raise(watch, { start: week * WINDOW, steps: [usage, usage, usage, usage] })).toEqual([]);
    }
  });

  it('is none while less is known of the customer than twice its length', () => {
    const watch = watchOf({ kinds });
    for (let week = 0; week < 2; week++) raise(watch, { start: week * WINDOW, steps: [1, 1, 1, 1] });
    for (let week = 2; week < 30; week++)
      expect(raise(watch, { start: week * WINDOW, steps: [0, 0, 0, 0] })).toEqual([]);
  });

  it('is told while the window is open', () => {
    const watch = watchOf({ kinds });
    for (let week = 0; week < 8; week++) raise(watch, { start: week * WINDOW, steps: [1, 1, 1, 1] });
    for (const week of [8, 9]) expect(raise(watch, { start: week * WINDOW, steps: [0, 0, 0, 0] })).toEqual([]);
    // 16 log10(1 + 9 / 8) = 5.2
    const open = raise(watch, { start: 10 * WINDOW, steps: [0, 0, 0, 0], known: 1 });
    expect(open).toMatchObject([{ silence: { gap: 9, usualGap: 1 }, knownUntil: 41_000 }]);
    expect(raise(watch, { start: 10 * WINDOW, steps: [0, 0, 0, 0] })).toEqual([]);
  });

  it('that began in an open window is told once, and the rest before it is no news either', () => {
    const long = 40;
    const watch = createAlertWatch(resolveAlertOptions({ kinds }, long * 1000));
    const told = (start: number, active: (step: number) => boolean, known = long) =>
      watch
        .observe({
          ...observed([0], start, 'v1', ['a']),
          windows: {
            ...toGivenWindows({
              ...{ length: 1, steps: long, channels: 1, values: new Float32Array(long) },
              mask: Uint8Array.from({ length: long }, (_, step) =>
                step >= known ? MASK_ABSENT : active(step) ? MASK_OBSERVED : MASK_ZERO,
              ),
            }),
            starts: Float64Array.of(start),
            ends: Float64Array.of(start + long * 1000),
            finals: Uint8Array.of(known === long ? 1 : 0),
          },
        })
        .map(({ silence }) => silence!.since - start);
    for (let i = 0; i < 4; i++) expect(told(i * 40_000, () => true)).toEqual([]);
    // Active to step 9: of the silence since then one look tells, of those while it is open and when it has closed.
    const looks = [12, 16, 20, 24, 40].map((known) => told(160_000, (step) => step < 10, known));
    expect(looks).toEqual([[], [], [10_000], [], []]);
    // A step of usage after 30 silent ones: ten more are nothing beside them.
    for (const known of [4, 8, 12, 40]) expect(told(200_000, (step) => step === 0, known)).toEqual([]);
  });

  it('is none where a weekend is always silent', () => {
    const watch = watchOf({ kinds });
    for (let week = 0; week < 30; week++)
      expect(raise(watch, { start: week * WINDOW, steps: [1, 1, 0, 0] })).toEqual([]);
  });

  it('counts each step once where windows overlap', () => {
    const watch = watchOf({ kinds });
    for (let start = 0; start <= 20_000; start += 1000) raise(watch, { start, steps: [1, 1, 1, 1] });
    expect(watch.snapshot().customers.numbers[2]).toBe(24);
  });
});

describe('a change of segment', () => {
  const kinds = ['segment-change'] as const;

  it('counts when enough windows in a row show it with a clear margin, and not when it flaps', () => {
    const moves = (segments: string, margin: number) => {
      const watch = watchOf({ kinds, segmentChange: { persistence: 2, margin: 0.3 } });
      return [...segments].map((segment, i) => raise(watch, { start: i * WINDOW, segment, margin }));
    };
    const seen = moves('aaaaaaaaaaabbb', 0.5);
    expect(seen.map(({ length }) => length)).toEqual([...Array(12).fill(0), 1, 0]);
    expect(seen[12]).toMatchObject([{ move: { fromId: 'a', toId: 'b', windows: 2, cause: 'behaviour' } }]);
    expect(moves('aaaaaaaaaaabbbb', 0.2).flat()).toEqual([]);
    // Who was there before, or is new, is no news.
    expect(moves('aaaaaaaaaaababbbbb', 0.5).flat()).toEqual([]);
    expect(moves('aaaaaaabbbbb', 0.5).flat()).toEqual([]);
    expect(moves(`aaaaaaaaaaab${'a'.repeat(40)}bbb`, 0.5).flat()).toHaveLength(1);
  });

  it('says nothing of one that the model alone made', () => {
    const watch = watchOf({ kinds });
    raise(watch, { start: 0, segment: 'a', margin: 0.9 });
    for (let i = 1; i < 20; i++) {
      const window = {
        start: i * WINDOW,
        segment: i < 12 ? 'a' : 'b',
        cause: i === 12 ? ('model' as const) : undefined,
      };
      expect(raise(watch, window)).toEqual([]);
    }
  });
});

describe("a segment's size", () => {
  it('is compared from one closing of windows to the next, and a new model begins anew', () => {
    const watch = watchOf({ kinds: ['segment-size'] });
    const close = (week: number, ofB: number, modelVersion = 'v1', segmentIds = ['a', 'b']) => {
      const rows = Array.from({ length: 400 }, (_, i) => (i < ofB ? 1 : 0));
      return watch.observe(observed(rows, week * WINDOW, modelVersion, segmentIds)).map(({ jump }) => jump);
    };
    expect([close(0, 100), close(1, 110), close(2, 200)].flat()).toEqual([]);
    expect(close(3, 200)).toMatchObject([{ segmentId: 'b', before: 0.275, now: 0.5, windows: 400, windowStart: 8000 }]);
    expect([close(4, 20, 'v2'), close(5, 20, 'v2')].flat()).toEqual([]);
    // A segment in the place of one that had starved: its customers have not moved.
    expect([close(6, 200, 'v2', ['a', 'c']), close(7, 200, 'v2', ['a', 'c'])].flat()).toEqual([]);
  });

  it('is not compared with the rest of a wave that another model had begun, even where a late window comes between', () => {
    const watch = watchOf({ kinds: ['segment-size'] });
    const close = (week: number, windows: number, shareOfB: number, modelVersion: string) => {
      const rows = Array.from({ length: windows }, (_, i) => (i < shareOfB * windows ? 1 : 0));
      return watch.observe(observed(rows, week * WINDOW, modelVersion, ['a', 'b'])).map(({ jump }) => jump);
    };
    for (const week of [0, 1]) close(week, 400, 0.1, 'v1');
    expect(close(2, 290, 0.1, 'v1')).toEqual([]);
    // The customers who came last are of another kind.
    expect([close(1, 1, 0, 'v2'), close(2, 110, 0.6, 'v2'), close(3, 400, 0.1, 'v2')].flat()).toEqual([]);
    expect([close(4, 400, 0.1, 'v2'), close(5, 400, 0.6, 'v2')].flat()).toEqual([]);
    expect(close(6, 400, 0.6, 'v2')).toMatchObject([{ segmentId: 'b', before: 0.1, now: 0.6, windows: 400 }, {}]);
  });
});

describe('the memory of alerts', () => {
  it('goes on from a snapshot as if it had never stopped, and forgets who left', () => {
    const play = (watch: AlertWatch, from: number, to: number) =>
      Array.from({ length: to - from }, (_, i) => {
        const n = from + i;
        return raise(watch, {
          start: n * 1000,
          odd: n % 3 === 0,
          segment: n < 20 ? 'a' : 'b',
          margin: 0.5,
          steps: n > 30 ? [0, 0, 0, 0] : [1, 1, 1, 1],
        });
      });
    const whole = play(watchOf({}), 0, 60);
    expect(new Set(whole.flat().map(({ kind }) => kind)).size).toBe(3);
    for (const stop of [1, 17, 35]) {
      const first = watchOf({});
      const before = play(first, 0, stop);
      const snapshot = structuredClone(first.snapshot());
      const second = createAlertWatch(resolveAlertOptions({}, WINDOW), snapshot);
      expect([...before, ...play(second, stop, 60)]).toEqual(whole);
      second.forget(Uint32Array.of(0));
      expect(second.snapshot().customers.times).toHaveLength(0);
    }
  });

  it('is refused in another format', () => {
    const snapshot = { ...watchOf({}).snapshot(), format: 3 as 2 };
    expect(() => createAlertWatch(resolveAlertOptions({}, WINDOW), snapshot)).toThrow(/format 3/);
  });
});

interface Row {
  readonly customer?: number;
  readonly start: number;
  /** 1 where the step has usage. */
  readonly steps?: readonly number[];
  /** Steps that are known; all of them where the window has closed. */
  readonly known?: number;
  readonly odd?: boolean;
  readonly segment?: string;
  readonly margin?: number;
  readonly cause?: 'model' | undefined;
}

function watchOf(options: AlertOptions): AlertWatch {
  return createAlertWatch(resolveAlertOptions(options, WINDOW));
}

function raise(
  watch: AlertWatch,
  { customer = 0, start, steps = [1, 1, 1, 1], known = STEPS, odd = false, segment = 'a', margin = 0.9, cause }: Row,
) {
  const mask = Uint8Array.from(steps, (step, i) => (i >= known ? MASK_ABSENT : step === 1 ? MASK_OBSERVED : MASK_ZERO));
  const windows = {
    ...toGivenWindows({ length: 1, steps: STEPS, channels: 1, values: new Float32Array(STEPS), mask }),
    customers: Uint32Array.of(customer),
    starts: Float64Array.of(start),
    ends: Float64Array.of(start + WINDOW),
    finals: Uint8Array.of(known === STEPS ? 1 : 0),
  };
  return watch.observe({
    windows,
    segmented: {
      modelVersion: 'v1',
      segmentIds: ['a', 'b'],
      nearest: Uint16Array.of(segment === 'a' ? 0 : 1),
      margins: Float32Array.of(margin),
    },
    isOdd: () => odd,
    moved: new Map(cause === undefined ? [] : [[0, cause]]),
  });
}

function observed(
  segments: readonly number[],
  start: number,
  modelVersion: string,
  segmentIds: readonly string[],
): ObservedWindows {
  const { length } = segments;
  const given = {
    length,
    steps: STEPS,
    channels: 1,
    values: new Float32Array(length * STEPS),
    mask: new Uint8Array(length * STEPS),
  };
  return {
    windows: {
      ...toGivenWindows(given),
      starts: new Float64Array(length).fill(start),
      ends: new Float64Array(length).fill(start + WINDOW),
    },
    segmented: {
      modelVersion,
      segmentIds,
      nearest: Uint16Array.from(segments),
      margins: new Float32Array(length).fill(1),
    },
    isOdd: () => false,
    moved: new Map(),
  };
}
