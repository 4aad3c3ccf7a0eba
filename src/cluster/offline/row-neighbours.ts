import type { Abortable } from '../../numeric/abortable.js';
import { pause } from './pause.js';
import { type Points, squaredDistance } from './points.js';

/** The nearest rows of each row, itself left out, nearest first; of equals the first. */
export interface RowNeighbours {
  readonly length: number;
  /** Neighbours of a row. */
  readonly count: number;
  readonly indices: Uint32Array; // (length, count)
  readonly distances: Float64Array; // (length, count)
}

/** Rows between two stops. */
const PART = 256;

/** Finds the nearest rows of every row: n² distances, of which the least are kept. */
export async function findRowNeighbours(points: Points, most: number, signal?: Abortable): Promise<RowNeighbours> {
  const { length } = points;
  const count = Math.min(most, length - 1);
  const indices = new Uint32Array(length * count);
  const distances = new Float64Array(length * count).fill(Number.POSITIVE_INFINITY);
  for (let row = 0; row < length; row++) {
    if (row % PART === 0) await pause(signal);
    const first = row * count;
    const last = first + count - 1;
    for (let other = 0; other < length; other++) {
      if (other === row) continue;
      const squared = squaredDistance(points, row, other);
      if (!(squared < distances[last]!)) continue;
      let at = last;
      for (; at > first && distances[at - 1]! > squared; at--) {
        distances[at] = distances[at - 1]!;
        indices[at] = indices[at - 1]!;
      }
      distances[at] = squared;
      indices[at] = other;
    }
  }
  return { length, count, indices, distances: distances.map(Math.sqrt) };
}
