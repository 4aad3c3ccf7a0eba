import type { LandmarkMap } from '../../src/encode/neighbours/landmark-map.js';

/** A map of places on a line, by one number of each window. */
export function onLine(landmarks: number[], places: number[], neighbours: number): LandmarkMap {
  return {
    length: landmarks.length,
    inputs: 1,
    size: 1,
    neighbours,
    landmarks: Float32Array.from(landmarks),
    places: Float32Array.from(places),
  };
}
