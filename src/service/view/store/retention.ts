import type { Database } from 'node-sqlite3-wasm';

/** How much history is kept: what is older or more goes, the oldest first. */
export interface Retention {
  /** Assignments, transitions and vectors for the map, each. @default 200000 */
  readonly rows: number;
  /** Customers whose segment of now is known; those heard of longest ago go first. @default 500000 */
  readonly customers: number;
  /** Event time behind the newest window, ms. @default Infinity */
  readonly ageMs: number;
}

export const DEFAULT_RETENTION: Retention = { rows: 200_000, customers: 500_000, ageMs: Number.POSITIVE_INFINITY };

/** Rows that grow with customers, by their age's column. */
const HISTORY = { assignments: 'windowEnd', transitions: 'windowEnd', points: 'windowEnd' } as const;
/** Rows that grow with models, reports and alerts: a tenth of the others will do. */
const RARE = { alerts: 'windowEnd', drift: 'currentEnd', segments: 'windowEnd', modelEvents: 'eventTime' } as const;
/** Sums over customers, a row for each window. */
const SUMS = { sizes: 'windowEnd', flows: 'windowEnd' } as const;

/** Windows of sums that are kept, whatever their age. */
const MOST_WINDOWS = 2_000;

/** Removes what is beyond the bounds. */
export function retain(database: Database, { rows, customers, ageMs }: Retention): void {
  const newest = Number(database.get('select max(windowEnd) as newest from sizes')?.newest ?? 0);
  const oldest = newest - ageMs;
  for (const [table, column] of Object.entries({ ...HISTORY, ...RARE })) {
    const most = table in RARE ? Math.ceil(rows / 10) : rows;
    database.run(`delete from ${table} where id <= (select id from ${table} order by id desc limit 1 offset ?)`, most);
    // The segments in force may be older than all else: they stay.
    if (Number.isFinite(oldest) && table !== 'segments')
      database.run(`delete from ${table} where ${column} < ?`, oldest);
  }
  for (const table of Object.keys(SUMS)) {
    database.run(
      `delete from ${table} where windowEnd <= (select distinct windowEnd from ${table} order by windowEnd desc limit 1 offset ?)`,
      MOST_WINDOWS,
    );
    if (Number.isFinite(oldest)) database.run(`delete from ${table} where windowEnd < ?`, oldest);
  }
  const known = Number(database.get('select count(*) as known from customers')?.known ?? 0);
  if (known > customers) {
    database.run(
      'delete from customers where customerId in (select customerId from customers order by windowEnd limit ?)',
      known - customers,
    );
  }
}
