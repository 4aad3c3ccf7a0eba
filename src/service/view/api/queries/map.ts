import type { Database } from 'node-sqlite3-wasm';
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

/** Where the windows that ended together lie, and in which segments. */
export function readMap(database: Database, { at, limit }: MapQuery): MapAnswer {
  const ends = database.all('select windowEnd, count(*) as n from points where x is not null group by windowEnd');
  const windowEnds = ends.map((row) => Number(row.windowEnd));
  const windowEnd = at ?? windowEnds.at(-1);
  const count = Number(ends.find((row) => Number(row.windowEnd) === windowEnd)?.n ?? 0);
  if (windowEnd === undefined || count === 0) return { ...EMPTY, windowEnds };
  const space = newestSpace(database, windowEnd);
  const rows = database.all(
    `select p.customerId, p.x, p.y, a.segmentId from points p
     left join assignments a on a.customerId = p.customerId and a.windowStart = p.windowStart
     where p.windowEnd = ? and p.space = ? and p.x is not null limit ?`,
    [windowEnd, space, limit],
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
    extent: readExtent(database, space),
    segments,
    segment: rows.map(({ segmentId }) => toNumber(segmentId as string | null)),
    x: rows.map(({ x }) => rounded(x as number)),
    y: rows.map(({ y }) => rounded(y as number)),
    customers: rows.map(({ customerId }) => customerId as string),
  };
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

/** As fine as a screen can show. */
function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}
