import type { Random } from '../../numeric/random.js';
import { shuffle } from '../../numeric/shuffle.js';
import type { FloatArray } from './recurrent-engine.js';
import type { TrainingSeries } from './vrae-job.js';
import type { TrainingBatch } from './vrae-network.js';

/** Deals series out in batches, epoch after epoch, each in a new order. The last batch of an epoch may be smaller. */
export interface SeriesSampler {
  /** The next batch with its noise; its arrays are written over by the next call. */
  next(): Omit<TrainingBatch, 'beta'>;
}

/**
 * A sampler over the rows `learn` of `series`; none is dropped, and none comes twice in an epoch.
 *
 * @param draws whether updates need a dropout seed
 */
export function createSeriesSampler(
  series: TrainingSeries,
  learn: Uint32Array,
  batch: number,
  latent: number,
  random: Random,
  draws: boolean,
): SeriesSampler {
  const { viewSize = 0 } = series;
  const cells = series.steps * series.channels;
  const most = Math.min(batch, learn.length);
  const order = learn.slice();
  const values = new Float32Array(most * cells);
  const mask = new Uint8Array(most * cells);
  const views = viewSize > 0 ? new Float32Array(most * viewSize) : undefined;
  const noise = new Float64Array(most * latent);
  let at = order.length;
  return {
    next: () => {
      if (at === order.length) {
        shuffle(order, random);
        at = 0;
      }
      const rows = Math.min(most, order.length - at);
      copyRows(series.values, cells, order, at, rows, values);
      copyRows(series.mask, cells, order, at, rows, mask);
      if (views !== undefined) copyRows(series.views!, viewSize, order, at, rows, views);
      for (let i = 0; i < rows * latent; i++) noise[i] = random.normal();
      const dropoutSeed = draws ? random.below(2 ** 32) : 0;
      at += rows;
      return { rows, values, mask, views, noise, dropoutSeed, series: order.subarray(at - rows, at) };
    },
  };
}

/** Evaluated at most, so that the cost of an evaluation does not grow with the reservoir. */
export const MOST_HELD_OUT = 512;

/**
 * Splits series at random into rows to learn from and series held out. With fewer than ten series, or a share of zero,
 * all are learnt from and evaluated on.
 */
export function splitSeries(
  series: TrainingSeries,
  share: number,
  mostHeldOut: number,
  random: Random,
): { readonly learn: Uint32Array; readonly heldOut: TrainingSeries } {
  const order = Uint32Array.from({ length: series.length }, (_, i) => i);
  shuffle(order, random);
  const count = series.length < 10 ? 0 : Math.min(mostHeldOut, Math.round(series.length * share));
  if (count === 0) return { learn: order.slice().sort(), heldOut: take(series, order.subarray(0, mostHeldOut)) };
  return { learn: order.subarray(count), heldOut: take(series, order.subarray(0, count)) };
}

function take(series: TrainingSeries, rows: Uint32Array): TrainingSeries {
  const { steps, channels, viewSize } = series;
  const cells = steps * channels;
  const values = new Float32Array(rows.length * cells);
  const mask = new Uint8Array(rows.length * cells);
  copyRows(series.values, cells, rows, 0, rows.length, values);
  copyRows(series.mask, cells, rows, 0, rows.length, mask);
  const taken = { length: rows.length, steps, channels, values, mask };
  if (viewSize === undefined || series.views === undefined) return taken;
  const views = new Float32Array(rows.length * viewSize);
  copyRows(series.views, viewSize, rows, 0, rows.length, views);
  return { ...taken, viewSize, views };
}

/** Copies the rows that `order` names from `at` on, `size` numbers each. */
function copyRows(
  source: FloatArray | Uint8Array,
  size: number,
  order: Uint32Array,
  at: number,
  rows: number,
  target: FloatArray | Uint8Array,
): void {
  for (let row = 0, i = 0; row < rows; row++) {
    for (let from = order[at + row]! * size, end = from + size; from < end; from++, i++) target[i] = source[from]!;
  }
}
