import type uPlot from 'uplot';
import { axis, Chart, SILENT } from './chart.js';
import { colourOf } from './colours.js';
import { day, short } from './format.js';

export interface SizeChartProps {
  readonly label: string;
  readonly windowEnds: readonly number[];
  readonly series: readonly { readonly segmentId: string; readonly sizes: readonly number[] }[];
  readonly height: number;
}

/** Windows of segments over event time, one line each. */
export function SizeChart({ label, windowEnds, series, height }: SizeChartProps) {
  const isSmall = height < 100;
  const data = [windowEnds.map((end) => end / 1000), ...series.map(({ sizes }) => [...sizes])];
  const options = (): Omit<uPlot.Options, 'width' | 'height'> => ({
    ...SILENT,
    padding: [6, isSmall ? 8 : 30, isSmall ? 6 : 0, 0],
    scales: { y: { range: (_, __, max) => [0, Math.max(1, max * 1.08)] } },
    axes: isSmall
      ? [axis({ show: false }), axis({ size: 38, space: 26, values: (_, splits) => splits.map(short) })]
      : [
          axis({
            size: 22,
            grid: { show: false },
            space: 80,
            values: (_, splits) => splits.map((at) => day(at * 1000)),
          }),
          axis({ size: 44, values: (_, splits) => splits.map(short) }),
        ],
    series: [
      {},
      ...series.map(({ segmentId }) => ({
        stroke: colourOf(segmentId),
        width: isSmall ? 1.5 : 2,
        fill: isSmall ? `${colourOf(segmentId)}22` : undefined!,
        points: { show: windowEnds.length < 3, size: 5, fill: colourOf(segmentId) },
      })),
    ],
  });
  const shape = series.map(({ segmentId }) => segmentId).join();
  return (
    <Chart
      label={label}
      height={height}
      data={data as uPlot.AlignedData}
      options={options}
      shape={`${shape}/${windowEnds.length < 3}`}
    />
  );
}
