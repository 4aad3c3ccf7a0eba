import { formatNumber } from '../../summary/format.js';
import type { DrawnCurves } from '../../view/api/drawn-curves.js';
import { segmentVariable } from '../report-colours.js';
import { QUIET, type ReportChart, stepAxis, valueAxis } from './report-chart.js';

type Curve = (number | null)[];

/**
 * What a segment's typical window looks like in one channel: prototype, band of 80 % of the members, decoded latent.
 *
 * @param at which of the curves
 * @param title what it is of
 */
export function curveChart(segmentId: string, curves: DrawnCurves, at: number, title: string): ReportChart {
  const { prototype, bandLow, bandHigh, decoded } = curves;
  const [curve, low, high] = [prototype, bandLow, bandHigh].map((of) => [...(of[at] ?? [])]) as [Curve, Curve, Curve];
  const color = segmentVariable(segmentId);
  const line = { type: 'line' as const, silent: true, symbol: 'none' };
  // Else a band whose lower edge is below 0 would begin at 0.
  const band = { ...line, stack: 'band', stackStrategy: 'all' as const };
  return {
    name: `segment-${segmentId}-${at + 1}`,
    label: `Typical window of ${segmentId}: ${title}, with the band of 80 % of its windows`,
    height: () => 150,
    option: () => ({
      grid: { left: 46, right: 10, top: 10, bottom: 24 },
      xAxis: stepAxis(curve.length),
      yAxis: valueAxis(formatNumber),
      series: [
        // A band is a difference that is stacked on its lower edge.
        { ...band, lineStyle: { opacity: 0 }, data: low },
        {
          ...band,
          color,
          lineStyle: { opacity: 0 },
          areaStyle: { opacity: 0.2 },
          data: high.map((value, step) => (value === null ? null : value - (low[step] ?? 0))),
        },
        ...(decoded === null
          ? []
          : [
              {
                ...line,
                color: QUIET,
                lineStyle: { width: 1.4, type: 'dashed' as const },
                data: [...(decoded[at] ?? [])],
              },
            ]),
        { ...line, color, lineStyle: { width: 2.4 }, data: curve },
      ],
    }),
  };
}
