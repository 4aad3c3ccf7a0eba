import type { Random } from '../../numeric/random.js';
import type { RecurrentEngine } from '../vrae/recurrent-engine.js';
import { firstPlaces } from './first-places.js';
import { layoutGraph } from './layout-graph.js';
import { nearestNeighbours } from './nearest-neighbours.js';
import { sumGraphs, toNeighbourGraph } from './neighbour-graph.js';

/** Where most windows are neighbours of most others, neighbourhoods tell nothing apart. */
const MOST_SHARE = 1 / 4;
const LEAST_NEIGHBOURS = 2;

/** Parts windows that the map before holds for one: nothing pushes apart what lies on one spot. */
const PARTING_NOISE = 1e-3;

/** Windows as several views describe them. */
export interface DescribedWindows {
  readonly length: number;
  readonly views: readonly WeightedView[];
  /** Where the windows lie in the map before this one: neighbours there count as in a view, but describe nothing. */
  readonly former?: WeightedView | undefined;
}

/** What one view says of the windows. */
export interface WeightedView {
  /** Numbers of a window; 0 where the view says nothing. */
  readonly size: number;
  /** Scaled to unit total variance. */
  readonly values: Float32Array; // (length, size)
  /** What the view counts, from 0. */
  readonly weight: number;
}

export interface LayoutOfWindowsOptions {
  /** Coordinates of a place. */
  readonly size: number;
  /** Nearest windows that a window is held together with; fewer where there are not four times as many windows. */
  readonly neighbours: number;
  /** Any integer. */
  readonly seed: number;
  /** Where the windows lie in the map before this one, to begin there. @default principal components of the views */
  readonly initialPlaces?: Float32Array | undefined; // (length, size)
}

export interface LaidOutWindows {
  readonly places: Float64Array; // (length, size)
  /** Neighbours that were taken. */
  readonly neighbours: number;
  /** The views side by side, each times its weight. */
  readonly described: Float32Array; // (length, inputs)
  readonly inputs: number;
}

/**
 * Lays windows out so that those lie together that several views hold for neighbours: each view gives a graph of nearest
 * neighbours, and their sum, each with its view's weight, is laid out.
 *
 * @param random parts windows that would begin on one spot
 * @param engine whose buffers this takes, until it is disposed of
 */
export async function layOutWindows(
  windows: DescribedWindows,
  options: LayoutOfWindowsOptions,
  random: Pick<Random, 'normal'>,
  engine: RecurrentEngine,
): Promise<LaidOutWindows> {
  const { size, seed, initialPlaces } = options;
  const { length } = windows;
  const neighbours = Math.min(options.neighbours, Math.max(LEAST_NEIGHBOURS, Math.floor(length * MOST_SHARE)));
  const views = windows.views.filter((view) => view.weight > 0 && view.size > 0);
  const heard = windows.former === undefined || !(windows.former.weight > 0) ? views : [...views, windows.former];
  const { inputs, described } = sideBySide(windows);
  const places =
    initialPlaces === undefined
      ? await firstPlaces(described, length, inputs, size, random)
      : Float64Array.from(initialPlaces, (place) => place + PARTING_NOISE * random.normal());
  if (length > 1 && views.length > 0) {
    const graphs = heard.map((view) =>
      toNeighbourGraph(nearestNeighbours(view.values, length, view.size, neighbours, engine)),
    );
    const graph = sumGraphs(
      graphs,
      heard.map(({ weight }) => weight),
    );
    layoutGraph(graph, places, { size, seed });
  }
  return { places, neighbours, described, inputs };
}

function sideBySide({ length, views }: DescribedWindows): { inputs: number; described: Float32Array } {
  const inputs = views.reduce((sum, { size }) => sum + size, 0);
  const described = new Float32Array(length * inputs);
  let offset = 0;
  for (const { size, values, weight } of views) {
    for (let i = 0; i < length; i++) {
      for (let m = 0; m < size; m++) described[i * inputs + offset + m] = values[i * size + m]! * weight;
    }
    offset += size;
  }
  return { inputs, described };
}
