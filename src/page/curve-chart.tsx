import type uPlot from 'uplot';
import { axis, Chart, SILENT } from './chart.js';
import { cssColour } from './colours.js';
import { figure } from './format.js';

export interface CurveChartProps {
  readonly label: string;
  readonly colour: string;
  readonly curve: readonly (number | null)[]; // (steps), null where nobody knows the step
  readonly low: readonly (number | null)[]; // (steps), or none
  readonly high: readonly (number | null)[]; // (steps), or none
  /** What the decoder makes of it, dashed. */
  readonly decoded?: readonly (number | null)[] | undefined; // (steps)
  readonly height?: number;
}

/** A typical curve over the steps of a window, with the band in which eight of ten members lie. */
export function CurveChart({ label, colour, curve, low, high, decoded, height = 120 }: CurveChartProps) {
  const hasBand = low.length === curve.length && high.length === curve.length;
  const steps = curve.map((_, step) => step);
  const none = curve.map(() => null);
  const data = [
    steps,
    hasBand ? [...high] : none,
    hasBand ? [...low] : none,
    [...curve],
    decoded ? [...decoded] : none,
  ];
  const options = (): Omit<uPlot.Options, 'width' | 'height'> => ({
    ...SILENT,
    padding: [6, 10, 0, 0],
    scales: { x: { time: false }, y: { range: (_, min, max) => withZero(min, max) } },
    axes: [
      axis({
        size: 18,
        grid: { show: false },
        values: (_, splits) => splits.map((at) => (Number.isInteger(at) ? String(at + 1) : '')),
      }),
      axis({ size: 38, space: 30, values: (_, splits) => splits.map(figure) }),
    ],
    series: [
      {},
      { stroke: 'transparent', points: { show: false } },
      { stroke: 'transparent', points: { show: false } },
      { stroke: colour, width: 2, points: { show: false } },
      { stroke: cssColour('--quiet'), width: 1, dash: [3, 3], points: { show: false } },
    ],
    bands: [{ series: [1, 2], fill: `${colour}2e` }],
  });
  return <Chart label={label} height={height} data={data as uPlot.AlignedData} options={options} shape={colour} />;
}

/** A range that holds 0 and all values, with some room. */
function withZero(min: number, max: number): [number, number] {
  const [low, high] = [Math.min(0, 1.04 * min), Math.max(0, 1.04 * max)];
  return low === high ? [0, 1] : [low, high];
}
