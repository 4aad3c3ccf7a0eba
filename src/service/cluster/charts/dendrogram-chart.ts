import { type Dendrogram, topOf } from '../../../cluster/offline/dendrogram.js';
import { ACCENT, INK, NARROW, QUIET, type ReportChart, valueAxis } from '../../report/charts/report-chart.js';
import { formatNumber } from '../../summary/format.js';

/** Leaves that are drawn at most: those below stand together. */
const MOST_LEAVES = 40;

/** The upper part of a tree, with the height at which it was cut; undefined without a merge. */
export function dendrogramChart(tree: Dendrogram | undefined, k: number): ReportChart | undefined {
  if (tree === undefined || tree.leaves < 2) return undefined;
  const top = topOf(tree, Math.max(MOST_LEAVES, Math.min(k, 2 * MOST_LEAVES)));
  const { order, places } = layOut(top);
  const { leaves, lefts, rights, heights, leafSizes } = top;
  const cut = cutHeight(heights, k);
  return {
    name: 'dendrogram',
    label: `The last ${leaves - 1} merges of the dendrogram on ${leaves} leaves, cut into ${k} clusters`,
    height: (width) => (width < NARROW ? 300 : 420),
    option: (width) => ({
      grid: { left: 56, right: 16, top: 12, bottom: 44 },
      xAxis: [
        { type: 'value' as const, min: -0.5, max: leaves - 0.5, show: false },
        {
          type: 'category' as const,
          position: 'bottom' as const,
          data: order.map((leaf) => String(leafSizes[leaf]!)),
          name: 'windows of each leaf',
          nameLocation: 'middle' as const,
          nameGap: 28,
          nameTextStyle: { color: QUIET },
          axisLabel: { color: QUIET, fontSize: 10, interval: width < NARROW ? 3 : 0 },
          axisLine: { show: false },
          axisTick: { show: false },
        },
      ],
      yAxis: valueAxis(formatNumber),
      series: [
        ...Array.from(heights, (height, merge) => {
          const [left, right] = [lefts[merge]!, rights[merge]!];
          return {
            type: 'line' as const,
            silent: true,
            symbol: 'none',
            lineStyle: { color: INK, width: 1.2 },
            data: [
              [places[left]!, heightOf(left)],
              [places[left]!, height],
              [places[right]!, height],
              [places[right]!, heightOf(right)],
            ],
          };
        }),
        {
          type: 'line' as const,
          silent: true,
          symbol: 'none',
          lineStyle: { color: ACCENT, width: 1.2, type: 'dashed' as const },
          data: [
            [-0.5, cut],
            [leaves - 0.5, cut],
          ],
        },
      ],
    }),
  };

  function heightOf(node: number): number {
    return node < leaves ? 0 : heights[node - leaves]!;
  }
}

/** Leaves in an order in which no branches cross, and where each node stands among them. */
function layOut({ leaves, lefts, rights }: Dendrogram): {
  readonly order: readonly number[];
  readonly places: Float64Array;
} {
  const order: number[] = [];
  const open = [2 * leaves - 2];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (node < leaves) order.push(node);
    else open.push(rights[node - leaves]!, lefts[node - leaves]!);
  }
  const places = new Float64Array(2 * leaves - 1);
  for (const [place, leaf] of order.entries()) places[leaf] = place;
  for (let merge = 0; merge < leaves - 1; merge++) {
    places[leaves + merge] = (places[lefts[merge]!]! + places[rights[merge]!]!) / 2;
  }
  return { order, places };
}

/** Between the last merge that is kept and the first that is undone. */
function cutHeight(heights: Float64Array, k: number): number {
  const undone = heights[heights.length - k + 1] ?? heights.at(-1)! * 1.05;
  const kept = heights[heights.length - k] ?? 0;
  return (undone + kept) / 2;
}
