import type { FloatArray, FloatBuffer, RecurrentEngine } from '../vrae/recurrent-engine.js';
import { createNearestSelection } from './nearest-selection.js';
import { createRelativeDistances } from './relative-distances.js';

/** Where fitted windows lie, by what their views say: places of new windows are read off their nearest landmarks. */
export interface LandmarkMap {
  readonly length: number;
  /** Numbers that describe a window. */
  readonly inputs: number;
  /** Coordinates of a place. */
  readonly size: number;
  /** Landmarks that a place is the mean of. */
  readonly neighbours: number;
  readonly landmarks: Float32Array; // (length, inputs)
  readonly places: Float32Array; // (length, size)
}

export interface PlaceReader {
  /** Rows in one call at most. */
  readonly rows: number;
  /** Written by the caller before `place`. */
  readonly inputs: FloatBuffer; // (rows, inputs)
  /**
   * Writes the places of the first `rows` inputs.
   *
   * @param distances gets the distance of each input from its fifth nearest landmark, where it is given
   */
  place(rows: number, out: Float32Array, distances?: Float32Array): void; // (rows, size), (rows)
}

/**
 * Reads places off a map: the mean of the places of the nearest landmarks, each with weight 1 - d² / D², where D is the
 * distance of the first landmark that is left out. A landmark that comes in or goes out has weight 0 then, so places
 * do not jump; and no place lies outside of what was fitted, however far off a window is.
 *
 * The nearest are found by one matrix product in the engine's precision, and then measured in double precision.
 */
export function createPlaceReader(map: LandmarkMap, engine: RecurrentEngine, rows: number): PlaceReader {
  const { length, inputs, size, landmarks, places } = map;
  const candidates = Math.min(map.neighbours + 1 + SPARE, length);
  const used = Math.min(map.neighbours, length);
  const relative = createRelativeDistances(landmarks, length, inputs, engine, rows);
  const nearest = createNearestSelection(candidates);
  const exact = new Float64Array(candidates);
  const ranked = createNearestSelection(candidates);

  const placeRow = (row: number, distances: FloatArray, described: FloatArray, out: Float32Array): number => {
    nearest.take(distances, row * length, length);
    for (let n = 0; n < candidates; n++) {
      const at = nearest.indices[n]! * inputs;
      let sum = 0;
      for (let m = 0; m < inputs; m++) sum += (described[row * inputs + m]! - landmarks[at + m]!) ** 2;
      exact[n] = sum;
    }
    ranked.take(exact, 0, candidates);
    // Of so few that none is left out the furthest has no weight: else all would lie where all do in the mean.
    const beyond = ranked.values[Math.min(used, candidates - 1)]!;
    let total = 0;
    const place = sums.fill(0);
    for (let n = 0; n < used; n++) {
      // All as far as the first one left out: none is nearer than another.
      const weight = ranked.values[0]! < beyond ? 1 - ranked.values[n]! / beyond : 1;
      const at = nearest.indices[ranked.indices[n]!]! * size;
      for (let m = 0; m < size; m++) place[m]! += weight * places[at + m]!;
      total += weight;
    }
    for (let m = 0; m < size; m++) out[row * size + m] = place[m]! / total;
    return Math.sqrt(ranked.values[Math.min(FAR_OFF, candidates) - 1]!);
  };
  const sums = new Float64Array(size);

  return {
    rows,
    inputs: relative.inputs,
    place: (count, out, far) => {
      const distances = relative.measure(count);
      const described = relative.inputs.values;
      for (let row = 0; row < count; row++) {
        const distance = placeRow(row, distances, described, out);
        if (far !== undefined) far[row] = distance;
      }
    },
  };
}

/** Whose distance tells how far off a window is: one or two others like it do not make it usual. */
const FAR_OFF = 5;

/** Candidates beyond those needed, so that rounding of the product leaves none of the nearest out. */
const SPARE = 4;
