import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type KernelViewKind, writeKernelInput } from '../../../src/encode/views/kernel-input.js';
import { fitRandomKernels } from '../../../src/encode/views/random-kernels.js';
import { MOST_USAGE, restoreUsage } from '../../../src/encode/views/restore-usage.js';
import type { UsageScale } from '../../../src/encode/views/usage-scale.js';
import { openViewFeatures } from '../../../src/encode/views/view-features.js';
import type { ViewKind } from '../../../src/encode/views/view-kind.js';
import { createRandom, type Random } from '../../../src/numeric/random.js';
import { createGraphBuilder, type Value } from '../../../src/train/onnx/graph-builder.js';
import { addKernelInput } from '../../../src/train/onnx/kernel-input-nodes.js';
import { addLevels } from '../../../src/train/onnx/level-nodes.js';
import { addProfiles } from '../../../src/train/onnx/profile-nodes.js';
import { addRandomKernels } from '../../../src/train/onnx/random-kernel-nodes.js';
import { addUsage } from '../../../src/train/onnx/usage-nodes.js';
import { runGraph } from './run-onnx.js';

const ROWS = 24;
const KERNEL_VIEWS: readonly KernelViewKind[] = [
  'shape-kernels',
  'usage-kernels',
  'log-shape-kernels',
  'log-usage-kernels',
];

interface Sample {
  readonly steps: number;
  readonly channels: number;
  readonly values: Float32Array;
  readonly mask: Uint8Array;
}

/** Ways to draw a cell: counts, fractions, either with flat stretches, and sizes from the least to the largest. */
const DRAWS: Readonly<Record<string, (random: Random, t: number) => number>> = {
  counts: (random) => random.below(40),
  fractions: (random) => random.normal(),
  steps: (_, t) => (t % 7 < 4 ? 0.1 : 0.7),
  sparse: (random) => (random.below(5) === 0 ? 100 * random.next() : 0),
  halves: (random, t) => (t % 5 === 0 ? 2 ** 15 : random.below(100) + 0.5),
  // Further off, the last bit of a mean would now and then move a value to the next point of the grid.
  offsets: (random) => 100 + random.normal(),
  sizes: (random) => 10 ** (70 * random.next() - 38) * (random.below(2) === 0 ? -1 : 1),
};

const SAMPLES = fc
  .record({
    steps: fc.oneof(fc.integer({ min: 1, max: 40 }), fc.constantFrom(8, 9, 16, 17, 24, 70)),
    channels: fc.integer({ min: 1, max: 4 }),
    draw: fc.constantFrom(...Object.values(DRAWS)),
    missing: fc.constantFrom(0, 0.1, 0.9),
    seed: fc.nat(),
  })
  .map(({ steps, channels, draw, missing, seed }): Sample => {
    const random = createRandom(seed);
    const length = ROWS * steps * channels;
    const values = Float32Array.from({ length }, (_, i) => draw(random, Math.floor(i / channels)));
    const mask = Uint8Array.from({ length }, () => (random.next() < missing ? 2 : 0));
    return { steps, channels, values, mask };
  });

/** Every eighth window without usage. */
function withZeros({ steps, channels, values }: Sample): Float32Array {
  return values.map((value, i) => (Math.floor(i / (steps * channels)) % 8 === 0 ? 0 : value));
}

describe('nodes of views', () => {
  it.each<[string, (channels: number) => UsageScale | undefined]>([
    ['scaled by themselves', () => undefined],
    ['scaled', (channels) => scaleOf(channels, false)],
    ['scaled after a logarithm', (channels) => scaleOf(channels, true)],
  ])('restore the same usage, to the bit, of windows %s', async (_, toScale) => {
    await fc.assert(
      fc.asyncProperty(SAMPLES, async (sample) => {
        const { steps, channels, mask } = sample;
        const values = withZeros(sample);
        const scale = toScale(channels);
        const wanted = new Float32Array(values.length);
        restoreUsage(scale, sample, values, mask, ROWS, wanted);
        const given = await compute({ ...sample, values }, (graph, prepared, unknown) =>
          graph.cast(addUsage(graph, { steps, channels, scale }, prepared, unknown), 'float32'),
        );
        expect(given).toEqual(wanted);
      }),
      { numRuns: 30 },
    );
  });

  it.each(KERNEL_VIEWS)('scale windows the same, to the bit, for the view %s', async (kind) => {
    await fc.assert(
      fc.asyncProperty(SAMPLES, async (sample) => {
        const { steps, channels } = sample;
        const usage = sample.values.map(toLargest);
        const sizes = Array.from({ length: channels }, (_, channel) => 3 * 10 ** channel);
        const wanted = new Float32Array(usage.length);
        writeKernelInput(kind, sample, sizes, usage, ROWS, wanted);
        const given = await compute({ ...sample, values: usage }, (graph, prepared) =>
          addKernelInput(graph, kind, steps, sizes, graph.cast(prepared, 'float64')),
        );
        for (const [i, value] of given.entries()) if (value !== wanted[i]) expect(value).toBe(wanted[i]);
      }),
      { numRuns: 20 },
    );
  });

  it.each(KERNEL_VIEWS)('count the same shares as the view %s', async (kind) => {
    await fc.assert(
      fc.asyncProperty(SAMPLES, fc.constantFrom(84, 420, 600), async (sample, count) => {
        const { steps, channels, values, mask } = sample;
        const sizes = Array.from({ length: channels }, (_, channel) => 3 * 10 ** channel);
        const levels = { sizes, spreads: sizes };
        const kernels = fitRandomKernels({ ...sample, length: ROWS }, { features: count, seed: 1 });
        const usage = values.map(toLargest);
        const state = { steps, channels, latents: 0, levels, kernels, medoids: undefined };
        const { count: features, extract } = openViewFeatures(kind, state, ROWS, {});
        const wanted = new Float32Array(ROWS * features);
        extract({ usage, mask, latents: undefined }, ROWS, wanted);
        let order: readonly number[] = [];
        const given = await compute({ ...sample, values: usage }, (graph, prepared) => {
          const input = addKernelInput(graph, kind, steps, sizes, graph.cast(prepared, 'float64'));
          const added = addRandomKernels(graph, kernels, input);
          order = added.order;
          return added.features;
        });
        const inOrder = wanted.map((_, i) => wanted[i - (i % features) + order[i % features]!]!);
        expect(given).toEqual(inOrder);
      }),
      { numRuns: 20 },
    );
  });

  it.each<ViewKind>(['profile', 'level'])('give the features of the view %s', async (kind) => {
    await fc.assert(
      fc.asyncProperty(SAMPLES, async (sample) => {
        const { steps, channels, mask } = sample;
        const usage = sample.values.map(toLargest);
        const levels = { sizes: Array(channels).fill(7), spreads: Array(channels).fill(3) };
        const state = { steps, channels, latents: 0, levels, kernels: undefined, medoids: undefined };
        const { count, extract } = openViewFeatures(kind, state, ROWS, {});
        const wanted = new Float32Array(ROWS * count);
        extract({ usage, mask, latents: undefined }, ROWS, wanted);
        const given = await compute({ ...sample, values: usage }, (graph, prepared, unknown) => {
          const exact = graph.cast(prepared, 'float64');
          return kind === 'level'
            ? addLevels(graph, steps, levels, exact, unknown)
            : addProfiles(graph, steps * channels, exact);
        });
        for (const [i, value] of given.entries()) {
          expect(Math.abs(value - wanted[i]!)).toBeLessThanOrEqual(1e-6 * Math.max(1, Math.abs(wanted[i]!)));
        }
      }),
      { numRuns: 30 },
    );
  });
});

/** Usage as it is restored: of single precision. */
function toLargest(value: number): number {
  return Math.max(-MOST_USAGE, Math.min(MOST_USAGE, value));
}

function scaleOf(channels: number, log: boolean): UsageScale {
  const random = createRandom(channels);
  const centers = Array.from({ length: channels }, () => Math.fround(3 * random.normal()));
  return { centers, scales: centers.map((center) => Math.fround(1 + Math.abs(center))), log };
}

type AddNodes = (graph: ReturnType<typeof createGraphBuilder>, values: Value, unknown: Value) => Value;

/** What nodes make of a sample's windows. */
async function compute({ steps, channels, values, mask }: Sample, addNodes: AddNodes): Promise<Float32Array> {
  const graph = createGraphBuilder();
  const shape = ['batch', steps, channels];
  const prepared = graph.input({ name: 'values', dtype: 'float32', shape });
  const codes = graph.input({ name: 'mask', dtype: 'uint8', shape });
  const unknown = graph.add('Greater', [graph.cast(codes, 'int64'), graph.integers(1)]);
  const flat = graph.add('Flatten', [addNodes(graph, prepared, unknown)], { axis: 1 });
  graph.output({ name: 'out', dtype: 'float32', shape: ['batch', 'numbers'] }, flat);
  const fed = [ROWS, steps, channels];
  const results = await runGraph(graph.build(), { values: { values, shape: fed }, mask: { values: mask, shape: fed } });
  return results.out as Float32Array;
}
