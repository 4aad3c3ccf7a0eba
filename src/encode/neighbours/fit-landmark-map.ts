import { createRandom } from '../../numeric/random.js';
import { sample } from '../../numeric/sample.js';
import { takeRows } from '../../numeric/take-rows.js';
import type { RecurrentEngine } from '../vrae/recurrent-engine.js';
import type { LandmarkMap } from './landmark-map.js';
import { type DescribedWindows, layOutWindows } from './lay-out-windows.js';

/** Coordinates of a place, unless told otherwise. */
export const PLACE_SIZE = 8;

export interface LandmarkMapOptions {
  /** Coordinates of a place. @default 8 */
  readonly size?: number;
  /**
   * Nearest windows that a window is held together with, and that a place is read off; fewer where there are not four
   * times as many windows.
   * @default 15
   */
  readonly neighbours?: number;
  /** Windows that are kept as landmarks at most. @default 2048 */
  readonly landmarks?: number;
  /** Any integer. */
  readonly seed: number;
  /** Where the windows lie in the map before this one, to begin there. @default principal components of the views */
  readonly initialPlaces?: Float32Array | undefined; // (length, size)
}

/**
 * Fits a map in which windows lie together that several views hold for neighbours.
 *
 * Each view gives a graph of nearest neighbours; their sum, each with its view's weight, is laid out, and some of the
 * windows are kept as landmarks. The map's inputs are the views side by side, each times its weight.
 *
 * @param engine whose buffers this takes, until it is disposed of
 */
export async function fitLandmarkMap(
  windows: DescribedWindows,
  options: LandmarkMapOptions,
  engine: RecurrentEngine,
): Promise<LandmarkMap> {
  const { size = PLACE_SIZE, landmarks = 2048, seed, initialPlaces } = options;
  const { length } = windows;
  const random = createRandom(seed);
  const layout = { size, neighbours: options.neighbours ?? 15, seed, initialPlaces };
  const { places, neighbours, described, inputs } = await layOutWindows(windows, layout, random, engine);
  const kept = sample(
    Uint32Array.from({ length }, (_, i) => i),
    landmarks,
    random,
  );
  return {
    length: kept.length,
    inputs,
    size,
    neighbours,
    landmarks: takeRows(described, inputs, kept),
    places: takeRows(places, size, kept),
  };
}
