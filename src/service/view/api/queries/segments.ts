import type { Database } from 'node-sqlite3-wasm';
import type { SegmentRecord } from '../../../../publish/segment-record.js';
import type { SegmentAnswer, SegmentsAnswer } from '../answers.js';

/** Windows that sizes are told of. */
const WINDOWS = 60;

/** The segments in force, with their sizes of now and over time. */
export function readSegments(database: Database): SegmentsAnswer {
  const modelVersion = modelInForce(database);
  if (modelVersion === null) return { modelVersion, windowEnds: [], segments: [], former: [] };
  const windowEnds = lastWindowEnds(database, 'sizes', WINDOWS);
  const sizes = readSizes(database, windowEnds);
  const customers = countCustomers(database);
  const total = [...customers.values()].reduce((sum, count) => sum + count, 0);
  const rows = database.all('select record from segments where modelVersion = ?', modelVersion);
  const segments = rows.map(({ record }): SegmentAnswer => {
    const {
      history: _,
      overlap: __,
      size: ___,
      forecastSkill: ____,
      medoidStart: _____,
      ...known
    } = JSON.parse(record as string) as SegmentRecord;
    const { segmentId } = known;
    const count = customers.get(segmentId) ?? 0;
    return {
      ...(known as unknown as SegmentAnswer),
      // Records of earlier versions tell one name.
      madeName: known.madeName || known.name,
      customers: count,
      share: total === 0 ? 0 : count / total,
      sizes: windowEnds.map((end) => sizes.get(`${end}/${segmentId}`) ?? 0),
    };
  });
  const rank = ({ lineage, customers: count }: SegmentAnswer): number => (lineage === 'retired' ? -1 : count);
  segments.sort((a, b) => rank(b) - rank(a) || (a.segmentId < b.segmentId ? -1 : 1));
  const living = new Set(segments.filter(({ lineage }) => lineage !== 'retired').map(({ segmentId }) => segmentId));
  return { modelVersion, windowEnds, segments, former: formerSegments(database, customers, living) };
}

/** Customers who fell silent stay where their last window lay, though later models know the segment no more. */
function formerSegments(
  database: Database,
  customers: ReadonlyMap<string, number>,
  living: ReadonlySet<string>,
): SegmentsAnswer['former'] {
  const lastName = (segmentId: string): string => {
    const row = database.get('select record from segments where segmentId = ? order by id desc limit 1', segmentId);
    return row === null ? segmentId : (JSON.parse(row.record as string) as SegmentRecord).name;
  };
  return [...customers]
    .filter(([segmentId]) => !living.has(segmentId))
    .sort(([a, most], [b, more]) => more - most || (a < b ? -1 : 1))
    .map(([segmentId, count]) => ({ segmentId, name: lastName(segmentId), customers: count }));
}

/**
 * Names of segments that hold for all that is known of them: people's own, which belong to the id, and made ones that no
 * model changed. Looks change with each model, and what was called `fading` then may be `growing` now.
 */
export function lastingNames(database: Database): ReadonlyMap<string, string> {
  const rows = database.all('select record from segments order by id');
  const names = new Map<string, string | undefined>();
  for (const { record } of rows) {
    const { segmentId, name, madeName } = JSON.parse(record as string) as SegmentRecord;
    const isOwn = madeName !== undefined && madeName !== '' && madeName !== name;
    const isKept = isOwn || !names.has(segmentId) || names.get(segmentId) === name;
    names.set(segmentId, isKept ? name : undefined);
  }
  return new Map([...names].filter((entry): entry is [string, string] => entry[1] !== undefined));
}

/** Version of the model that was promoted or put into force last; the newest that has segments where nothing tells. */
export function modelInForce(database: Database): string | null {
  const told = database.get(
    `select modelVersion from modelEvents where event in ('promoted', 'reinstated') and
     modelVersion in (select modelVersion from segments) order by id desc limit 1`,
  );
  const newest = told ?? database.get('select modelVersion from segments order by id desc limit 1');
  return (newest?.modelVersion as string | undefined) ?? null;
}

/** Ends of the last windows, oldest first. */
export function lastWindowEnds(database: Database, table: 'sizes' | 'flows', most: number): number[] {
  const rows = database.all(`select distinct windowEnd from ${table} order by windowEnd desc limit ?`, most);
  return rows.map(({ windowEnd }) => Number(windowEnd)).reverse();
}

/** Customers by the segment of their latest window. */
export function countCustomers(database: Database): ReadonlyMap<string, number> {
  const rows = database.all(
    'select segmentId, count(*) as customers from customers where segmentId is not null group by segmentId',
  );
  return new Map(rows.map(({ segmentId, customers }) => [segmentId as string, Number(customers)]));
}

function readSizes(database: Database, [first = 0]: readonly number[]): ReadonlyMap<string, number> {
  const rows = database.all('select windowEnd, segmentId, windows from sizes where windowEnd >= ?', first);
  return new Map(rows.map(({ windowEnd, segmentId, windows }) => [`${windowEnd}/${segmentId}`, Number(windows)]));
}
