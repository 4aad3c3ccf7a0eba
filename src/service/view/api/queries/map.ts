import type { Database } from 'node-sqlite3-wasm';
import { unitHash } from '../../../../numeric/unit-hash.js';
import { MOST_LAID_OUT, type NeighbourPlaces, type VectorTable } from '../../neighbours/neighbour-places.js';
import type { MapAnswer } from '../answers.js';

const EMPTY: MapAnswer = {
  windowEnd: null,
  windowEnds: [],
  space: null,
  extent: null,
  segments: [],
  x: [],
  y: [],
  segment: [],
  customers: [],
};

export interface MapQuery {
  /** End of the windows that are shown; left out, the latest. */
  readonly at?: number | undefined;
  /** Most points; beyond them a share of the customers is shown, the same ones in each window. */
  readonly limit: number;
}

/** Where the windows that ended together lie, and in which segments: in the plane of the two directions of most variance. */
export function readMap(database: Database, query: MapQuery): MapAnswer {
  const { points, ...answer } = readPoints(database, query);
  return {
    ...answer,
    extent: answer.space === null ? null : readExtent(database, answer.space),
    x: points.map(({ x }) => rounded(x)),
    y: points.map(({ y }) => rounded(y)),
  };
}

/** As `readMap`, laid out so that neighbours in the space of all directions lie together, whatever the plane shows. */
export async function readNeighbourMap(
  database: Database,
  query: MapQuery,
  neighbours: NeighbourPlaces,
): Promise<MapAnswer> {
  const { points, ...answer } = readPoints(database, query);
  const { space } = answer;
  if (space === null) return { ...answer, extent: null, x: [], y: [] };
  const vectors = toTable(points.map(({ vector }) => vector));
  const known = Number(database.get('select count(*) as n from points where space = ?', space)!.n);
  const { places, extent } = await neighbours.of(space, vectors, known, () => readSample(database, space, known));
  return {
    ...answer,
    extent: [...extent],
    x: points.map((_, i) => rounded(places[2 * i]!)),
    y: points.map((_, i) => rounded(places[2 * i + 1]!)),
  };
}

interface Point {
  readonly x: number;
  readonly y: number;
  readonly vector: Uint8Array;
}

type PointsAnswer = Omit<MapAnswer, 'x' | 'y' | 'extent'> & { readonly points: readonly Point[] };

function readPoints(database: Database, { at, limit }: MapQuery): PointsAnswer {
  const ends = database.all('select windowEnd, count(*) as n from points where x is not null group by windowEnd');
  const windowEnds = ends.map((row) => Number(row.windowEnd));
  const windowEnd = at ?? windowEnds.at(-1);
  const count = Number(ends.find((row) => Number(row.windowEnd) === windowEnd)?.n ?? 0);
  if (windowEnd === undefined || count === 0) return { ...EMPTY, windowEnds, points: [] };
  const space = newestSpace(database, windowEnd);
  const rows = database.all(
    `select p.customerId, p.x, p.y, p.vector, a.segmentId from points p
     left join assignments a on a.customerId = p.customerId and a.windowStart = p.windowStart
     where p.windowEnd = ? and p.space = ? and p.x is not null and (? or p.id in (select value from json_each(?)))`,
    [windowEnd, space, count <= limit ? 1 : 0, count <= limit ? '[]' : drawPoints(database, windowEnd, space, limit)],
  );
  const segments: (string | null)[] = [];
  const numberOf = new Map<string | null, number>();
  const toNumber = (segmentId: string | null): number => {
    if (!numberOf.has(segmentId)) numberOf.set(segmentId, segments.push(segmentId) - 1);
    return numberOf.get(segmentId)!;
  };
  return {
    windowEnd,
    windowEnds,
    space,
    segments,
    segment: rows.map(({ segmentId }) => toNumber(segmentId as string | null)),
    customers: rows.map(({ customerId }) => customerId as string),
    points: rows as unknown as readonly Point[],
  };
}

/** Ids as JSON: of the customers whose hashes are smallest, whatever order they came in, as that may go by segment. */
function drawPoints(database: Database, windowEnd: number, space: string, limit: number): string {
  const rows = database.all('select id, customerId from points where windowEnd = ? and space = ? and x is not null', [
    windowEnd,
    space,
  ]);
  const drawn = rows.map(({ id, customerId }) => ({ id: Number(id), hash: unitHash(customerId as string, 0, 0) }));
  drawn.sort((a, b) => a.hash - b.hash);
  return JSON.stringify(drawn.slice(0, limit).map(({ id }) => id));
}

/** Windows that end together lie in two spaces where the model changed between them. */
function newestSpace(database: Database, windowEnd: number): string {
  return database.get('select space from points where windowEnd = ? order by id desc limit 1', windowEnd)!
    .space as string;
}

/** Of the space, and not of one window, so that what moves is seen to move. */
function readExtent(database: Database, space: string): number[] {
  const row = database.get(
    'select min(x) as x0, max(x) as x1, min(y) as y0, max(y) as y1 from points where space = ?',
    space,
  )!;
  return [row.x0, row.x1, row.y0, row.y1].map(Number);
}

/** Vectors from all windows of a space. */
function readSample(database: Database, space: string, known: number): VectorTable {
  const every = Math.ceil(known / MOST_LAID_OUT);
  const rows = database.all('select vector from points where space = ? and id % ? = 0 limit ?', [
    space,
    every,
    MOST_LAID_OUT,
  ]);
  return toTable(rows.map(({ vector }) => vector as Uint8Array));
}

function toTable(vectors: readonly Uint8Array[]): VectorTable {
  const size = (vectors[0]?.byteLength ?? 0) / Float32Array.BYTES_PER_ELEMENT;
  const values = new Float32Array(vectors.length * size);
  const bytes = new Uint8Array(values.buffer);
  vectors.forEach((vector, i) => {
    bytes.set(vector, i * vector.byteLength);
  });
  return { length: vectors.length, size, values };
}

/** As fine as a screen can show. */
function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}
