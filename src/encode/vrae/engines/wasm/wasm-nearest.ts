import { type NearestTask, sharpnessOf } from '../../../../numeric/nearest-engine.js';
import { made, type WasmKernel } from './wasm-module.js';
import { createWasmPlace } from './wasm-place.js';

/** Points that are copied in at a time. */
const CHUNK_ROWS = 256;

/** Nearest centroids in the module's memory, part of which it keeps for points and centroids. */
export function createWasmNearest(running: () => WasmKernel): (task: NearestTask) => void {
  const places = {
    points: createWasmPlace(running),
    centroids: createWasmPlace(running),
    results: createWasmPlace(running),
  };

  return (task) => {
    const { points, centroids, count, size, nearest, distances, margins, confidences } = task;
    const pointsAt = places.points(CHUNK_ROWS * size);
    const centroidsAt = places.centroids(count * size);
    const results = places.results(4 * CHUNK_ROWS);
    const at = [0, 1, 2, 3].map((column) => results + 4 * column * CHUNK_ROWS) as [number, number, number, number];
    new Float32Array(running().memory.buffer, centroidsAt, count * size).set(centroids.subarray(0, count * size));
    for (let from = 0; from < nearest.length; from += CHUNK_ROWS) {
      const rows = Math.min(CHUNK_ROWS, nearest.length - from);
      new Float32Array(running().memory.buffer, pointsAt, rows * size).set(
        points.subarray(from * size, (from + rows) * size),
      );
      made(running().assign_nearest(pointsAt, centroidsAt, rows, count, size, sharpnessOf(task), ...at));
      // The memory moves when the kernel asks for more.
      const { buffer } = running().memory;
      nearest.set(new Uint16Array(buffer, at[0], rows), from);
      distances.set(new Float32Array(buffer, at[1], rows), from);
      margins.set(new Float32Array(buffer, at[2], rows), from);
      confidences.set(new Float32Array(buffer, at[3], rows), from);
    }
  };
}
