import { principalComponents } from '../../../numeric/principal-components.js';

/** The plane in which the vectors of one space are shown: their two directions of most variance. */
export interface MapSpace {
  readonly mean: Float64Array; // (size)
  readonly axes: Float64Array; // (2, size)
}

/**
 * Fits the plane. It is kept from then on, so that what moves on the map has moved in the space.
 *
 * @param vectors all of one size
 */
export async function fitMapSpace(vectors: readonly Float32Array[]): Promise<MapSpace> {
  const size = vectors[0]!.length;
  const mean = new Float64Array(size);
  for (const vector of vectors) for (let i = 0; i < size; i++) mean[i]! += vector[i]! / vectors.length;
  const covariance = new Float64Array(size * size);
  for (const vector of vectors) {
    for (let i = 0; i < size; i++) {
      for (let j = 0; j < size; j++) {
        covariance[i * size + j]! += ((vector[i]! - mean[i]!) * (vector[j]! - mean[j]!)) / vectors.length;
      }
    }
  }
  const { vectors: found } = await principalComponents(covariance, size, { leastShare: 0, most: 2 });
  const axes = new Float64Array(2 * size); // an axis without variance stays 0
  axes.set(found);
  return { mean, axes };
}

/** Coordinates of a vector of that space, in units of the embedding. */
export function placeOnMap({ mean, axes }: MapSpace, vector: ArrayLike<number>): readonly [number, number] {
  let x = 0;
  let y = 0;
  for (let i = 0; i < mean.length; i++) {
    const away = vector[i]! - mean[i]!;
    x += away * axes[i]!;
    y += away * axes[mean.length + i]!;
  }
  return [x, y];
}
