import type { ClusterSummary } from '../cluster/cluster-report.js';
import { type ReportChart, stepAxis, valueAxis } from '../report/charts/report-chart.js';
import { segmentVariable } from '../report/report-colours.js';
import { formatCount, formatNumber } from '../summary/format.js';
import type { DescribedCluster } from './gather-comparison.js';

/** How many windows each cluster has. */
export function membersChart(clusters: readonly ClusterSummary[]): ReportChart {
  return {
    name: 'members',
    label: `Windows of ${clusters.length} clusters: ${clusters.map(({ cluster, rows }) => `${cluster} ${rows}`).join(', ')}`,
    height: () => 220,
    option: () => ({
      grid: { left: 56, right: 16, top: 12, bottom: 28 },
      xAxis: {
        ...stepAxis(clusters.length),
        data: clusters.map(({ cluster }) => cluster),
        boundaryGap: true,
      },
      yAxis: valueAxis(formatCount),
      series: [
        {
          type: 'bar' as const,
          silent: true,
          barMaxWidth: 56,
          data: clusters.map(({ cluster, rows }) => ({
            value: rows,
            itemStyle: { color: segmentVariable(cluster) },
          })),
        },
      ],
    }),
  };
}

/** The mean window of a cluster over some of its members. */
export function prototypeChart({ cluster, prototype, members }: DescribedCluster): ReportChart {
  const curve = prototype ?? [];
  const line = { type: 'line' as const, silent: true, symbol: 'none', color: segmentVariable(cluster) };
  return {
    name: `cluster-${cluster}`,
    label: `Mean window of ${cluster} by step, over ${members.length} of its windows`,
    height: () => 150,
    option: () => ({
      grid: { left: 46, right: 10, top: 10, bottom: 24 },
      xAxis: stepAxis(curve.length),
      yAxis: valueAxis(formatNumber),
      series: [
        ...members.map((member) => ({
          ...line,
          lineStyle: { width: 1, opacity: 0.22 },
          data: Array.from(member, (value) => (Number.isNaN(value) ? null : value)),
        })),
        { ...line, lineStyle: { width: 2.4 }, data: [...curve] },
      ],
    }),
  };
}
