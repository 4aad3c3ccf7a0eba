import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { fitViews, type ViewOptions, type ViewWindows } from '../../../src/encode/views/fit-views.js';
import type { FittedViews } from '../../../src/encode/views/fitted-views.js';
import { SHIFTS } from '../../../src/encode/views/shift.js';
import { VIEW_KINDS, type ViewKind } from '../../../src/encode/views/view-kind.js';
import { createViewTransform } from '../../../src/encode/views/view-transform.js';
import { createJsEngine } from '../../../src/encode/vrae/engines/js/js-engine.js';
import { loadNativeAddon } from '../../../src/encode/vrae/engines/native/native-addon.js';
import { createNativeEngine } from '../../../src/encode/vrae/engines/native/native-engine.js';
import { createWasmEngine } from '../../../src/encode/vrae/engines/wasm/wasm-engine.js';
import type { RecurrentEngine } from '../../../src/encode/vrae/recurrent-engine.js';
import { createRandom } from '../../../src/numeric/random.js';
import { createUsage, createViewWindows, plainScale } from './view-windows.js';

const LATENTS = 3;
const WITHOUT_LATENTS = VIEW_KINDS.filter((kind) => kind !== 'latents');

function toLatents({ length }: ViewWindows): NonNullable<ViewOptions['latents']> {
  const random = createRandom(9);
  return {
    length,
    latentSize: LATENTS,
    values: Float32Array.from({ length: length * LATENTS }, () => random.normal()),
  };
}

async function fitTo(
  windows: ViewWindows,
  options: Partial<ViewOptions> = {},
  engine: RecurrentEngine = createJsEngine(),
): Promise<FittedViews> {
  const scale = plainScale(windows.channels);
  return fitViews(
    windows,
    { kinds: VIEW_KINDS, scale, seed: 1, kernelFeatures: 84, latents: toLatents(windows), ...options },
    engine,
  );
}

function transform(
  fitted: FittedViews,
  windows: ViewWindows,
  engine: RecurrentEngine = createJsEngine(),
): Float32Array {
  const out = new Float32Array(windows.length * fitted.size);
  const { values } = toLatents(windows);
  createViewTransform(fitted, engine).transform(windows.values, windows.mask, windows.length, values, out);
  return out;
}

/** Sum over a view's columns of their variances over rows. */
function totalVariance(values: Float32Array, rows: number, stride: number, offset: number, size: number): number {
  let total = 0;
  for (let i = offset; i < offset + size; i++) {
    const column = Array.from({ length: rows }, (_, row) => values[row * stride + i]!);
    const mean = column.reduce((sum, value) => sum + value) / rows;
    total += column.reduce((sum, value) => sum + (value - mean) ** 2, 0) / rows;
  }
  return total;
}

function expectFinite(values: Float32Array): void {
  expect(values.findIndex((value) => !Number.isFinite(value))).toBe(-1);
}

describe('fitViews', () => {
  it('gives every view a total variance of 1 over the fitted windows', async () => {
    const windows = createUsage(120, 24, 2);
    const fitted = await fitTo(windows);
    const values = transform(fitted, windows);
    let end = 0;
    for (const { kind, offset, size, degenerate } of fitted.views) {
      expect(degenerate, kind).toBeUndefined();
      expect(offset).toBe(end);
      expect(size, kind).toBeGreaterThan(0);
      expect(totalVariance(values, 120, fitted.size, offset, size), kind).toBeCloseTo(1, 4);
      end += size;
    }
    expect(fitted.size).toBe(end);
  });

  it('fits the same views for the same seed', async () => {
    const windows = createUsage(50, 16);
    expect(await fitTo(windows)).toEqual(await fitTo(windows));
  });

  it.each<[string, ViewWindows]>([
    ['zero', createViewWindows({ length: 20, steps: 24 }, () => 0)],
    ['constant', createViewWindows({ length: 20, steps: 24 }, () => 22_000)],
    ['identical', createViewWindows({ length: 20, steps: 24 }, (_, step) => step % 5)],
  ])('says of windows that are %s that they are alike, and gives nothing', async (_, windows) => {
    const fitted = await fitTo(windows, { kinds: WITHOUT_LATENTS });
    expect(fitted.size).toBe(0);
    for (const view of fitted.views) {
      expect(view).toMatchObject({ size: 0, projection: undefined });
      expect(view.degenerate).toContain(`all ${windows.length} windows are alike`);
    }
    expect(transform(fitted, windows)).toEqual(new Float32Array(0));
  });

  it('has no view of levels where windows were scaled by themselves', async () => {
    const fitted = await fitTo(createUsage(40, 24), { scale: undefined });
    const degenerate = fitted.views.filter((view) => view.size === 0);
    expect(degenerate.map(({ kind }) => kind)).toEqual([
      'usage-kernels',
      'log-shape-kernels',
      'log-usage-kernels',
      'level',
    ]);
    expect(degenerate[0]!.degenerate).toContain('scaled by itself');
  });

  it('says of one window alone that it was all there was', async () => {
    const fitted = await fitTo(createUsage(1, 24), { kinds: WITHOUT_LATENTS });
    expect(fitted.size).toBe(0);
    for (const { degenerate } of fitted.views) expect(degenerate).toBe('it was fitted to one window alone');
  });

  it('takes no notice of levels that differ by less than a hundredth', async () => {
    const draw = (level: number) =>
      createViewWindows({ length: 40, steps: 24 }, (row, step) => (1 + level * row) * (1 + (step % 4)));
    expect((await fitTo(draw(1e-4), { kinds: ['level'] })).views[0]!.degenerate).toContain('alike');
    expect((await fitTo(draw(1e-2), { kinds: ['level'] })).views[0]!.size).toBe(2);
  });

  it('keeps one component of two windows', async () => {
    const windows = createUsage(2, 24);
    const fitted = await fitTo(windows, { kinds: ['shape-kernels', 'profile'] });
    expect(fitted.views.map(({ size }) => size)).toEqual([1, 1]);
    // Two windows of variance 1 are at -1 and 1.
    expect([...transform(fitted, windows)].map(Math.abs)).toEqual([1, 1, 1, 1].map((x) => expect.closeTo(x, 5)));
  });

  it('tells levels apart by their ratio, and shapes whatever the level', async () => {
    const windows = createViewWindows(
      { length: 60, steps: 24 },
      (row, step) => 4 ** (row % 3) * ((step + (row % 2)) % 4),
    );
    const level = await fitTo(windows, { kinds: ['level'] });
    const levels = transform(level, windows);
    const distance = (a: number, b: number): number => {
      let squares = 0;
      for (let i = 0; i < level.size; i++) squares += (levels[a * level.size + i]! - levels[b * level.size + i]!) ** 2;
      return Math.sqrt(squares);
    };
    expect(distance(0, 1) / distance(1, 2)).toBeGreaterThan(0.7);
    expect(distance(0, 1) / distance(1, 2)).toBeLessThan(1.3);
    const shape = await fitTo(windows, { kinds: ['shape-kernels', 'profile'] });
    const shapes = transform(shape, windows);
    const row = (i: number): Float32Array => shapes.slice(i * shape.size, (i + 1) * shape.size);
    expect(row(2)).toEqual(row(0)); // rows of one shape, 16 times as high
    expect(row(1)).not.toEqual(row(0));
  });

  it('turns the mask with the usage where shifts are nothing', async () => {
    const windows = createUsage(60, 24);
    windows.mask.forEach((_, i) => {
      if (i % 5 === 0) windows.mask[i] = 2;
    });
    const level = await fitTo(windows, { kinds: ['level'] });
    const turned = await fitTo(windows, { kinds: ['level'], shift: 'invariant' });
    const levels = transform(level, windows);
    transform(turned, windows).forEach((value, i) => {
      expect(value).toBeCloseTo(levels[i]!, 5);
    });
  });

  it('needs windows, kernels enough, and latents of the same windows', async () => {
    const windows = createUsage(5, 8);
    await expect(fitTo(windows, { kernelFeatures: 83 })).rejects.toThrow('from 84');
    await expect(fitTo({ ...windows, length: 0 })).rejects.toThrow('got none');
    const latents = toLatents({ ...windows, length: 4 });
    await expect(fitTo(windows, { kinds: ['latents'], latents })).rejects.toThrow('those of 5 windows, got 4');
  });
});

describe('createViewTransform', () => {
  const engines = {
    js: createJsEngine(),
    wasm: createWasmEngine(),
    ...(loadNativeAddon().available ? { native: createNativeEngine() } : {}),
  };
  const compiledEngines = Object.values(engines).filter(({ name }) => name !== 'js');
  afterAll(() => {
    for (const engine of Object.values(engines)) engine.dispose();
  });

  it('gives finite numbers for any windows, whatever it was fitted to', async () => {
    const cell = fc.oneof(
      fc.constantFrom(0, 1, -1, 1e9, -1e9, 3e38, -3e38, 1e-40),
      fc.integer({ min: 0, max: 20 }),
      fc.float({ noNaN: true, noDefaultInfinity: true }),
    );
    const sample = fc.record({
      steps: fc.constantFrom(2, 3, 8, 9, 24),
      channels: fc.constantFrom(1, 2, 10),
      length: fc.integer({ min: 2, max: 12 }),
      log: fc.boolean(),
      constant: fc.boolean(),
      shift: fc.constantFrom(...SHIFTS),
      cells: fc.array(cell, { minLength: 7, maxLength: 60 }),
      gaps: fc.array(fc.constantFrom(0, 0, 0, 2, 3), { minLength: 5, maxLength: 40 }),
    });
    await fc.assert(
      fc.asyncProperty(sample, async ({ steps, channels, length, log, constant, shift, cells, gaps }) => {
        const windows = createViewWindows({ length, steps, channels }, (row, step, channel) =>
          constant && channel > 0 ? 5 : cells[(row * 31 + step * 7 + channel) % cells.length]!,
        );
        windows.mask.forEach((_, i) => {
          windows.mask[i] = gaps[(i * 3) % gaps.length]!;
          if (windows.mask[i] !== 0) windows.values[i] = 0;
        });
        const fitted = await fitTo(windows, { shift, scale: { ...plainScale(channels), log } });
        expectFinite(transform(fitted, windows));
        const others = createViewWindows({ length: 3, steps, channels }, (row) => [0, 3e38, -1e9][row]!);
        expectFinite(transform(fitted, others));
      }),
      { numRuns: 40, seed: 3 },
    );
  });

  it('takes windows of a thousand steps and ten channels', async () => {
    const windows = createViewWindows({ length: 6, steps: 1000, channels: 10 }, (row, step, channel) =>
      channel === 0 ? ((step * (row + 3)) % 17) * (row + 1) : 4,
    );
    const fitted = await fitTo(windows, {}, engines.wasm);
    for (const { kind, degenerate } of fitted.views) expect(degenerate, kind).toBeUndefined();
    expectFinite(transform(fitted, windows, engines.wasm));
  });

  it('gives the same numbers on every engine', async () => {
    const windows = createUsage(300, 24, 2);
    const fitted = await fitTo(windows);
    const plain = transform(fitted, windows);
    for (const engine of compiledEngines) {
      transform(fitted, windows, engine).forEach((value, i) => {
        if (Math.abs(value - plain[i]!) > 1e-5) expect.fail(`${engine.name}: ${value} is not ${plain[i]}`);
      });
    }
  });

  it.each(Object.values(engines))('gives a window the same bits in any batch: $name', async (engine) => {
    const windows = createUsage(300, 24);
    const fitted = await fitTo(windows, { kinds: WITHOUT_LATENTS });
    const { transform: compute } = createViewTransform(fitted, engine);
    const whole = new Float32Array(300 * fitted.size);
    compute(windows.values, windows.mask, 300, undefined, whole);
    for (const row of [0, 15, 16, 127, 128, 299]) {
      const alone = new Float32Array(fitted.size);
      const cells = windows.values.subarray(row * 24, (row + 1) * 24);
      compute(cells, windows.mask.subarray(0, 24), 1, undefined, alone);
      expect(alone).toEqual(whole.slice(row * fitted.size, (row + 1) * fitted.size));
    }
  });

  it('leaves what is behind the rows as it was, and refuses arrays that are too small', async () => {
    const windows = createUsage(10, 24);
    const fitted = await fitTo(windows, { kinds: ['profile', 'latents'] });
    const { transform: compute } = createViewTransform(fitted, engines.js);
    const latents = toLatents(windows).values;
    const out = new Float32Array(11 * fitted.size).fill(7);
    compute(windows.values, windows.mask, 10, latents, out);
    expect(out.subarray(10 * fitted.size).every((value) => value === 7)).toBe(true);
    expect(() => compute(windows.values, windows.mask, 11, latents, out)).toThrow('11 windows of 24 numbers');
    expect(() => compute(windows.values, windows.mask, 10, undefined, out)).toThrow('do not fit');
  });

  it('refuses views whose kernels were lost', async () => {
    const fitted = await fitTo(createUsage(10, 24), { kinds: ['shape-kernels'] });
    const views = fitted.views.map((view) => ({ ...view, kernels: undefined }));
    expect(() => createViewTransform({ ...fitted, views }, engines.js)).toThrow('Train the model anew');
  });

  it.each<ViewKind>(['profile', 'shape-kernels', 'usage-kernels'])(
    'does not see a gap on the line between its neighbours: %s',
    async (kind) => {
      const windows = createUsage(30, 24);
      const fitted = await fitTo(windows, { kinds: [kind] });
      const line = createViewWindows({ length: 1, steps: 24 }, (_, step) => 2 * step + 8);
      const gaps = { ...line, values: line.values.slice(), mask: line.mask.slice() };
      for (const step of [5, 6, 7, 12]) {
        gaps.values[step] = 0;
        gaps.mask[step] = 2;
      }
      expect(transform(fitted, gaps)).toEqual(transform(fitted, line));
    },
  );
});
