import { MOST_FLOAT32 } from '../numeric/float32.js';
import { isInformative } from '../window/is-informative.js';
import type { WindowBatch } from '../window/window-batch.js';
import { bitsOf } from './sample.js';

/** Windows by what is known of them. */
export interface KnownCells {
  /** Values of observed cells, else 0. */
  readonly values: Float32Array; // (batch, steps, channels)
  /** 0 for observed cells and known zeros, else the window's mask value. */
  readonly mask: Uint8Array; // (batch, steps, channels)
  /** 1 where a cell of the window is masked. */
  readonly masked: Uint8Array; // (batch)
  /** 1 where every value of the window is 0. */
  readonly inactive: Uint8Array; // (batch)
}

/** Copies what is known; what lies under the mask is not ours to read. */
export function copyKnownCells(windows: WindowBatch): KnownCells {
  const size = windows.steps * windows.channels;
  const values = new Float32Array(windows.length * size);
  const mask = new Uint8Array(values.length);
  const masked = new Uint8Array(windows.length);
  const inactive = new Uint8Array(windows.length);
  const bits = bitsOf(values);
  const source = bitsOf(windows.values);
  const cells = windows.mask;
  for (let window = 0; window < windows.length; window++) {
    const first = window * size;
    const end = first + size;
    let masks = 0;
    let any = 0;
    let overflow = 0;
    // Zeros come at random, and a mispredicted branch costs more than all of this: values are copied as bits, cleared
    // where the mask is not 0. The exponent of an infinite or undefined value carries into the sign.
    for (let i = first; i < end; i++) {
      const cell = cells[i]!;
      const word = source[i]! & ((cell - 1) >> 31);
      bits[i] = word;
      masks |= cell;
      any |= word;
      overflow |= (word & 0x7fffffff) + 0x00800000;
    }
    // The bits of all mask values together: beyond those of a known cell where any one is.
    if (!isInformative(masks)) {
      masked[window] = 1;
      for (let i = first; i < end; i++) mask[i] = isInformative(cells[i]!) ? 0 : cells[i]!;
    }
    if ((any & 0x7fffffff) === 0) inactive[window] = 1;
    if (overflow < 0) clampOverflow(values, first, end);
  }
  return { values, mask, masked, inactive };
}

/** A sum beyond the range of float32 counts as the largest there is: one absurd value must not undo a global scale. */
function clampOverflow(values: Float32Array, first: number, end: number): void {
  for (let i = first; i < end; i++) {
    const value = values[i]!;
    values[i] = Number.isNaN(value) ? 0 : Math.max(-MOST_FLOAT32, Math.min(MOST_FLOAT32, value));
  }
}
