import { formatCount, formatCounted } from '../../summary/format.js';
import type { FlowsAnswer } from '../../view/api/answers.js';
import { segmentVariable } from '../report-colours.js';
import { ACCENT, INK, NARROW, QUIET, type ReportChart, timeAxis, valueAxis, WARN } from './report-chart.js';

/** Causes of moves, with what each means and its colour. */
export const CAUSES = [
  ['behaviour', 'the customer changed', ACCENT],
  ['both', 'neither alone explains it', WARN],
  ['model', 'only the model changed', QUIET],
] as const;

/** Customers who moved, by cause, over time; undefined where nobody did. */
export function moveChart({ windows }: FlowsAnswer): ReportChart | undefined {
  if (windows.length === 0) return undefined;
  return {
    name: 'moves',
    label: `Customers who changed segment, by cause, in ${formatCounted(windows.length, 'round')} of windows`,
    height: () => 240,
    option: (width) => ({
      grid: { left: 52, right: 16, top: 12, bottom: 28 },
      xAxis: timeAxis(width),
      yAxis: valueAxis(formatCount),
      series: CAUSES.map(([cause, , color]) => ({
        type: 'bar' as const,
        stack: 'moves',
        silent: true,
        barMaxWidth: 28,
        color,
        data: windows.map((one) => [one.windowEnd, one[cause]]),
      })),
    }),
  };
}

/** More would be threads. */
const MOST_FLOWS = 24;

/** From which segment to which, as a Sankey diagram; undefined where nobody moved. */
export function flowChart({ flows }: FlowsAnswer): ReportChart | undefined {
  if (flows.length === 0) return undefined;
  const shown = flows.slice(0, MOST_FLOWS);
  const toNodes = (ids: readonly string[], side: 'from' | 'to') =>
    [...new Set(ids)].map((id) => ({
      name: `${side} ${id}`,
      depth: side === 'from' ? 0 : 1,
      itemStyle: { color: segmentVariable(id), borderWidth: 0 },
      label: { position: side === 'from' ? ('left' as const) : ('right' as const), formatter: id },
    }));
  return {
    name: 'flows',
    label: `The ${shown.length} largest flows of customers between segments`,
    height: (width) => (width < NARROW ? 360 : 420),
    option: () => ({
      series: [
        {
          type: 'sankey' as const,
          silent: true,
          left: 44,
          right: 44,
          top: 12,
          bottom: 12,
          nodeGap: 10,
          draggable: false,
          label: { color: INK, fontSize: 13, fontFamily: 'system-ui, sans-serif' },
          lineStyle: { color: 'source', opacity: 0.35 },
          data: [
            ...toNodes(
              shown.map(({ from }) => from),
              'from',
            ),
            ...toNodes(
              shown.map(({ to }) => to),
              'to',
            ),
          ],
          links: shown.map(({ from, to, customers }) => ({
            source: `from ${from}`,
            target: `to ${to}`,
            value: customers,
          })),
        },
      ],
    }),
  };
}
