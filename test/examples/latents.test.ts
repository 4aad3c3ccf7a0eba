import { expect, it } from 'vitest';
import { runExample } from './run-example.js';

it('examples/latents finds level and trend of its windows in the latents, and decodes as it correlates', async () => {
  const latents = (await runExample('latents')).split(/^latent \d+, deviation \S+, moves a window by /m).slice(1);
  const level = findLatent(latents, 'mean');
  const trend = findLatent(latents, 'linear_trend__attr_"slope"');
  expect(Math.abs(level.r)).toBeGreaterThan(0.8);
  expect(Math.abs(trend.r)).toBeGreaterThan(0.8);
  const [low, , high] = level.curves;
  expect(Math.sign(average(high!) - average(low!))).toBe(Math.sign(level.r));
  const [before, , after] = trend.curves;
  expect(Math.sign(rise(after!) - rise(before!))).toBe(Math.sign(trend.r));
});

/** The latent that goes most with a feature, and its curves at -2, 0 and 2 deviations as heights of blocks. */
function findLatent(latents: readonly string[], feature: string): { r: number; curves: number[][] } {
  const found = latents.flatMap((text) => {
    const r = text
      .split('\n')[0]!
      .split(/[:,] /)
      .find((part) => part.startsWith(`${feature} `));
    const curves = [...text.matchAll(/[▁-█]+$/gm)].map(([blocks]) => [...blocks].map((block) => block.charCodeAt(0)));
    return r === undefined ? [] : [{ r: Number(r.slice(feature.length)), curves }];
  });
  return found.sort((a, b) => Math.abs(b.r) - Math.abs(a.r))[0]!;
}

function average(curve: readonly number[]): number {
  return curve.reduce((sum, height) => sum + height, 0) / curve.length;
}

function rise(curve: readonly number[]): number {
  return curve.at(-1)! - curve[0]!;
}
