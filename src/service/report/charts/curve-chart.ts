import { formatNumber } from '../../summary/format.js';
import type { SegmentAnswer } from '../../view/api/answers.js';
import { segmentVariable } from '../report-colours.js';
import { QUIET, type ReportChart, stepAxis, valueAxis } from './report-chart.js';

/** What a segment's typical window looks like in one channel: prototype, band of 80 % of the members, decoded latent. */
export function curveChart(segment: SegmentAnswer, channel: number, channelName: string): ReportChart {
  const { segmentId, prototype, bandLow, bandHigh, decoded } = segment;
  const curve = prototype[channel] ?? [];
  const low = bandLow[channel] ?? [];
  const high = bandHigh[channel] ?? [];
  const color = segmentVariable(segmentId);
  const line = { type: 'line' as const, silent: true, symbol: 'none' };
  return {
    name: `segment-${segmentId}-${channel + 1}`,
    label: `Typical window of ${segmentId}: ${channelName} by step, with the band of 80 % of its windows`,
    height: () => 150,
    option: () => ({
      grid: { left: 46, right: 10, top: 10, bottom: 24 },
      xAxis: stepAxis(curve.length),
      yAxis: valueAxis(formatNumber),
      series: [
        // A band is a difference that is stacked on its lower edge.
        { ...line, stack: 'band', lineStyle: { opacity: 0 }, data: low },
        {
          ...line,
          stack: 'band',
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
                data: decoded[channel] ?? [],
              },
            ]),
        { ...line, color, lineStyle: { width: 2.4 }, data: curve },
      ],
    }),
  };
}
