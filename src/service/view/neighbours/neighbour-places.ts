import { toWorker } from '../../../numeric/worker.js';

/** Where vectors lie on a map that keeps neighbours together, worked out in a thread of its own. */
export interface NeighbourPlaces {
  /**
   * Places of vectors of one space. What a space is laid out by is kept, so that what moves on the map has moved in the
   * space, until there are four times as many vectors, or as many as a layout takes.
   *
   * @param known how many vectors of the space there are
   * @param sample some vectors of the space, `MOST_LAID_OUT` at most, which it is laid out by
   */
  of(space: string, vectors: VectorTable, known: number, sample: () => VectorTable): Promise<PlacedVectors>;
  close(): Promise<void>;
}

export interface VectorTable {
  readonly length: number;
  readonly size: number;
  readonly values: Float32Array; // (length, size)
}

export interface PlacedVectors {
  readonly places: Float32Array; // (length, 2)
  /** Least and most x, least and most y, of the layout. */
  readonly extent: readonly number[];
}

/** Vectors that a layout takes at most: more would not be told apart on a screen, and take seconds. */
export const MOST_LAID_OUT = 2048;

/** What the thread is asked. */
export interface PlaceOrder {
  readonly id: number;
  readonly space: string;
  /** Lays the space out anew. */
  readonly sample: VectorTable | undefined;
  readonly vectors: VectorTable;
}

/** What the thread answers. */
export type PlaceAnswer = { readonly id: number } & (PlacedVectors | { readonly failure: string });

/** The thread is started when it is first asked. */
export function createNeighbourPlaces(): NeighbourPlaces {
  const waiting = new Map<number, { resolve(placed: PlacedVectors): void; reject(error: Error): void }>();
  /** Vectors that each space was laid out by. */
  const laidOut = new Map<string, number>();
  let orders = 0;
  let thread: ReturnType<typeof toWorker> | undefined;

  const start = (): ReturnType<typeof toWorker> => {
    const started = toWorker(new URL('./neighbour-thread.js', import.meta.url), undefined);
    started.on('message', (answer: PlaceAnswer) => {
      const asked = waiting.get(answer.id);
      waiting.delete(answer.id);
      if ('failure' in answer) asked?.reject(new Error(answer.failure));
      else asked?.resolve(answer);
    });
    const end = (error: Error): void => {
      thread = undefined;
      laidOut.clear();
      for (const { reject } of waiting.values()) reject(error);
      waiting.clear();
    };
    started.on('error', end);
    started.on('exit', () => end(new Error('the thread that lays out the map has ended')));
    return started;
  };

  return {
    of(space, vectors, known, sample) {
      thread ??= start();
      const before = laidOut.get(space);
      const isDue = before === undefined || (before < MOST_LAID_OUT && known >= 4 * before);
      const order: PlaceOrder = { id: orders++, space, vectors, sample: isDue ? sample() : undefined };
      if (order.sample !== undefined) laidOut.set(space, order.sample.length);
      const placed = new Promise<PlacedVectors>((resolve, reject) => waiting.set(order.id, { resolve, reject }));
      thread.postMessage(order);
      return placed;
    },
    async close() {
      await thread?.terminate();
    },
  };
}
