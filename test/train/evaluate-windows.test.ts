import { describe, expect, it } from 'vitest';
import { createRandom } from '../../src/numeric/random.js';
import { configSchema } from '../../src/service/config/schema.js';
import { modelSettingsFor } from '../../src/service/model/model-settings.js';
import { evaluateWindows } from '../../src/train/evaluate-windows.js';
import { runTrainingJob } from '../../src/train/run-training-job.js';
import { toGivenWindows } from '../../src/window/given-windows.js';

interface Shape {
  readonly length: number;
  readonly steps: number;
  readonly channels: number;
}

/** Draws NaN where a cell is missing. */
type Draw = (row: number, step: number, channel: number) => number;

async function evaluate({ length, steps, channels }: Shape, draw: Draw, fold: 'all' | 0 = 0) {
  const values = new Float32Array(length * steps * channels);
  const mask = new Uint8Array(values.length);
  for (let row = 0, at = 0; row < length; row++) {
    for (let step = 0; step < steps; step++) {
      for (let channel = 0; channel < channels; channel++, at++) {
        const value = draw(row, step, channel);
        if (Number.isNaN(value)) mask[at] = 2;
        else values[at] = value;
      }
    }
  }
  const shape = { length, steps, channels };
  const settings = modelSettingsFor(configSchema.parse({ encoder: { updates: 20 } }), shape, 'auto');
  return evaluateWindows(toGivenWindows({ ...shape, values, mask }), settings, {
    labels: undefined,
    fold,
    seed: 1,
    train: (job) => runTrainingJob(job),
  });
}

const random = createRandom(3);
const usage: Draw = (row, step) => 5 + 4 * Math.sin(step / (1 + (row % 3)) + row) + random.next();
const SHAPE = { length: 60, steps: 12, channels: 1 };

describe('an evaluation', () => {
  it.each<[string, Shape, Draw]>([
    ['windows of missing steps', SHAPE, (row, step) => (random.next() < 0.3 ? Number.NaN : usage(row, step, 0))],
    [
      'windows of which a tenth knows nothing',
      SHAPE,
      (row, step) => (row % 10 === 0 ? Number.NaN : usage(row, step, 0)),
    ],
    ['single steps of 1e9', SHAPE, (row, step) => (row % 20 === 0 && step === 3 ? 1e9 : usage(row, step, 0))],
    ['single steps of -1e9', SHAPE, (row, step) => (row % 20 === 0 && step === 3 ? -1e9 : usage(row, step, 0))],
    ['one step of 1e30', SHAPE, (row, step) => (row === 0 && step === 3 ? 1e30 : usage(row, step, 0))],
    [
      'nine windows of ten by one customer',
      SHAPE,
      (row, step) => (row < 54 ? 3 + Math.sin(step) : usage(row, step, 0)),
    ],
    ['windows of two steps', { ...SHAPE, steps: 2 }, usage],
    ['windows of one step', { ...SHAPE, steps: 1 }, usage],
    ['nine constant channels of ten', { ...SHAPE, channels: 10 }, (row, step, c) => (c < 9 ? c : usage(row, step, c))],
  ])('is finite with %s, and finds segments', async (_, shape, draw) => {
    const { assignments, silhouette, model, verdict } = await evaluate(shape, draw);
    const { embeddings, reconstructionErrors } = assignments.embeddings;
    for (const column of [embeddings, reconstructionErrors!, assignments.distances, assignments.margins]) {
      expect(column.every(Number.isFinite)).toBe(true);
    }
    expect(Number.isFinite(silhouette)).toBe(true);
    expect(model.clusterModel.k).toBeGreaterThan(1);
    expect(verdict.promoted).toBe(true);
  });

  it.each<[string, Draw]>([
    ['constant', () => 7],
    ['all-zero', () => 0],
    ['identical', (_, step) => Math.sin(step)],
    ['unknown', () => Number.NaN],
  ])('makes one segment of %s windows, says why no view tells, and would refuse the model', async (_, draw) => {
    const { assignments, model, verdict } = await evaluate(SHAPE, draw);
    expect(assignments.embeddings.embeddings.every(Number.isFinite)).toBe(true);
    expect(model.clusterModel.k).toBe(1);
    expect(model.training.views).toHaveLength(4);
    for (const { weight, degenerate } of model.training.views) {
      expect(weight).toBe(0);
      expect(degenerate).toMatch(/windows are alike in it/);
    }
    expect(verdict.promoted).toBe(false);
  });

  it('gives the level no weight where all levels are equal', async () => {
    const { model } = await evaluate(SHAPE, (row, step) => ((step + row) % 12 < 6 ? 1 : 0));
    const [shape, , , level] = model.training.views;
    expect(level).toEqual({ kind: 'level', weight: 0, degenerate: expect.stringContaining('are alike in it') });
    expect(shape!.weight).toBeGreaterThan(0.5);
    expect(model.clusterModel.k).toBeGreaterThan(2);
  });

  it('does not let outliers hide the segments of others', async () => {
    const levels: Draw = (row, step) => (row % 20 === 19 && step === 2 ? 1e9 : (row % 2 === 0 ? 2 : 40) + (step % 3));
    const { assignments, rows } = await evaluate({ ...SHAPE, length: 120 }, levels);
    const plain = [...rows.keys()].filter((i) => rows[i]! % 20 !== 19);
    const segments = [0, 1].map((parity) => {
      return new Set(plain.filter((i) => rows[i]! % 2 === parity).map((i) => assignments.nearest[i]!));
    });
    expect([...segments[0]!].filter((segment) => segments[1]!.has(segment))).toEqual([]);
  });

  it.each([2, 3, 4])('takes %i windows', async (length) => {
    const { assignments, model } = await evaluate({ ...SHAPE, length }, usage, 'all');
    expect(assignments.embeddings.embeddings.every(Number.isFinite)).toBe(true);
    expect(assignments.distances.every(Number.isFinite)).toBe(true);
    expect(model.clusterModel.k).toBeGreaterThan(0);
  });
});
