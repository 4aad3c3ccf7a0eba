import { parentPort } from 'node:worker_threads';
import { fitLandmarkMap } from '../../../encode/neighbours/fit-landmark-map.js';
import { createPlaceReader, type PlaceReader } from '../../../encode/neighbours/landmark-map.js';
import { openEngine } from '../../../encode/vrae/engines/open-engine.js';
import { MOST_LAID_OUT, type PlaceAnswer, type PlacedVectors, type PlaceOrder } from './neighbour-places.js';

// Lays spaces out in two dimensions, and places vectors on them, in the order in which it is asked.

const ROWS = 256;
const SEED = 42;

interface Layout {
  readonly reader: PlaceReader;
  readonly extent: readonly number[];
}

const port = parentPort!;
const { engine } = await openEngine('auto');
const layouts = new Map<string, Layout>();
let last: Promise<void> = Promise.resolve();
port.on('message', (order: PlaceOrder) => {
  last = last.then(async () => port.postMessage(await answer(order)));
});

async function answer(order: PlaceOrder): Promise<PlaceAnswer> {
  try {
    return { id: order.id, ...(await place(order)) };
  } catch (error) {
    return { id: order.id, failure: (error as Error).message };
  }
}

async function place({ space, sample, vectors }: PlaceOrder): Promise<PlacedVectors> {
  if (sample !== undefined) layouts.set(space, await layOut(sample));
  const { reader, extent } = layouts.get(space)!;
  const { length, size, values } = vectors;
  const places = new Float32Array(length * 2);
  for (let from = 0; from < length; from += ROWS) {
    const rows = Math.min(ROWS, length - from);
    reader.inputs.values.set(values.subarray(from * size, (from + rows) * size));
    reader.place(rows, places.subarray(from * 2));
  }
  return { places, extent };
}

async function layOut({ length, size, values }: { length: number; size: number; values: Float32Array }) {
  const views = [{ size, values, weight: 1 }];
  const options = { size: 2, landmarks: MOST_LAID_OUT, seed: SEED };
  const map = await fitLandmarkMap({ length, views }, options, engine);
  const extent = [Infinity, -Infinity, Infinity, -Infinity];
  for (let i = 0; i < map.places.length; i++) {
    const axis = 2 * (i % 2);
    extent[axis] = Math.min(extent[axis]!, map.places[i]!);
    extent[axis + 1] = Math.max(extent[axis + 1]!, map.places[i]!);
  }
  return { reader: createPlaceReader(map, engine, ROWS), extent };
}
