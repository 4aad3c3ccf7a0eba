import type { Database } from 'node-sqlite3-wasm';
import type { CustomerAnswer, CustomersAnswer } from '../answers.js';
import { readCursor, toCursor } from '../cursor.js';
import { readAlerts } from './alerts.js';

export interface CustomersQuery {
  /** What their ids begin with. */
  readonly prefix?: string | undefined;
  readonly segmentId?: string | undefined;
  readonly limit: number;
  readonly cursor?: string | undefined;
}

/** Customers by id. */
export function readCustomers(database: Database, query: CustomersQuery): CustomersAnswer {
  const { prefix = '', segmentId, limit, cursor } = query;
  const [after] = readCursor(cursor, ['string']) ?? [''];
  const rows = database.all(
    `select customerId, segmentId, windowEnd from customers where customerId > ? and customerId >= ? and customerId < ?
     ${segmentId === undefined ? '' : 'and segmentId = ?'} order by customerId limit ?`,
    [after!, prefix, `${prefix}\u{10ffff}`, ...(segmentId === undefined ? [] : [segmentId]), limit + 1],
  ) as unknown as CustomersAnswer['customers'];
  const page = rows.slice(0, limit);
  return { customers: page, next: rows.length > limit ? toCursor([page.at(-1)!.customerId]) : null };
}

/** What a segment was called under a model; null where its record is not known. */
function nameOf(segment: string, model: string): string {
  return `(select json_extract(record, '$.name') from segments where segmentId = moves.${segment} and
    modelVersion = moves.${model})`;
}

/** Windows, moves and alerts of a customer that are told. */
const MOST = 500;

/** A customer's segment of now, and how it came there; undefined for one who is not known. */
export function readCustomer(database: Database, customerId: string): CustomerAnswer | undefined {
  const now = database.get('select * from customers where customerId = ?', customerId);
  if (now === null) return undefined;
  const rows = database.all(
    `select windowStart, windowEnd, revision, final, segmentId, margin, distance, confidence, reconstructionError,
     observedSteps, inactive, status, modelVersion from assignments where customerId = ? order by windowStart desc limit ?`,
    [customerId, MOST],
  );
  const assignments = rows.reverse().map((row) => ({ ...row, final: row.final === 1, inactive: row.inactive === 1 }));
  const transitions = database.all(
    `select windowStart, windowEnd, "from", "to", ${nameOf('"from"', 'previousModelVersion')} as fromName,
     ${nameOf('"to"', 'modelVersion')} as toName, cause, modelVersion, previousModelVersion, margin, previousMargin
     from transitions as moves where customerId = ? order by windowStart desc limit ?`,
    [customerId, MOST],
  );
  return {
    ...(now as unknown as Pick<CustomerAnswer, 'customerId' | 'segmentId' | 'windowStart' | 'windowEnd'>),
    assignments: assignments as unknown as CustomerAnswer['assignments'],
    transitions: transitions.reverse() as unknown as CustomerAnswer['transitions'],
    alerts: readAlerts(database, { customerId, limit: MOST }).alerts,
  };
}
