import { describe, expect, it } from 'vitest';
import { resolveDriftOptions } from '../../../src/drift/drift-settings.js';
import { resolveEncoder } from '../../../src/encode/encoder-options.js';
import { resolveIngest } from '../../../src/ingest/ingest-settings.js';
import { resolveSeries } from '../../../src/series/series-settings.js';
import { loadConfig } from '../../../src/service/config/load-config.js';
import { resolveStages } from '../../../src/service/config/resolve-stages.js';
import type { Config } from '../../../src/service/config/schema.js';
import { windowChannels } from '../../../src/service/config/window-channels.js';
import { resolveGateOptions } from '../../../src/train/gate.js';
import { resolveRetrainOptions } from '../../../src/train/retrain-settings.js';
import { resolveWindow } from '../../../src/window/window-settings.js';

const HOUR = 3_600_000;

describe('resolveStages', () => {
  it('agrees with every stage on its defaults', () => {
    const stages = resolveStages(config(''));
    const channels = [{ name: 'events', aggregate: 'sum' as const }];
    expect(stages.ingest).toEqual(resolveIngest({ fields: { customer: 'customer', time: 'time' } }));
    expect(stages.window.hash).toBe(resolveWindow({ step: 'hour', steps: 24, channels }).hash);
    expect(stages.series).toEqual(resolveSeries({}, 24, 1));
    expect(stages.encoder).toEqual(resolveEncoder({ seed: 42 }));
    expect(stages.gate).toEqual(resolveGateOptions());
    expect(stages.retrain).toEqual(resolveRetrainOptions({}, 24 * HOUR));
    expect(stages.drift).toEqual(resolveDriftOptions({ everyMs: HOUR }, ['events']));
  });

  it('waits for the last zone on earth where records bring their own', () => {
    const text = (zone: string) => `
input: { fields: { customer: c, time: t, timeZone: zone } }
window: { outOfOrderness: 1h, timeZone: ${zone} }`;
    expect(resolveStages(config(text('UTC'))).window.outOfOrdernessMs).toBe(27 * HOUR);
    expect(() => config(text('Europe/Berlin'))).toThrow('window.timeZone');
  });

  it('hands values on in the units of the stages', () => {
    const text = `
window: { step: day, steps: 7 }
model: { firstFit: 5, retrain: { everyWindowLengths: 2, minInterval: 3d } }
drift: { every: 2d, referenceSpan: 1w }`;
    const { retrain, drift } = resolveStages(config(text));
    expect(retrain).toEqual({
      firstFit: 5,
      everyWindows: 50_000,
      everyMs: 14 * 24 * HOUR,
      minIntervalMs: 3 * 24 * HOUR,
      minWindows: 5,
    });
    expect(drift).toMatchObject({ everyMs: 48 * HOUR, referenceMs: 168 * HOUR });
  });

  it('names the step as it was written', () => {
    expect(() => resolveStages(config('window: { step: 7m, hop: 1h }'))).toThrow('got 1h with steps of 7m');
  });

  it('lists what every stage complains of, at once', () => {
    const text =
      'window: { step: day, hop: 36h }\nseries: { smoothWidth: 4 }\ninput: { channels: [{ name: a, count: true }, { name: a, field: b }] }';
    expect(() => resolveStages(config(text))).toThrow(
      /3 problems:\n {2}input: .*twice\n {2}window: .*36h.*\n {2}series: .*odd/,
    );
  });
});

describe('windowChannels', () => {
  it('takes each channel with its aggregation', () => {
    const text =
      'input: { channels: [{ name: a, field: x, aggregate: last, cumulative: true }, { name: n, count: true }] }';
    expect(windowChannels(config(text).input)).toEqual([
      { name: 'a', aggregate: 'last', cumulative: true },
      { name: 'n', aggregate: 'sum', cumulative: false },
    ]);
  });

  it('makes a channel of each value of a pivot', () => {
    const text = 'input: { pivot: { field: kind, values: [calls, texts], aggregate: mean } }';
    expect(windowChannels(config(text).input)).toEqual([
      { name: 'calls', aggregate: 'mean', cumulative: false },
      { name: 'texts', aggregate: 'mean', cumulative: false },
    ]);
  });
});

function config(text: string): Config {
  return loadConfig({ file: { path: 'c.yaml', text } });
}
