import { describe, expect, it } from 'vitest';
import { adjustedRandIndex } from '../../src/cluster/adjusted-rand-index.js';
import { assign } from '../../src/cluster/assign.js';
import type { Shift } from '../../src/encode/views/shift.js';
import { createRandom } from '../../src/numeric/random.js';
import { prepareSeries } from '../../src/series/prepare-series.js';
import { configSchema } from '../../src/service/config/schema.js';
import { modelSettingsFor } from '../../src/service/model/model-settings.js';
import { decodeArtifact } from '../../src/train/encode-artifact.js';
import { openModel } from '../../src/train/loaded-model.js';
import { toReservoirSnapshot } from '../../src/train/reservoir-snapshot.js';
import { runTrainingJob } from '../../src/train/run-training-job.js';
import { type GivenWindows, toGivenWindows } from '../../src/window/given-windows.js';

const STEPS = 24;

/** Two daily curves, each in the morning and half a day later: customers have these four in turn. */
const CURVES = [
  (hour: number) => Math.max(0, 1 - Math.abs(hour - 7) / 3),
  (hour: number) => Math.max(0, 1 - Math.abs(hour - 19) / 3),
  (hour: number) => (hour === 4 || hour === 10 ? 1 : 0),
  (hour: number) => (hour === 16 || hour === 22 ? 1 : 0),
] as const;

function draw(curves: readonly number[], length: number, seed: number): GivenWindows {
  const random = createRandom(seed);
  const values = Float32Array.from({ length: length * STEPS }, (_, i) => {
    const curve = CURVES[curves[Math.floor(i / STEPS) % curves.length]!]!;
    return 20 * curve(i % STEPS) + 2 * random.next();
  });
  return { length, steps: STEPS, channels: 1, values, mask: new Uint8Array(values.length) };
}

function shiftCyclically(windows: GivenWindows, byOf: (row: number) => number): GivenWindows {
  const values = windows.values.map((_, i) => {
    const [row, step] = [Math.floor(i / STEPS), i % STEPS];
    return windows.values[row * STEPS + ((step + byOf(row) + STEPS) % STEPS)]!;
  });
  return { ...windows, values };
}

async function train(windows: GivenWindows, shift: Shift, k: number) {
  const config = configSchema.parse({ run: { seed: 1 }, encoder: { shift, updates: 1, engine: 'js', hidden: 4 } });
  const settings = modelSettingsFor(config, windows, k);
  const { artifact } = await runTrainingJob({
    number: 1,
    reasons: [],
    seed: 1,
    settings,
    reservoir: toReservoirSnapshot(toGivenWindows(windows), 1),
    champion: undefined,
    fresh: true,
    nextSegmentNumber: 1,
  });
  const decoded = decodeArtifact(artifact);
  const { encoder, cluster, scale, settings: series } = openModel(decoded, { engine: 'js' });
  const toSegments = async (given: GivenWindows): Promise<number[]> =>
    Array.from(assign(cluster, await encoder.encode(prepareSeries(series, scale, toGivenWindows(given)))).nearest);
  return { settings: decoded.encoder.settings, toSegments };
}

describe('shift', () => {
  it('tells morning and evening apart where windows are aligned', async () => {
    const { toSegments } = await train(draw([0, 1], 120, 1), 'aligned', 2);
    const segments = await toSegments(draw([0, 1], 60, 2));
    expect(
      adjustedRandIndex(
        segments.map((_, i) => i % 2),
        segments,
      ),
    ).toBe(1);
  });

  it('holds morning and evening for one, and curves apart, where shifts are nothing', async () => {
    const windows = draw([0, 1, 2, 3], 160, 1);
    const { settings, toSegments } = await train(windows, 'invariant', 2);
    expect(settings).toMatchObject({ shift: 'invariant' });
    const others = draw([0, 1, 2, 3], 80, 2);
    const segments = await toSegments(others);
    expect(
      adjustedRandIndex(
        segments.map((_, i) => Math.floor((i % 4) / 2)),
        segments,
      ),
    ).toBe(1);
    const later = await toSegments(shiftCyclically(others, (row) => (row % 13) - 6));
    const kept = segments.filter((segment, i) => segment === later[i]).length;
    expect(kept / others.length).toBeGreaterThanOrEqual(0.95);
  });
});
