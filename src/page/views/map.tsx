import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import uPlot from 'uplot';
import type { MapAnswer } from '../../service/view/api/answers.js';
import { axis, Chart, type FacetedData } from '../chart.js';
import { colourOf } from '../colours.js';
import { counted, day, figure, percent, plain } from '../format.js';
import { useResource } from '../live.js';
import { Missing, Panel, SegmentTag } from '../parts.js';

const HEIGHT = 560;

type Layout = 'plane' | 'neighbours';

const LAYOUTS: Readonly<Record<Layout, string>> = {
  plane: 'by the two directions in which they differ most',
  neighbours: 'so that those lie together that are most alike; distances between groups say little',
};

/** Where windows lie among each other: near ones behave alike. */
export function MapView() {
  const [at, setAt] = useState<number | undefined>();
  const [plays, setPlays] = useState(false);
  const [layout, setLayout] = useState<Layout>('plane');
  const query = new URLSearchParams({ layout, ...(at !== undefined && { at: String(at) }) });
  const resource = useResource<MapAnswer>(`/api/map?${query}`, ['embeddings', 'assignments']);
  const kept = useRef<MapAnswer | undefined>(undefined);
  // While the next window is on its way, the one before stays.
  if (resource.value !== undefined) kept.current = resource.value;
  const map = kept.current;
  const ends = map?.windowEnds ?? [];
  const index = at === undefined ? ends.length - 1 : Math.max(0, ends.indexOf(at));
  useEffect(() => {
    if (!plays || resource.value === undefined) return;
    const timer = setTimeout(() => {
      if (index + 1 >= ends.length) setPlays(false);
      else setAt(ends[index + 1]);
    }, 700);
    return () => clearTimeout(timer);
  }, [plays, index, ends.length, resource.value]);
  if (map === undefined || map.x.length === 0) {
    return (
      <Missing of={resource}>
        There are no vectors to show. A run writes them with <code>output.embeddings.enabled: true</code>.
      </Missing>
    );
  }
  const play = (): void => {
    if (!plays && index === ends.length - 1) setAt(ends[0]);
    setPlays(!plays);
  };
  return (
    <Panel
      title="Map of behaviour"
      note={`${counted(map.x.length, 'window')} to ${day(map.windowEnd)}, ${LAYOUTS[layout]}; in the space of ${plain(map.space ?? '')}. Draw a rectangle to look closer, double-click to go back.`}
      tools={
        <div class="inline">
          <select
            aria-label="Laid out by"
            value={layout}
            onChange={(event) => setLayout(event.currentTarget.value as Layout)}
          >
            <option value="plane">by difference</option>
            <option value="neighbours">by neighbours</option>
          </select>
          <button type="button" onClick={play}>
            {plays ? 'Pause' : 'Play'}
          </button>
          <input
            type="range"
            aria-label="Windows that ended"
            aria-valuetext={day(map.windowEnd)}
            min={0}
            max={Math.max(0, ends.length - 1)}
            value={index}
            onInput={(event) => setAt(ends[Number(event.currentTarget.value)])}
          />
        </div>
      }
    >
      <Scatter map={map} />
      <Shares map={map} />
    </Panel>
  );
}

/** Points of one segment, as uPlot's scatter wants them. */
function Scatter({ map }: { readonly map: MapAnswer }) {
  const data = useMemo(() => toFacets(map), [map]);
  const extent = useRef(map.extent!);
  extent.current = map.extent!;
  const count = map.x.length;
  const size = count > 30_000 ? 2 : count > 5000 ? 3 : 4;
  const options = (): Omit<uPlot.Options, 'width' | 'height'> => ({
    mode: 2,
    legend: { show: false },
    cursor: { drag: { x: true, y: true, uni: 20 }, points: { show: false } },
    padding: [8, 8, 0, 0],
    scales: {
      x: { time: false, range: () => widened(extent.current[0]!, extent.current[1]!) },
      y: { range: () => widened(extent.current[2]!, extent.current[3]!) },
    },
    axes: [
      axis({ size: 20, values: (_, splits) => splits.map(figure) }),
      axis({ size: 34, values: (_, splits) => splits.map(figure) }),
    ],
    series: [{}, ...map.segments.map((segmentId) => ({ stroke: colourOf(segmentId), paths: drawPoints(size) }))],
  });
  return (
    <Chart
      label={`${counted(count, 'window')} on a plane, coloured by segment`}
      height={HEIGHT}
      data={data}
      options={options}
      shape={`${map.space}/${map.segments.join()}/${size}`}
    />
  );
}

function toFacets({ x, y, segment, segments }: MapAnswer): FacetedData {
  const xs = segments.map((): number[] => []);
  const ys = segments.map((): number[] => []);
  for (let i = 0; i < x.length; i++) {
    xs[segment[i]!]!.push(x[i]!);
    ys[segment[i]!]!.push(y[i]!);
  }
  return [null, ...segments.map((_, i): readonly [number[], number[]] => [xs[i]!, ys[i]!])];
}

/** The whole space with a margin; what is drawn out by the pointer is shown instead until a double click. */
function widened(least: number, most: number): uPlot.Range.MinMax {
  const margin = (most - least) * 0.03 || 1;
  return [least - margin, most + margin];
}

/** Squares of one colour in one path: a hundred thousand of them are filled at once. */
function drawPoints(size: number): uPlot.Series.PathBuilder {
  return (plot, series) => {
    const pixels = size * devicePixelRatio;
    uPlot.orient(plot, series, (_, __, ___, scaleX, scaleY, toX, toY, left, top, width, height) => {
      const [xs, ys] = plot.data[series] as unknown as [number[], number[]];
      const { ctx } = plot;
      ctx.save();
      ctx.beginPath();
      ctx.rect(left, top, width, height);
      ctx.clip();
      ctx.fillStyle =
        plot.series[series]!.stroke instanceof Function ? (plot.series[series]!.stroke as () => string)() : '';
      ctx.globalAlpha = 0.72;
      for (let i = 0; i < xs.length; i++) {
        const x = toX(xs[i]!, scaleX, width, left);
        const y = toY(ys[i]!, scaleY, height, top);
        ctx.fillRect(x - pixels / 2, y - pixels / 2, pixels, pixels);
      }
      ctx.restore();
      return null;
    });
    return null;
  };
}

function Shares({ map: { segments, segment } }: { readonly map: MapAnswer }) {
  const counts = segments.map(() => 0);
  for (const each of segment) counts[each]!++;
  const order = segments.map((id, i) => ({ id, count: counts[i]! })).sort((a, b) => b.count - a.count);
  return (
    <ul class="legend">
      {order.map(({ id, count }) => (
        <li key={id} style={{ borderColor: colourOf(id) }}>
          <SegmentTag id={id} /> <b>{percent(count / segment.length)}</b>
        </li>
      ))}
    </ul>
  );
}
