import { ACCENT, INK, LINE, NARROW, QUIET, type ReportChart, valueAxis } from '../../report/charts/report-chart.js';
import { formatNumber } from '../../summary/format.js';
import type { SweptK } from '../cluster-report.js';

const SCORES = [
  { key: 'silhouette', title: 'silhouette, more is better' },
  { key: 'daviesBouldin', title: 'Davies–Bouldin, less is better' },
  { key: 'calinskiHarabasz', title: 'Caliński–Harabasz, more is better' },
] as const;

const PANEL = 190;
const TITLE = 24;

/** Scores by number of clusters, a panel each; undefined where only one number was tried. */
export function sweepChart(sweep: readonly SweptK[], taken: number): ReportChart | undefined {
  if (sweep.length < 2) return undefined;
  const across = (width: number): number => (width < NARROW ? 1 : SCORES.length);
  return {
    name: 'k-sweep',
    label: `Scores of ${sweep[0]!.k} to ${sweep.at(-1)!.k} clusters; ${taken} were taken`,
    height: (width) => (SCORES.length / across(width)) * (PANEL + TITLE),
    option: (width) => {
      const panel = width / across(width);
      const places = SCORES.map((_, i) => ({
        left: (i % across(width)) * panel + 48,
        top: Math.floor(i / across(width)) * (PANEL + TITLE) + TITLE,
        width: panel - 60,
        height: PANEL - 36,
      }));
      return {
        title: SCORES.map(({ title }, i) => ({
          left: places[i]!.left,
          top: places[i]!.top - TITLE + 2,
          padding: 0,
          text: title,
          textStyle: { color: QUIET, fontSize: 12, fontWeight: 'normal' as const, fontFamily: 'system-ui, sans-serif' },
        })),
        grid: places,
        xAxis: SCORES.map((_, i) => ({
          type: 'category' as const,
          gridIndex: i,
          data: sweep.map(({ k }) => String(k)),
          axisLabel: { color: QUIET, fontSize: 12 },
          axisLine: { lineStyle: { color: LINE } },
          axisTick: { show: false },
        })),
        yAxis: SCORES.map((_, i) => ({ ...valueAxis(formatNumber), gridIndex: i, scale: true })),
        series: SCORES.map(({ key }, i) => ({
          type: 'line' as const,
          silent: true,
          xAxisIndex: i,
          yAxisIndex: i,
          symbol: 'circle',
          symbolSize: 6,
          color: ACCENT,
          data: sweep.map((tried) => ({
            value: tried[key],
            ...(tried.k === taken && { symbolSize: 12, itemStyle: { color: INK } }),
          })),
        })),
      };
    },
  };
}
