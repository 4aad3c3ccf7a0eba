import { formatCounted, formatNumber } from '../../summary/format.js';
import type { DriftAnswer } from '../../view/api/answers.js';
import { plain } from '../html.js';
import { ACCENT, BAD, INK, NARROW, QUIET, type ReportChart, valueAxis } from './report-chart.js';

/** What drifts most stands at the top; the rest is in the table. */
const MOST = 14;
const ROW = 26;

/** Statistics over their thresholds, of the latest reports, those that drift first and in their own colour; undefined without any. */
export function driftChart({ reports }: DriftAnswer): ReportChart | undefined {
  const shown = reports.filter(({ threshold }) => threshold > 0).slice(0, MOST);
  if (shown.length === 0) return undefined;
  const drifted = shown.filter((report) => report.drifted).length;
  return {
    name: 'drift',
    label: `${formatCounted(shown.length, 'statistic')} as multiples of their thresholds, ${drifted} of which ${drifted === 1 ? 'drifts' : 'drift'}`,
    height: () => 40 + shown.length * ROW,
    option: (width) => ({
      grid: { left: width < NARROW ? 148 : 260, right: 44, top: 8, bottom: 28 },
      xAxis: valueAxis((ratio) => `${formatNumber(ratio)}×`),
      yAxis: {
        type: 'category' as const,
        inverse: true,
        data: shown.map(({ layer, subject, statistic }) => plain(`${layer} · ${subject} · ${statistic}`, 60)),
        axisLabel: { color: INK, fontSize: 12, width: width < NARROW ? 138 : 250, overflow: 'truncate' as const },
        axisLine: { show: false },
        axisTick: { show: false },
      },
      series: [
        {
          type: 'bar' as const,
          silent: true,
          barWidth: 14,
          data: shown.map(({ value, threshold, drifted: is }) => ({
            value: value / threshold,
            itemStyle: { color: is ? BAD : ACCENT, borderRadius: 2 },
          })),
          label: {
            show: true,
            position: 'right' as const,
            color: QUIET,
            formatter: ({ dataIndex }: { readonly dataIndex: number }) => formatNumber(shown[dataIndex]!.value),
          },
          markLine: {
            silent: true,
            symbol: 'none',
            label: { show: false },
            lineStyle: { color: INK, type: 'dashed' as const },
            data: [{ xAxis: 1 }],
          },
        },
      ],
    }),
  };
}
