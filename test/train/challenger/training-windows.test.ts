import { describe, expect, it } from 'vitest';
import { toTrainingWindows } from '../../../src/train/challenger/training-windows.js';
import { createReservoir } from '../../../src/train/reservoir.js';
import { surplusOf } from '../../../src/train/surplus-of.js';
import type { WindowBatch } from '../../../src/window/window-batch.js';
import { windowsOf } from '../../cluster/embeddings.js';
import { smallJob } from '../../support/small-models.js';

const HALF = 2_000;

/** Every tenth window counts five times; the second half is a day later. */
const STREAM = windowsOf(2 * HALF, { starts: Float64Array.from({ length: 2 * HALF }, (_, i) => (i < HALF ? 0 : 1)) });
const kept = (() => {
  const reservoir = createReservoir({ capacity: 800, steps: 1, channels: 1, seed: 3 });
  for (let i = 0; i < STREAM.length; i++) reservoir.add(STREAM, i, i % 10 === 0 ? 5 : 1);
  return reservoir.snapshot();
})();
const rareShare = ({ customers, ids, length }: WindowBatch): number =>
  Array.from(customers, (slot) => Number(ids.text(slot).slice(1))).filter((i) => i % 10 === 0).length / length;

describe('the windows of a training', () => {
  it('are learnt from as they were sampled, and judged by the shares of the stream', () => {
    const { windows, surplus, split } = toTrainingWindows(smallJob({ reservoir: kept }));
    expect(windows.length).toBe(800);
    expect(surplus).toEqual(surplusOf(kept));
    expect(rareShare(split.train)).toBeGreaterThan(0.25);
    // 10 % in the stream; a sample of some 130 has a sd of 2.6 %.
    expect(split.heldOutRows.every((row) => surplus[row] === 0)).toBe(true);
    expect(Math.abs(rareShare(split.heldOut) - 0.1)).toBeLessThan(0.08);
    const held = surplus.filter((one, row) => one === 1 && !split.trainRows.includes(row)).length;
    expect(split.train.length + split.heldOut.length).toBe(800 - held);
  });

  it('are surplus or not, too, where a behaviour of late is learnt alone', () => {
    const all = surplusOf(kept);
    const late = [...kept.starts.keys()].filter((row) => kept.starts[row] === 1);
    const { surplus, windows } = toTrainingWindows(smallJob({ reservoir: kept, since: 1 }));
    expect(windows.length).toBe(late.length);
    expect([...surplus]).toEqual(late.map((row) => all[row]));
  });

  it('are held out with the surplus where there are no others', () => {
    const reservoir = { ...kept, weights: kept.weights.map(() => 9), threshold: Number.MAX_VALUE };
    const { split } = toTrainingWindows(smallJob({ reservoir }));
    expect(split.heldOut.length).toBeGreaterThan(100);
    expect(split.train.length + split.heldOut.length).toBe(800);
  });
});
