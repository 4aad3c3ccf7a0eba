import type { PluginSeries, PluginShape } from '../plugin/encoder-plugin.js';

/** Windows of waves and noise in [0, 1], the same each time; some cells are missing. */
export function drawSeries(length: number, { steps, channels }: PluginShape): PluginSeries {
  const cells = steps * channels;
  let state = 1;
  const draw = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  const values = Float32Array.from({ length: length * cells }, (_, i) => {
    const step = Math.floor((i % cells) / channels);
    const phase = Math.floor(i / cells) % 3;
    return 0.4 + 0.3 * Math.sin((2 * Math.PI * (step + phase * 4)) / 12) + 0.3 * draw();
  });
  const mask = Uint8Array.from(values, (_, i) => (i % 41 === 40 ? 2 : 0));
  return { length, steps, channels, values, mask };
}
