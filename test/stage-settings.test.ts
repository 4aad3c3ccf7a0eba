import { describe, expect, it } from 'vitest';
import { segment } from '../src/segment.js';
import { loadConfig } from '../src/service/config/load-config.js';
import { resolveRun } from '../src/service/run/run-settings.js';
import { resolveSegmentation } from '../src/stage-settings.js';
import type { Duration } from '../src/window/window-options.js';

const WINDOW = { step: 'hour', steps: 24 } as const;

describe('resolveSegmentation', () => {
  it('has the defaults of the config file', () => {
    const channels = [{ name: 'events' }];
    const { segmentation } = resolveRun(config(''));
    expect(withoutClock(resolveSegmentation({ channels, window: WINDOW }, false))).toEqual(withoutClock(segmentation));
  });

  it('understands what a config file understands', () => {
    const text = `
window: { step: day, steps: 7, hop: 1d, timeZone: Europe/Berlin }
cluster: { k: 4, halfLife: 2d, distance: cosine }
model: { history: 3, heldOut: 0.3, retrain: { freshEvery: 2, minInterval: 2d, swapAfterWindows: 768 }, gate: { maxChurn: 1 } }
drift: { every: 12h, referenceSpan: 1w, thresholds: { psi: 0.5 } }
run: { seed: 9 }`;
    const settings = resolveSegmentation(
      {
        channels: [{ name: 'events' }],
        window: { step: 'day', steps: 7, hop: '1d', timeZone: 'Europe/Berlin' },
        cluster: { k: 4, halfLife: '2d', distance: 'cosine' },
        model: {
          history: 3,
          heldOut: 0.3,
          retrain: { freshEvery: 2, minInterval: '2d', swapAfterWindows: 768 },
          gate: { maxChurn: 1 },
        },
        drift: { every: '12h', referenceSpan: '1w', thresholds: { psi: 0.5 } },
        seed: 9,
      },
      false,
    );
    expect(withoutClock(settings)).toEqual(withoutClock(resolveRun(config(text)).segmentation));
    expect(settings.trainer.reservoir.halfLifeMs).toBe(3 * 7 * 24 * 3_600_000);
    expect(settings.trainer.model.cluster).toMatchObject({ halfLife: undefined, halfLifeMs: 2 * 24 * 3_600_000 });
    expect(settings.trainer.freshEvery).toBe(2);
    expect(settings.trainer.swapAfterWindows).toBe(768);
  });

  it('takes a week for the cycle of usage where `drift.referenceSpan` names none', () => {
    const cycleOf = (referenceSpan?: Duration) => {
      const drift = referenceSpan === undefined ? {} : { referenceSpan };
      return resolveSegmentation({ window: WINDOW, drift }, false).trainer.model.cycleMs;
    };
    expect([cycleOf(), cycleOf('0s')]).toEqual([7 * 24 * 3_600_000, 7 * 24 * 3_600_000]);
    expect(cycleOf('2d')).toBe(2 * 24 * 3_600_000);
  });

  it('lets models take effect on arrival where the stream is live', () => {
    expect(resolveSegmentation({ window: WINDOW }, true).trainer.swapAfterWindows).toBeUndefined();
  });

  it.each([
    [{ cluster: { halfLife: '0d' } }, /`cluster.halfLife` must be longer than nothing/],
    [{ cluster: { halfLife: 0.5 } }, /cluster.halfLife/],
    [
      { cluster: { distance: 'manhattan' as 'cosine' } },
      /`cluster.distance` must be euclidean or cosine; got manhattan/,
    ],
    [{ cluster: { k: 1.5 } }, /`cluster.k` must be a whole number from 1 to 1000; got 1.5/],
    [{ model: { heldOut: 2 } }, /`model.heldOut` must be a number from 0 to 1; got 2/],
    [{ model: { retrain: { minInterval: 'soon' } } }, /`model.retrain.minInterval`: .*soon/],
    [
      { model: { retrain: { swapAfterWindows: 700 } } },
      /`model.retrain.swapAfterWindows` must be a multiple of 256.*700/,
    ],
    [{ drift: { every: '5 parsecs' } }, /`drift.every`: .*parsecs/],
    [
      { encoder: { output: 'softplus' as const } },
      /`output: softplus` never gives a negative value, and `series.scale: zscore` makes negative ones; set series.scale to max/,
    ],
    [{ encoder: { hidden: 0 } }, /hidden must be a whole number/],
    [{ series: { length: 5 } }, /`length` is 5 but windows have 24 steps/],
  ])('refuses %j', (options, text) => {
    expect(() => resolveSegmentation({ window: WINDOW, ...options }, false)).toThrow(text);
  });
});

describe('options that a type checker did not see', () => {
  const resolvers = {
    segment: (options: unknown) => segment(options as never),
    resolveSegmentation: (options: unknown) => resolveSegmentation(options as never, false),
  };

  it.each(Object.entries(resolvers))('are refused by %s as an error of code config', (_, resolve) => {
    const refused: readonly [unknown, RegExp][] = [
      [{}, /^window: must be an object, such as .*; got undefined/],
      [undefined, /^options: must be an object .*; got undefined/],
      [{ window: null }, /^window: must be an object/],
      [{ window: WINDOW, cluster: 3 }, /^cluster: must be an object; got 3/],
      [{ window: WINDOW, model: null }, /^model: must be an object; got null/],
      [{ window: WINDOW, clutser: { k: 2 } }, /^clutser: there is no such option; did you mean `cluster`\?/],
      [{ window: WINDOW, quux: 1 }, /^quux: there is no such option; known here: channels, window/],
      [{ window: { ...WINDOW, setps: 24 } }, /^window\.setps: there is no such option; did you mean `steps`\?/],
      [
        { window: WINDOW, encoder: { seed: 3 } },
        /^encoder\.seed: there is no such option; known here: kind, .*embeddingSize, .*preset/,
      ],
      [{ window: WINDOW, model: { retrain: { every: 3 } } }, /^model\.retrain\.every: there is no such option; /],
      [{ window: WINDOW, drift: { thresholds: { PSI: 1 } } }, /^drift\.thresholds\.PSI: .*did you mean `psi`\?/],
      [
        { window: WINDOW, channels: [{ name: 'a' }, { name: 'b', agregate: 'max' }] },
        /^channels\.1\.agregate: there is no such option; did you mean `aggregate`\?/,
      ],
      [{ window: WINDOW, toString: 1 }, /^toString: there is no such option/],
      [{ window: WINDOW, model: { gate: null } }, /^model\.gate: must be an object; got null/],
      [{ window: WINDOW, channels: ['a'] }, /^channels\.0: must be an object; got a/],
      [
        { window: { ...WINDOW, minObserved: -1, setps: 24 } },
        /2 problems:\s+window\.setps: .*\s+window: .*minObserved/,
      ],
      [{ windows: WINDOW }, /did you mean `window`\?\s+window: must be an object/],
    ];
    for (const [options, message] of refused) {
      expect(() => resolve(options)).toThrow(
        expect.objectContaining({ code: 'config', message: expect.stringMatching(message) }),
      );
    }
  });
});

describe('the hash of a run', () => {
  const kafka = (more: string): string =>
    resolveRun(config(`input: { kind: kafka, kafka: { brokers: [${more} } }`)).identity.settings;

  it('does not change with brokers, passwords and threads, which change no results', () => {
    const once = kafka('"a:9092"], topics: t');
    const sasl = 'sasl: { mechanism: plain, username: u, password: p }';
    expect(kafka(`"b:9092", "c:9092"], topics: [t], tls: true, clientId: x, ${sasl}`)).toBe(once);
    expect(resolveRun(config('input: { parseThreads: 2 }')).identity.settings).toBe(
      resolveRun(config('')).identity.settings,
    );
  });

  it('changes with what shapes results', () => {
    const hashes = ['', 'run: { seed: 1 }', 'cluster: { k: 3 }', 'input: { negative: zero }', 'model: { history: 2 }'];
    expect(new Set(hashes.map((text) => resolveRun(config(text)).identity.settings)).size).toBe(hashes.length);
    expect(kafka('"a:9092"], topics: t')).not.toBe(kafka('"a:9092"], topics: u'));
  });
});

function config(text: string) {
  return loadConfig({ file: { path: 'segtide.yaml', text } });
}

/** Step clocks are made anew each time and have functions; the window's hash names them. */
function withoutClock(settings: ReturnType<typeof resolveSegmentation>) {
  return { ...settings, window: { ...settings.window, clock: undefined } };
}
