import type { WarpingTask } from '../../../../numeric/warping-engine.js';
import { made, type WasmKernel } from './wasm-module.js';
import { createWasmPlace } from './wasm-place.js';

/** Series that are copied in at a time. */
const CHUNK_ROWS = 64;

/** Distances by time warping in the module's memory, part of which it keeps for series and references. */
export function createWasmWarping(running: () => WasmKernel): (task: WarpingTask) => void {
  const places = {
    series: createWasmPlace(running),
    references: createWasmPlace(running),
    squared: createWasmPlace(running),
  };

  return ({ steps, channels, band, series, references, squared }) => {
    const cells = steps * channels;
    const count = references.length / cells;
    const all = series.length / cells;
    const seriesAt = places.series(CHUNK_ROWS * cells);
    const referencesAt = places.references(references.length);
    const squaredAt = places.squared(CHUNK_ROWS * count);
    new Float32Array(running().memory.buffer, referencesAt, references.length).set(references);
    for (let from = 0; from < all; from += CHUNK_ROWS) {
      const rows = Math.min(CHUNK_ROWS, all - from);
      new Float32Array(running().memory.buffer, seriesAt, rows * cells).set(
        series.subarray(from * cells, (from + rows) * cells),
      );
      made(running().warp(seriesAt, referencesAt, rows, count, steps, channels, band, squaredAt));
      // The memory moves when the kernel asks for more.
      squared.set(new Float32Array(running().memory.buffer, squaredAt, rows * count), from * count);
    }
  };
}
