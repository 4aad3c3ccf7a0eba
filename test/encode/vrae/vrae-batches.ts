import type { TrainingSeries } from '../../../src/encode/vrae/vrae-job.js';
import type { TrainingBatch } from '../../../src/encode/vrae/vrae-network.js';
import { resolveVrae, type VraeOptions } from '../../../src/encode/vrae/vrae-options.js';
import { toVraeShape, type VraeShape } from '../../../src/encode/vrae/vrae-shape.js';
import { createRandom } from '../../../src/numeric/random.js';
import type { SeriesBatch } from '../../../src/series/series-batch.js';

/** Sine waves of two periods with noise; every `maskEvery`-th cell is masked with a mask value of 0 to 3 in turn. */
export function createWaves(length: number, steps: number, channels: number, seed = 1, maskEvery = 5): TrainingSeries {
  const random = createRandom(seed);
  const values = new Float32Array(length * steps * channels);
  const mask = new Uint8Array(values.length);
  for (let row = 0, at = 0; row < length; row++) {
    const period = row % 2 === 0 ? steps : steps / 3;
    const phase = random.next();
    for (let t = 0; t < steps; t++) {
      for (let c = 0; c < channels; c++, at++) {
        values[at] = Math.sin(2 * Math.PI * (t / period + phase + c / 4)) + 0.1 * random.normal();
        if (at % maskEvery === 0) mask[at] = (at / maskEvery) % 4;
      }
    }
  }
  return { length, steps, channels, values, mask };
}

/** A shape with the defaults of `resolveVrae` for what is not given. */
export function shapeOf(
  sizes: VraeOptions & { readonly steps: number; readonly channels: number; readonly viewSize?: number },
): VraeShape {
  const { steps, channels, viewSize = 0, ...options } = sizes;
  return toVraeShape(resolveVrae(options), { steps, channels, viewSize });
}

/** Training series with their noise, as one batch. */
export function toBatch(
  series: TrainingSeries,
  shape: Pick<VraeShape, 'latent'>,
  beta: number,
  seed = 2,
): TrainingBatch {
  const random = createRandom(seed);
  const noise = Float64Array.from({ length: series.length * shape.latent }, () => random.normal());
  const { values, mask, views } = series;
  return { rows: series.length, values, mask, views, noise, beta, dropoutSeed: 5 };
}

/** The part of a `SeriesBatch` that an encoder reads. */
export function toSeriesBatch(series: TrainingSeries): SeriesBatch {
  return {
    ...series,
    windows: undefined as unknown as SeriesBatch['windows'],
    inactive: new Uint8Array(series.length),
    centers: new Float32Array(series.length * series.channels),
    scales: new Float32Array(series.length * series.channels).fill(1),
  };
}

/** Rows [from, to) of series. */
export function sliceSeries(series: TrainingSeries, from: number, to: number): TrainingSeries {
  const cells = series.steps * series.channels;
  return {
    ...series,
    length: to - from,
    values: series.values.slice(from * cells, to * cells),
    mask: series.mask.slice(from * cells, to * cells),
  };
}
