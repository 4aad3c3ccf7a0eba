import { NOISE, type Partition } from '../../../cluster/offline/partition.js';
import { NARROW, type ReportChart } from '../../report/charts/report-chart.js';
import { segmentVariable } from '../../report/report-colours.js';
import { clusterId } from '../describe-clusters.js';

/** Rows that are drawn at most. */
const MOST_DOTS = 5_000;

/** Rows in two directions, coloured by cluster; noise is quiet. */
export function clusterMapChart(
  places: Float64Array, // (length, 2)
  { k, membership }: Pick<Partition, 'k' | 'membership'>,
  { name, how }: { readonly name: string; readonly how: string },
): ReportChart {
  const every = Math.max(1, Math.ceil(membership.length / MOST_DOTS));
  const shown = [...membership.keys()].filter((row) => row % every === 0);
  const axis = { type: 'value' as const, scale: true, show: false };
  return {
    name,
    label: `${shown.length} windows ${how}, coloured by cluster`,
    height: (width) => (width < NARROW ? width : 520),
    option: (width) => ({
      grid: { left: 8, right: 8, top: 8, bottom: 8 },
      xAxis: axis,
      yAxis: axis,
      series: [...Array.from({ length: k }, (_, cluster) => cluster), NOISE].map((cluster) => ({
        type: 'scatter' as const,
        silent: true,
        symbolSize: width < NARROW ? 3.5 : 5,
        color: segmentVariable(clusterId(cluster)),
        itemStyle: { opacity: cluster === NOISE ? 0.35 : 0.7 },
        data: shown.filter((row) => membership[row] === cluster).map((row) => [places[2 * row]!, places[2 * row + 1]!]),
      })),
    }),
  };
}
