import { isUsage, restoreUsage, type WindowShape } from './restore-usage.js';
import type { Shift } from './shift.js';
import { createWindowTurn } from './turn-windows.js';
import type { UsageScale } from './usage-scale.js';

/** Windows as views look at them: usage without gaps, with the mask that belongs to it. */
export interface RestoredWindows {
  readonly usage: Float32Array; // (rows, steps, channels)
  readonly mask: Uint8Array; // (rows, steps, channels)
}

export interface RestoreSettings extends WindowShape {
  /** Undefined where windows were scaled by themselves. */
  readonly scale: UsageScale | undefined;
  readonly shift: Shift;
}

/**
 * Makes what takes up to `most` prepared windows back to usage, turned to their crest where shifts are not to be seen.
 * What it gives is overwritten by the next call, or is what was given where nothing is to be restored.
 */
export function createWindowRestore(
  settings: RestoreSettings,
  most: number,
): (values: Float32Array, mask: Uint8Array, rows: number) => RestoredWindows {
  const { steps, channels, scale, shift } = settings;
  const cells = steps * channels;
  if (shift === 'aligned') {
    let usage: Float32Array | undefined;
    return (values, mask, rows) => {
      if (isUsage(scale, mask, rows * cells)) return { usage: values, mask };
      usage ??= new Float32Array(most * cells);
      restoreUsage(scale, settings, values, mask, rows, usage);
      return { usage, mask };
    };
  }
  const usage = new Float32Array(most * cells);
  const turn = createWindowTurn(settings);
  const turned = { usage: new Float32Array(usage.length), mask: new Uint8Array(usage.length) };
  return (values, mask, rows) => {
    restoreUsage(scale, settings, values, mask, rows, usage);
    turn(usage, mask, rows, turned.usage, turned.mask);
    return turned;
  };
}
