import { formatCounted, formatShare } from '../../summary/format.js';
import type { SegmentsAnswer } from '../../view/api/answers.js';
import { segmentVariable } from '../report-colours.js';
import { NARROW, type ReportChart, timeAxis, valueAxis } from './report-chart.js';

/** Shares of the segments in the windows that ended together; undefined where all ended at once. */
export function sizeChart({ windowEnds, segments }: SegmentsAnswer): ReportChart | undefined {
  if (windowEnds.length < 2) return undefined;
  const totals = windowEnds.map((_, i) => segments.reduce((sum, { sizes }) => sum + sizes[i]!, 0));
  const shown = segments.filter(({ sizes }) => sizes.some((size) => size > 0));
  return {
    name: 'sizes',
    label: `Share of ${shown.length} segments in each of ${formatCounted(windowEnds.length, 'round')} of windows`,
    height: (width) => (width < NARROW ? 260 : 320),
    option: (width) => ({
      grid: { left: 52, right: 16, top: 12, bottom: 28 },
      xAxis: { ...timeAxis(width), min: windowEnds[0]!, max: windowEnds.at(-1)! },
      yAxis: { ...valueAxis(formatShare), max: 1 },
      series: shown.map(({ segmentId, sizes }) => ({
        type: 'line' as const,
        stack: 'share',
        silent: true,
        symbol: 'none',
        color: segmentVariable(segmentId),
        lineStyle: { width: 1 },
        areaStyle: { opacity: 0.72 },
        data: windowEnds.map((end, i) => [end, totals[i] === 0 ? 0 : sizes[i]! / totals[i]!]),
      })),
    }),
  };
}
