import type { WindowBatch } from '../window/window-batch.js';
import { selectWindows } from './window-rows.js';

/**
 * The windows that are a sample of the stream; the batch itself where all are.
 *
 * @param surplus as `surplusOf` tells it, (windows)
 */
export function withoutSurplus(windows: WindowBatch, surplus: Uint8Array): WindowBatch {
  if (!surplus.includes(1)) return windows;
  return selectWindows(
    windows,
    Uint32Array.from(surplus.keys()).filter((row) => surplus[row] === 0),
  );
}
