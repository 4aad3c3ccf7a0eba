import type { Random } from '../../numeric/random.js';
import type { TrainingSeries } from './vrae-job.js';
import type { TrainingBatch } from './vrae-network.js';

/** Deals series out in batches, epoch after epoch, each in a new order. The last batch of an epoch may be smaller. */
export interface SeriesSampler {
  /** The next batch with its noise; its arrays are written over by the next call. */
  next(): Omit<TrainingBatch, 'beta'>;
}

/** A sampler over `series`; no series is dropped, and none comes twice in an epoch. */
export function createSeriesSampler(
  series: TrainingSeries,
  batch: number,
  latent: number,
  random: Random,
): SeriesSampler {
  const cells = series.steps * series.channels;
  const most = Math.min(batch, series.length);
  const order = Uint32Array.from({ length: series.length }, (_, i) => i);
  const values = new Float32Array(most * cells);
  const mask = new Uint8Array(most * cells);
  const noise = new Float64Array(most * latent);
  let at = series.length;
  return {
    next: () => {
      if (at === series.length) {
        shuffle(order, random);
        at = 0;
      }
      const rows = Math.min(most, series.length - at);
      copyRows(series, order.subarray(at, at + rows), values, mask);
      for (let i = 0; i < rows * latent; i++) noise[i] = random.normal();
      at += rows;
      return { rows, values, mask, noise };
    },
  };
}

/**
 * Splits series at random into those to learn from and those held out. With fewer than ten series, or a share of zero,
 * all are learnt from and evaluated on.
 */
export function splitSeries(
  series: TrainingSeries,
  share: number,
  mostHeldOut: number,
  random: Random,
): { readonly learn: TrainingSeries; readonly heldOut: TrainingSeries } {
  const order = Uint32Array.from({ length: series.length }, (_, i) => i);
  shuffle(order, random);
  const count = series.length < 10 ? 0 : Math.min(mostHeldOut, Math.round(series.length * share));
  if (count === 0) return { learn: series, heldOut: take(series, order.subarray(0, mostHeldOut)) };
  return { learn: take(series, order.subarray(count)), heldOut: take(series, order.subarray(0, count)) };
}

function take(series: TrainingSeries, rows: Uint32Array): TrainingSeries {
  const { steps, channels } = series;
  const values = new Float32Array(rows.length * steps * channels);
  const mask = new Uint8Array(rows.length * steps * channels);
  copyRows(series, rows, values, mask);
  return { length: rows.length, steps, channels, values, mask };
}

function copyRows(series: TrainingSeries, rows: Uint32Array, values: Float32Array, mask: Uint8Array): void {
  const cells = series.steps * series.channels;
  for (let i = 0; i < rows.length; i++) {
    const from = rows[i]! * cells;
    values.set(series.values.subarray(from, from + cells), i * cells);
    mask.set(series.mask.subarray(from, from + cells), i * cells);
  }
}

/** Fisher and Yates. */
function shuffle(order: Uint32Array, random: Random): void {
  for (let i = order.length - 1; i > 0; i--) {
    const j = random.below(i + 1);
    const swapped = order[i]!;
    order[i] = order[j]!;
    order[j] = swapped;
  }
}
