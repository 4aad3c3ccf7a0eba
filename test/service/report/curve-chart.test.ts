import { expect, it } from 'vitest';
import { renderChart } from '../../../src/charts/render-chart.js';
import { curveChart } from '../../../src/service/report/charts/curve-chart.js';

/** Heights of the points of a path, in pixels from above. */
function heightsOf(path: string): readonly number[] {
  return [...path.matchAll(/[ML]?[\d.]+ ([\d.]+)/g)].map(([, y]) => Number(y));
}

it.each([
  ['above zero', 4],
  ['across zero', 0],
  ['below zero', -4],
])('the band lies about the curve where both are %s', (_, level) => {
  const flat = (value: number): readonly (readonly number[])[] => [[value, value, value]];
  const curves = { prototype: flat(level), bandLow: flat(level - 1), bandHigh: flat(level + 1), decoded: null };
  const chart = curveChart('s1', { over: 'step', ...curves }, 0, 'usage by step');
  const svg = renderChart(chart.option(300), 300, 150, chart.label);
  const [, area] = /<path d="([^"]+)"[^>]*fill-opacity="0\.2"/.exec(svg)!;
  const [, line] = /<path d="([^"]+)"[^>]*stroke-width="2\.4"/.exec(svg)!;
  const edges = heightsOf(area!);
  const [curve] = heightsOf(line!);
  expect(Math.max(...edges) - curve!).toBeGreaterThan(5);
  expect(curve! - Math.min(...edges)).toBeCloseTo(Math.max(...edges) - curve!, 0);
});
