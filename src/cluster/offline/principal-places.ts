import { principalComponents } from '../../numeric/principal-components.js';
import type { Points } from './points.js';

/**
 * Where rows lie along the directions in which they differ most; 0 along a direction that there is not.
 *
 * @returns (length, directions)
 */
export async function principalPlaces({ length, size, values }: Points, directions = 2): Promise<Float64Array> {
  const mean = new Float64Array(size);
  for (let i = 0; i < length; i++) for (let m = 0; m < size; m++) mean[m]! += values[i * size + m]! / length;
  const covariance = new Float64Array(size * size);
  const off = new Float64Array(size);
  for (let i = 0; i < length; i++) {
    for (let m = 0; m < size; m++) off[m] = values[i * size + m]! - mean[m]!;
    for (let m = 0; m < size; m++) for (let l = 0; l <= m; l++) covariance[m * size + l]! += off[m]! * off[l]!;
  }
  for (let m = 0; m < size; m++) for (let l = 0; l < m; l++) covariance[l * size + m] = covariance[m * size + l]!;
  const { count, vectors } = await principalComponents(covariance, size, { leastShare: 0, most: directions });
  const places = new Float64Array(length * directions);
  for (let i = 0; i < length; i++) {
    for (let c = 0; c < Math.min(directions, count); c++) {
      let sum = 0;
      for (let m = 0; m < size; m++) sum += (values[i * size + m]! - mean[m]!) * vectors[c * size + m]!;
      places[directions * i + c] = sum;
    }
  }
  return places;
}
