import type { Database } from 'node-sqlite3-wasm';
import type { ModelEventsAnswer } from '../answers.js';
import { readCursor, toCursor } from '../cursor.js';

/** What became of models, the newest first. */
export function readModelEvents(
  database: Database,
  { limit, cursor }: { readonly limit: number; readonly cursor?: string | undefined },
): ModelEventsAnswer {
  const [before = Number.MAX_SAFE_INTEGER] = readCursor(cursor, ['number']) ?? [];
  const rows = database.all('select id, record from modelEvents where id < ? order by id desc limit ?', [
    before,
    limit + 1,
  ]);
  const page = rows.slice(0, limit);
  const last = rows.length > limit ? page.at(-1) : undefined;
  return {
    events: page.map(({ record }) => JSON.parse(record as string) as ModelEventsAnswer['events'][number]),
    next: last === undefined ? null : toCursor([Number(last.id)]),
  };
}
