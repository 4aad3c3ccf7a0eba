import { formatCounted } from '../../summary/format.js';
import type { MapAnswer } from '../../view/api/answers.js';
import { segmentVariable } from '../report-colours.js';
import { NARROW, type ReportChart } from './report-chart.js';

/** Windows among each other, in the two directions in which their embeddings differ most; undefined without any. */
export function mapChart({ segments, segment, x, y }: MapAnswer): ReportChart | undefined {
  if (x.length === 0) return undefined;
  const axis = { type: 'value' as const, scale: true, show: false };
  return {
    name: 'map',
    label: `${formatCounted(x.length, 'customer')} by how alike their windows are, coloured by segment`,
    height: (width) => (width < NARROW ? width : 520),
    option: (width) => ({
      grid: { left: 8, right: 8, top: 8, bottom: 8 },
      xAxis: axis,
      yAxis: axis,
      series: segments.map((segmentId, at) => ({
        type: 'scatter' as const,
        silent: true,
        symbolSize: width < NARROW ? 3.5 : 5,
        color: segmentVariable(segmentId),
        itemStyle: { opacity: 0.6 },
        data: x.flatMap((value, i) => (segment[i] === at ? [[value, y[i]!]] : [])),
      })),
    }),
  };
}
