import { describe, expect, it } from 'vitest';
import { createJsEngine } from '../../../src/encode/vrae/engines/js/js-engine.js';
import { trainVrae } from '../../../src/encode/vrae/train-vrae.js';
import { createVraeEncoder } from '../../../src/encode/vrae/vrae-encoder.js';
import { createVraeNetwork, type LossTerms, type VraeNetwork } from '../../../src/encode/vrae/vrae-network.js';
import { resolveVrae, type VraeOptions } from '../../../src/encode/vrae/vrae-options.js';
import { toVraeShape } from '../../../src/encode/vrae/vrae-shape.js';
import { createWaves, toSeriesBatch } from './vrae-batches.js';

const small: VraeOptions = { hidden: 8, latent: 2, updates: 200, engine: 'js' };
const waves = createWaves(100, 12, 1);

function networkFor(options: VraeOptions): VraeNetwork {
  const settings = resolveVrae(options);
  return createVraeNetwork(createJsEngine(), toVraeShape(settings, waves), { rows: 32, training: settings });
}

describe('trainVrae', () => {
  it('learns: the held-out error falls far below the variance of the series, and latents are in use', () => {
    const fit = trainVrae({ settings: resolveVrae({ ...small, hidden: 16, updates: 800 }), series: waves });
    const variance = waves.values.reduce((sum, value) => sum + value * value, 0) / waves.values.length;
    expect(variance).toBeGreaterThan(0.4);
    expect(fit.heldOutReconstruction).toBeLessThan(variance / 2);
    expect(fit.activeUnits).toBe(2);
    expect(fit.heldOutLoss).toBeGreaterThan(fit.heldOutReconstruction);
  });

  it('gives the same bytes for the same seed, and others for another', () => {
    const first = trainVrae({ settings: resolveVrae(small), series: waves });
    const again = trainVrae({ settings: resolveVrae(small), series: waves });
    const other = trainVrae({ settings: resolveVrae({ ...small, seed: 2 }), series: waves });
    expect(again).toEqual(first);
    expect(other.weights.values).not.toEqual(first.weights.values);
  });

  it('goes on from initial weights, and leaves them and the series as they were', () => {
    const settings = resolveVrae({ ...small, updates: 400 });
    const first = trainVrae({ settings, series: waves });
    const before = structuredClone({ initial: first.weights, waves });
    const losses: number[] = [];
    trainVrae(
      { settings: resolveVrae({ ...small, updates: 20 }), series: waves, initial: first.weights },
      { onProgress: ({ trainLoss }) => losses.push(trainLoss) },
    );
    expect({ initial: first.weights, waves }).toEqual(before);
    expect(losses[0]).toBeLessThan(first.trainLoss * 1.5);
  });

  it('trains on every series of an epoch, the last partial batch too', () => {
    const rows: number[] = [];
    const network = networkFor(small);
    const seen = new Set<number>();
    const watching: VraeNetwork = {
      ...network,
      differentiate: (batch, gradient) => {
        rows.push(batch.rows);
        for (let row = 0; row < batch.rows; row++) seen.add(batch.values[row * 12]!);
        return network.differentiate(batch, gradient);
      },
    };
    trainVrae({ settings: resolveVrae({ ...small, updates: 6, heldOut: 0 }), series: waves }, { network: watching });
    expect(rows).toEqual([32, 32, 32, 4, 32, 32]);
    expect(seen.size).toBe(100);
  });

  it('holds out a share that it does not learn from', () => {
    const network = networkFor(small);
    const learnt = new Set<number>();
    const evaluated = new Set<number>();
    const watching: VraeNetwork = {
      ...network,
      differentiate: (batch, gradient) => {
        for (let row = 0; row < batch.rows; row++) learnt.add(batch.values[row * 12]!);
        return network.differentiate(batch, gradient);
      },
      infer: (values, rows, posterior) => {
        for (let row = 0; row < rows; row++) evaluated.add(values[row * 12]!);
        network.infer(values, rows, posterior);
      },
    };
    trainVrae({ settings: resolveVrae({ ...small, updates: 40 }), series: waves }, { network: watching });
    expect(evaluated.size).toBe(10);
    expect(learnt.size).toBe(90);
    expect([...evaluated].filter((value) => learnt.has(value))).toEqual([]);
  });

  it('stops early without gain and keeps the weights with the least held-out loss', async () => {
    const losses: number[] = [];
    const settings = resolveVrae({ ...small, learningRate: 0.3, updates: 4000, patience: 2, beta: 0 });
    const fit = trainVrae({ settings, series: waves }, { onProgress: ({ heldOutLoss }) => losses.push(heldOutLoss) });
    expect(fit.updates).toBeLessThan(4000);
    expect(fit.heldOutLoss).toBe(Math.min(...losses));
    expect(losses.at(-1)).toBeGreaterThan(fit.heldOutLoss);
    // The weights are those: all held out again, by the encoder, in single precision.
    const { reconstructionErrors } = await createVraeEncoder(fit.weights, 'v').encode(toSeriesBatch(waves));
    const mean = reconstructionErrors!.reduce((a, b) => a + b) / 100;
    expect(mean).toBeLessThan(fit.heldOutLoss * 2);
  });

  it('does not take a standstill for the end while the learning rate is still high', () => {
    const settings = resolveVrae({ ...small, learningRate: 0.3, updates: 400, patience: 1, beta: 0, betaWarmUp: 0 });
    const of = (schedule: 'cosine' | 'constant') =>
      trainVrae({ settings: { ...settings, schedule }, series: waves }).updates;
    expect(of('constant')).toBeLessThan(200);
    expect(of('cosine')).toBeGreaterThanOrEqual(200);
  });

  it('waits for beta where it grows, and not where a training goes on with all of it', () => {
    const settings = resolveVrae({ ...small, learningRate: 0.3, updates: 400, patience: 1, schedule: 'constant' });
    const slow = { ...settings, betaWarmUp: 1 };
    const first = trainVrae({ settings: slow, series: waves });
    expect(first.updates).toBe(400);
    expect(trainVrae({ settings: slow, series: waves, initial: first.weights }).updates).toBeLessThan(200);
  });

  it('trains on a single series of a single step, without any informative cell', () => {
    const series = { length: 1, steps: 1, channels: 1, values: Float32Array.of(3), mask: Uint8Array.of(3) };
    const fit = trainVrae({ settings: resolveVrae({ ...small, updates: 3 }), series });
    expect(fit.weights.values.every(Number.isFinite)).toBe(true);
    expect(fit.heldOutReconstruction).toBe(0);
  });

  it('refuses series that are not finite, none at all, too short arrays and weights of another shape', () => {
    const settings = resolveVrae({ ...small, updates: 5 });
    const { weights } = trainVrae({ settings, series: waves });
    const broken = { ...waves, values: waves.values.slice().fill(Number.NaN), mask: new Uint8Array(1200) };
    const none = { ...waves, length: 0 };
    const longer = { ...waves, length: 101 };
    expect(() => trainVrae({ settings, series: broken })).toThrow(/loss became NaN after 0 updates/);
    expect(() => trainVrae({ settings, series: none })).toThrow(/at least one series/);
    expect(() => trainVrae({ settings, series: longer })).toThrow(/need 1212 values and mask cells, got 1200/);
    const job = { settings: resolveVrae({ ...small, latent: 3 }), series: waves, initial: weights };
    expect(() => trainVrae(job)).toThrow(/latent should be 3, got 2/);
  });

  it('keeps what was best before the loss left the finite numbers, and says so', () => {
    const fitUntil = (broken: number, spoil: (terms: LossTerms) => LossTerms) => {
      const network = networkFor(small);
      let updates = 0;
      const breaking: VraeNetwork = {
        ...network,
        differentiate: (batch, gradient) => {
          const terms = network.differentiate(batch, gradient);
          return ++updates > broken ? spoil(terms) : terms;
        },
      };
      return trainVrae({ settings: resolveVrae(small), series: waves }, { network: breaking });
    };
    const whole = fitUntil(200, (terms) => terms);
    expect(whole.warning).toBeUndefined();
    // The evaluations are after every tenth update.
    const cut = fitUntil(95, (terms) => ({ ...terms, loss: Number.NaN }));
    expect(cut.updates).toBe(95);
    expect(cut.warning).toMatch(/became NaN after 95 updates, and the best weights of those before were taken/);
    expect(cut.weights.values.every(Number.isFinite)).toBe(true);
    expect(cut.heldOutLoss).toBeGreaterThan(0);
    expect(() => fitUntil(9, (terms) => ({ ...terms, loss: Number.POSITIVE_INFINITY }))).toThrow(
      /became Infinity after 9 updates/,
    );
  });

  it('keeps what was best before the held-out loss left the finite numbers', () => {
    const network = networkFor(small);
    let evaluations = 0;
    const breaking: VraeNetwork = {
      ...network,
      infer: (values, rows, posterior, views) => {
        network.infer(values, rows, posterior, views);
        if (++evaluations === 3) posterior.fill(Number.NaN);
      },
    };
    const fit = trainVrae({ settings: resolveVrae(small), series: waves }, { network: breaking });
    expect(fit).toMatchObject({ updates: 30, warning: expect.stringContaining('became NaN after 30 updates') });
    expect(Number.isFinite(fit.heldOutLoss)).toBe(true);
  });

  it('tells how many series it learns from, of which no more than 512 are held out', () => {
    const learntFrom = (length: number): number => {
      let told = 0;
      const settings = resolveVrae({ ...small, hidden: 1, updates: 1 });
      trainVrae(
        { settings, series: createWaves(length, 1, 1) },
        {
          onProgress: ({ series }) => {
            told = series;
          },
        },
      );
      return told;
    };
    expect([9, 100, 5120, 8000].map(learntFrom)).toEqual([9, 90, 4608, 7488]);
  });

  it('learns with every optimizer, schedule, loss, decoder and cell', () => {
    const variants: readonly VraeOptions[] = [
      { optimizer: 'adamw', weightDecay: 0.01 },
      { optimizer: 'sgd', learningRate: 0.3, momentum: 0.9, gradientClip: 1 },
      { schedule: 'constant', rateWarmUp: 0.2 },
      { loss: 'smooth-l1', cell: 'gru' },
      { loss: 'mae', depth: 2, dropout: 0.1 },
      { bidirectional: true },
      { decoder: 'autoregressive', freeBits: 0.1 },
      { preset: 'published', learningRate: 0.005, beta: 0.02 },
    ];
    for (const variant of variants) {
      const settings = resolveVrae({ hidden: 12, latent: 2, updates: 400, engine: 'js', ...variant });
      const before = trainVrae({ settings: { ...settings, updates: 1 }, series: waves });
      const fit = trainVrae({ settings, series: waves });
      expect(fit.heldOutReconstruction, JSON.stringify(variant)).toBeLessThan(0.75 * before.heldOutReconstruction);
    }
  });

  it('measures collapse: no latent is in use where the divergence weighs too much, all are with free bits', () => {
    const collapsed = trainVrae({ settings: resolveVrae({ ...small, beta: 50, betaWarmUp: 0 }), series: waves });
    expect(collapsed.activeUnits).toBe(0);
    const free = trainVrae({
      settings: resolveVrae({ ...small, beta: 50, betaWarmUp: 0, freeBits: 2 }),
      series: waves,
    });
    expect(free.activeUnits).toBe(2);
  });

  it('gives the posterior the views of a series, and tells a term over latents which series they are of', () => {
    const kinds = Float32Array.from({ length: 100 }, (_, row) => (row % 2 === 0 ? 1 : -1));
    const series = { ...waves, viewSize: 1, views: kinds };
    const settings = resolveVrae({ ...small, updates: 300 });
    const pulled = trainVrae(
      { settings, series },
      {
        // The first latent of every series should be its kind.
        latentTerm: (latents, rows, gradient) => {
          let sum = 0;
          for (const [i, row] of rows.entries()) {
            const difference = latents[i * 2]! - kinds[row]!;
            sum += difference ** 2 / rows.length;
            gradient[i * 2]! += (2 * difference) / rows.length;
          }
          return sum;
        },
      },
    );
    expect(pulled.weights.shape.views).toBe(1);
    const network = createVraeNetwork(createJsEngine(), pulled.weights.shape, { rows: 100 });
    const posterior = new Float64Array(400);
    network.load(pulled.weights.values);
    network.infer(waves.values, 100, posterior, kinds);
    for (let row = 0; row < 100; row++) expect(Math.abs(posterior[row * 4]! - kinds[row]!)).toBeLessThan(0.2);
    const short = { ...series, views: kinds.subarray(1) };
    expect(() => trainVrae({ settings, series: short })).toThrow(/need 100 of them, got 99/);
  });

  it('stops between evaluations when asked to', () => {
    const signal = { aborted: false };
    const onProgress = (): void => {
      signal.aborted = true;
    };
    expect(() => trainVrae({ settings: resolveVrae(small), series: waves }, { signal, onProgress })).toThrow(
      expect.objectContaining({ code: 'aborted' }),
    );
  });
});
