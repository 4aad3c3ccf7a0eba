import { describe, expect, it } from 'vitest';
import { DEFAULT_VIEWS } from '../../src/encode/encoder-options.js';
import { resolveSeries } from '../../src/series/series-settings.js';
import { createViewWindows } from '../encode/views/view-windows.js';
import { toSeriesBatch } from '../encode/vrae/vrae-batches.js';
import { fitMap, usageSeries } from '../support/view-models.js';

const seriesOf = (length: number, draw: (row: number, step: number, channel: number) => number) =>
  toSeriesBatch(createViewWindows({ length, steps: 8, channels: 2 }, draw));

describe('fitViewMap', () => {
  it('fits every view, and records what each counts', async () => {
    const { viewMap, record } = await fitMap(usageSeries(80));
    expect(record.map(({ kind }) => kind)).toEqual(DEFAULT_VIEWS);
    expect(record.map(({ weight }) => weight)).toEqual(viewMap!.weights);
    for (const { weight, degenerate } of record) {
      expect(weight).toBeGreaterThan(0);
      expect(weight).toBeLessThanOrEqual(1);
      expect(degenerate).toBeNull();
    }
    expect(viewMap!.map).toMatchObject({ length: 80, size: 8, neighbours: 15, inputs: viewMap!.views.size });
    expect(viewMap!.map.places.every(Number.isFinite)).toBe(true);
  });

  it('gives the same map for the same windows and seed', async () => {
    expect(await fitMap(usageSeries(40))).toEqual(await fitMap(usageSeries(40)));
  });

  it('gives a view that tells nothing no weight, and says why', async () => {
    const { viewMap, record } = await fitMap(seriesOf(60, (row) => 1 + (row % 5)));
    const [shape, , , level] = record;
    expect(shape).toEqual({ kind: 'log-shape-kernels', weight: 0, degenerate: 'all 60 windows are alike in it' });
    expect(level).toMatchObject({ kind: 'level', degenerate: null });
    expect(level!.weight).toBeGreaterThan(0.3);
    expect(viewMap!.map.places.every(Number.isFinite)).toBe(true);
  });

  it('says so where windows that are scaled by themselves leave a view nothing', async () => {
    const own = resolveSeries({ scope: 'own' }, 8, 2);
    const { record } = await fitMap(usageSeries(40), { series: own });
    expect(record.filter(({ weight }) => weight > 0)).toEqual([{ kind: 'profile', weight: 1, degenerate: null }]);
    expect(record[3]!.degenerate).toMatch(/scaled by itself/);
  });

  it.each([
    ['zero', () => 0],
    ['constant', () => 7],
    ['identical', (_: number, step: number) => step ** 2],
  ])('has no map of %s windows, and says why', async (_, draw) => {
    const { viewMap, record } = await fitMap(seriesOf(30, draw));
    expect(viewMap).toBeUndefined();
    expect(record).toEqual(
      DEFAULT_VIEWS.map((kind) => ({ kind, weight: 0, degenerate: 'all 30 windows are alike in it' })),
    );
  });

  it('begins where it is told to', async () => {
    const formerPlaces = Float32Array.from({ length: 320 }, (_, at) => 1000 + (at % 7));
    const { viewMap } = await fitMap(usageSeries(40), { formerPlaces, beginsThere: true });
    expect(Math.min(...viewMap!.map.places)).toBeGreaterThan(900);
  });
});
