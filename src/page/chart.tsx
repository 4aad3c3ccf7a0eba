import { useEffect, useRef, useState } from 'preact/hooks';
import uPlot from 'uplot';
import { cssColour, onScheme } from './colours.js';

/** Data of uPlot's scatter: nothing, then of each series its x and y. */
export type FacetedData = readonly [null, ...(readonly [readonly number[], readonly number[]])[]];

export interface ChartProps {
  /** What it shows, in words: for those who don't see it. */
  readonly label: string;
  readonly height: number;
  readonly data: uPlot.AlignedData | FacetedData;
  /** Made anew when `shape` changes; the data may change without it. */
  readonly options: () => Omit<uPlot.Options, 'width' | 'height'>;
  /** Stands for what the options hang on. */
  readonly shape: string;
}

/** A chart by uPlot that fills the width of its place. */
export function Chart({ label, height, data, options, shape }: ChartProps) {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | undefined>(undefined);
  const scheme = useScheme();
  // `shape` and the scheme stand for the options.
  useEffect(() => {
    const element = place.current!;
    const made = new uPlot(
      { ...options(), width: Math.max(40, element.clientWidth), height },
      data as unknown as uPlot.AlignedData,
      element,
    );
    plot.current = made;
    const observer = new ResizeObserver(() => {
      const width = Math.max(40, element.clientWidth);
      if (width !== made.width) made.setSize({ width, height });
    });
    observer.observe(element);
    return () => {
      observer.disconnect();
      made.destroy();
      plot.current = undefined;
    };
  }, [shape, height, scheme]);
  useEffect(() => {
    plot.current?.setData(data as unknown as uPlot.AlignedData);
  }, [data]);
  return <div ref={place} class="chart" role="img" aria-label={label} style={{ height: `${height}px` }} />;
}

/** Counts changes between light and dark. */
export function useScheme(): number {
  const [changes, setChanges] = useState(0);
  useEffect(() => onScheme(() => setChanges((before) => before + 1)), []);
  return changes;
}

/** An axis in the page's own type and colours. */
export function axis(options: Partial<uPlot.Axis> = {}): uPlot.Axis {
  return {
    stroke: cssColour('--quiet'),
    font: '11px system-ui, sans-serif',
    grid: { stroke: cssColour('--line'), width: 1 },
    ticks: { show: false },
    gap: 4,
    ...options,
  };
}

/** A chart without anything to point at. */
export const SILENT: Pick<uPlot.Options, 'legend' | 'cursor'> = { legend: { show: false }, cursor: { show: false } };
