import type { Database, JSValue } from 'node-sqlite3-wasm';
import type { AlertAnswer, AlertsAnswer } from '../answers.js';
import { readCursor, toCursor } from '../cursor.js';

export interface AlertQuery {
  readonly kind?: string | undefined;
  readonly severity?: string | undefined;
  readonly status?: string | undefined;
  readonly customerId?: string | undefined;
  readonly segmentId?: string | undefined;
  readonly limit: number;
  readonly cursor?: string | undefined;
}

const FILTERS = ['kind', 'severity', 'status', 'customerId', 'segmentId'] as const;

/** Alerts, the newest first. */
export function readAlerts(database: Database, query: AlertQuery): AlertsAnswer {
  const given = FILTERS.filter((name) => query[name] !== undefined);
  const conditions = given.map((name) => `${name} = ?`);
  const values: JSValue[] = given.map((name) => query[name]!);
  const after = readCursor(query.cursor, ['number', 'number']);
  if (after !== undefined) {
    conditions.push('(windowEnd, id) < (?, ?)');
    values.push(...after);
  }
  const where = conditions.length === 0 ? '' : `where ${conditions.join(' and ')}`;
  const rows = database.all(
    `select id, windowEnd, record from alerts ${where} order by windowEnd desc, id desc limit ?`,
    [...values, query.limit + 1],
  );
  const page = rows.slice(0, query.limit);
  const last = rows.length > query.limit ? page.at(-1) : undefined;
  return {
    alerts: page.map(({ record }) => JSON.parse(record as string) as AlertAnswer),
    next: last === undefined ? null : toCursor([Number(last.windowEnd), Number(last.id)]),
  };
}

/** Alerts that stand, by kind. */
export function countAlerts(database: Database): Record<string, number> {
  const rows = database.all("select kind, count(*) as alerts from alerts where status <> 'withdrawn' group by kind");
  return Object.fromEntries(rows.map(({ kind, alerts }) => [kind as string, Number(alerts)]));
}

/** Standing alerts of one kind about windows that ended together. */
export interface AlertCount {
  readonly windowEnd: number;
  readonly kind: string;
  readonly alerts: number;
}

/** Standing alerts by window and kind, oldest first. */
export function countAlertsOverTime(database: Database): readonly AlertCount[] {
  const rows = database.all(
    "select windowEnd, kind, count(*) as alerts from alerts where status <> 'withdrawn' group by windowEnd, kind order by windowEnd, kind",
  );
  return rows.map(({ windowEnd, kind, alerts }) => ({
    windowEnd: Number(windowEnd),
    kind: kind as string,
    alerts: Number(alerts),
  }));
}

/** The standing alerts of each kind that are farthest beyond their thresholds. */
export function strongestAlerts(database: Database, ofEach: number): readonly AlertAnswer[] {
  const rows = database.all(
    `select record from (select record, kind, json_extract(record, '$.score') / json_extract(record, '$.threshold') as excess,
     row_number() over (partition by kind order by json_extract(record, '$.score') / json_extract(record, '$.threshold') desc, id) as place
     from alerts where status <> 'withdrawn') where place <= ? order by kind, place`,
    ofEach,
  );
  return rows.map(({ record }) => JSON.parse(record as string) as AlertAnswer);
}
