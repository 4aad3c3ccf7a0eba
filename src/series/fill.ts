import type { Fill } from './series-settings.js';

/**
 * Fills the gaps of one series in place: cells whose mask is not 0 take a value, and mask 0 with it, as far as `kind`
 * has one for them (see `SeriesOptions.fill`).
 */
export function fillGaps(kind: Fill, values: Float32Array, mask: Uint8Array): void {
  if (kind === 'mask') return;
  const first = mask.indexOf(0);
  if (kind === 'zero') {
    mask.fill(0); // gaps hold 0 already
  } else if (first >= 0) {
    values.fill(values[first]!, 0, first);
    if (kind === 'hold') hold(values, mask, first);
    else connect(values, mask, first);
    mask.fill(0);
  }
}

function hold(values: Float32Array, mask: Uint8Array, first: number): void {
  for (let i = first + 1; i < values.length; i++) if (mask[i] !== 0) values[i] = values[i - 1]!;
}

function connect(values: Float32Array, mask: Uint8Array, first: number): void {
  let left = first;
  for (let i = first + 1; i < values.length; i++) {
    if (mask[i] !== 0) continue;
    const rise = (values[i]! - values[left]!) / (i - left);
    for (let gap = left + 1; gap < i; gap++) values[gap] = values[left]! + rise * (gap - left);
    left = i;
  }
  values.fill(values[left]!, left + 1);
}
