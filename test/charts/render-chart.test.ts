import { describe, expect, it } from 'vitest';
import { renderChart } from '../../src/charts/render-chart.js';

const OPTION = {
  xAxis: { type: 'category' as const, data: ['a', 'b'], axisLabel: { color: 'var(--quiet)' } },
  yAxis: { type: 'value' as const },
  series: [{ type: 'line' as const, data: [1, 2], color: 'var(--accent)' }],
};

describe('renderChart', () => {
  it('draws SVG that needs no exception in a content security policy', () => {
    const svg = renderChart(OPTION, 300, 100, 'two values');
    expect(svg).toContain('viewBox="0 0 300 100"');
    expect(svg).not.toMatch(/<style|style=|<script|class=/);
    expect(svg).toContain('stroke="var(--accent)"');
    expect(svg).toContain('fill="var(--quiet)"');
    expect(svg).toMatch(/<text [^>]*font-size="12px"/);
  });

  it('tells what it shows to those who do not see it, whatever that holds', () => {
    expect(renderChart(OPTION, 300, 100, '"><script>')).toContain(
      '<svg role="img" aria-label="&#34;&#62;&#60;script&#62;"',
    );
  });

  it('draws the same twice but for the names of its own parts', () => {
    const plain = (svg: string): string => svg.replaceAll(/zr\d+/g, 'zr');
    expect(plain(renderChart(OPTION, 300, 100, 'a'))).toBe(plain(renderChart(OPTION, 300, 100, 'a')));
  });
});
