import type { ViewWindows } from '../../../src/encode/views/fit-views.js';
import type { UsageScale } from '../../../src/encode/views/usage-scale.js';
import { createRandom } from '../../../src/numeric/random.js';

/** Takes nothing back: values are usage. */
export function plainScale(channels: number): UsageScale {
  return { centers: Array(channels).fill(0), scales: Array(channels).fill(1), log: false };
}

/** Windows whose cells are what `draw` gives for a row, a step and a channel; none is unknown. */
export function createViewWindows(
  { length, steps, channels = 1 }: { length: number; steps: number; channels?: number },
  draw: (row: number, step: number, channel: number) => number,
): ViewWindows & { readonly values: Float32Array; readonly mask: Uint8Array } {
  const values = new Float32Array(length * steps * channels);
  for (let row = 0, i = 0; row < length; row++) {
    for (let step = 0; step < steps; step++) {
      for (let channel = 0; channel < channels; channel++, i++) values[i] = draw(row, step, channel);
    }
  }
  return { length, steps, channels, values, mask: new Uint8Array(values.length) };
}

/** Counts of usage with a daily peak, at levels that differ by customer. */
export function createUsage(
  length: number,
  steps: number,
  channels = 1,
  seed = 1,
): ReturnType<typeof createViewWindows> {
  const random = createRandom(seed);
  return createViewWindows({ length, steps, channels }, (row, step, channel) => {
    const level = 2 ** (row % 6) * 10 ** channel;
    return Math.max(0, Math.round(level * (1 + Math.sin(step / 2 + (row % 3)) + 0.5 * random.normal())));
  });
}
