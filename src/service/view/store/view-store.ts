import { rmSync, statSync } from 'node:fs';
import sqlite, { type Database } from 'node-sqlite3-wasm';
import { SegtideError } from '../../../errors.js';
import type { AssignmentRecord } from '../../../publish/assignment-record.js';
import type { EmbeddingRecord } from '../../../publish/embedding-record.js';
import type { TransitionRecord } from '../../../publish/transition-record.js';
import { createKeyedCustomers, type KeyedCustomers } from '../../keyed-customers.js';
import { createPoints } from './points.js';
import {
  ALERT_ROWS,
  ASSIGNMENT_ROWS,
  CUSTOMER_ROWS,
  DRIFT_ROWS,
  MODEL_EVENT_ROWS,
  type RecordRows,
  SEGMENT_ROWS,
  TRANSITION_ROWS,
} from './record-rows.js';
import { DEFAULT_RETENTION, type Retention, retain } from './retention.js';
import { createRowWriter, type RowWriter } from './row-writer.js';
import { TABLES_OF, VIEW_OUTPUTS, VIEW_SCHEMA } from './view-schema.js';

/** What the view knows: a bounded history of a run's outputs, in an embedded database. */
export interface ViewStore {
  readonly database: Database;
  /** Counts the changes of an output's tables, so that whoever has read them knows whether to read them again. */
  revision(output: string): number;
  /**
   * Takes records of one output, all or none, and with them the position in its source from which to go on.
   *
   * @param position whatever the source likes
   */
  write(output: string, records: readonly unknown[], position: string): Promise<void>;
  /** The position after the last records of an output; undefined where there are none. */
  position(output: string): string | undefined;
  /** Forgets an output, which is then read from its beginning. */
  forget(output: string): void;
  close(): void;
}

/** Rows between two looks at the bounds. */
const RETAIN_EVERY = 20_000;

/**
 * Opens the database, in memory where no path is given.
 *
 * @throws SegtideError `state` where it can't be opened
 */
export function openViewStore(
  path = ':memory:',
  retention: Retention = DEFAULT_RETENTION,
  customers: KeyedCustomers = createKeyedCustomers(undefined),
): ViewStore {
  const database = open(path);
  const revisions = new Map<string, number>();
  const touch = (output: string): void => {
    revisions.set(output, (revisions.get(output) ?? 0) + 1);
  };
  const takers = createTakers(database);
  const points = createPoints(database);
  const noted = database.prepare(
    'insert into outputs values (?, ?, ?) on conflict (output) do update set records = records + excluded.records, position = excluded.position',
  );
  let unretained = 0;

  /** All or none: a position must never be ahead of its records. */
  function atomic(change: () => void): void {
    database.exec('begin');
    try {
      change();
      database.exec('commit');
    } catch (error) {
      database.exec('rollback');
      throw error;
    }
  }

  return {
    database,
    revision: (output) => revisions.get(output) ?? 0,
    async write(output, given, position) {
      const records = given.map((record) => customers.hide(output, record));
      atomic(() => {
        if (output === 'embeddings') points.write(records as readonly EmbeddingRecord[]);
        else takers.get(output)?.(records);
        noted.run([output, records.length, position]);
        unretained += records.length;
        if (unretained < RETAIN_EVERY) return;
        unretained = 0;
        retain(database, retention);
      });
      if (output === 'embeddings') await points.settle();
      touch(output);
    },
    position(output) {
      return database.get('select position from outputs where output = ?', output)?.position as string | undefined;
    },
    forget(output) {
      atomic(() => {
        for (const table of TABLES_OF[output] ?? []) database.run(`delete from ${table}`);
        database.run('delete from outputs where output = ?', output);
      });
      if (output === 'embeddings') points.forget();
      touch(output);
    },
    close() {
      noted.finalize();
      points.close();
      for (const taker of takers.values()) taker.close();
      database.close();
    },
  };
}

function open(path: string): Database {
  if (path !== ':memory:') removeStaleLock(`${path}.lock`);
  try {
    const database = new sqlite.Database(path);
    // What is lost can be read again from the outputs: a sync at each commit would cost more than it saves.
    database.exec('pragma journal_mode = truncate; pragma synchronous = off; pragma temp_store = memory');
    database.exec(VIEW_SCHEMA);
    return database;
  } catch (cause) {
    const text = `The view's database ${path} can't be opened: ${(cause as Error).message}. Remove it, and it is made anew from the outputs.`;
    throw new SegtideError('state', text, { cause, context: { path } });
  }
}

/**
 * The database is locked by a folder beside it, which a process that was killed within a transaction leaves behind. Transactions
 * take milliseconds: a lock that stays is nobody's.
 */
function removeStaleLock(path: string): void {
  const look = () => statSync(path, { throwIfNoEntry: false });
  let lock = look();
  while (lock !== undefined && Date.now() - lock.mtimeMs <= STALE_MS) {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50);
    lock = look();
  }
  if (lock !== undefined) rmSync(path, { recursive: true });
}

const STALE_MS = 2000;

type Taker = ((records: readonly unknown[]) => void) & { close(): void };

/** What is done with the records of each output. */
function createTakers(database: Database): ReadonlyMap<string, Taker> {
  const rowsOf = <T>({ table, columns, conflict, toRow }: RecordRows<T>): Taker => {
    const writer: RowWriter = createRowWriter(database, table, columns, conflict);
    const take = (records: readonly unknown[]): void => writer.write((records as readonly T[]).map(toRow));
    return Object.assign(take, { close: () => writer.close() });
  };
  const all = (...takers: readonly Taker[]): Taker =>
    Object.assign(
      (records: readonly unknown[]) => {
        for (const take of takers) take(records);
      },
      {
        close: () => {
          for (const taker of takers) taker.close();
        },
      },
    );
  const takers: Record<string, Taker> = {
    assignments: all(rowsOf(ASSIGNMENT_ROWS), rowsOf(CUSTOMER_ROWS), sumOf(database, SIZES)),
    transitions: all(rowsOf(TRANSITION_ROWS), sumOf(database, FLOWS)),
    segments: rowsOf(SEGMENT_ROWS),
    drift: rowsOf(DRIFT_ROWS),
    alerts: rowsOf(ALERT_ROWS),
    'model-events': rowsOf(MODEL_EVENT_ROWS),
  };
  return new Map(VIEW_OUTPUTS.flatMap((output) => (takers[output] ? [[output, takers[output]]] : [])));
}

interface Sum<T> {
  readonly table: string;
  readonly keys: readonly string[];
  readonly counter: string;
  readonly counts: (record: T) => boolean;
}

/** First results alone: a revision is no second window. */
const SIZES: Sum<AssignmentRecord> = {
  table: 'sizes',
  keys: ['windowEnd', 'segmentId'],
  counter: 'windows',
  counts: ({ final, revision, segmentId }) => final && revision === 0 && segmentId !== null,
};

const FLOWS: Sum<TransitionRecord> = {
  table: 'flows',
  keys: ['windowEnd', 'from', 'to', 'cause'],
  counter: 'customers',
  counts: () => true,
};

/** Counts records by some of their fields, and adds the counts up in a table. */
function sumOf<T>(database: Database, { table, keys, counter, counts }: Sum<T>): Taker {
  const conflict = `on conflict (${keys.map((key) => `"${key}"`).join(',')}) do update set ${counter} = ${counter} + excluded.${counter}`;
  const writer = createRowWriter(database, table, [...keys, counter], conflict);
  const take = (records: readonly unknown[]): void => {
    const sums = new Map<string, (string | number)[]>();
    for (const record of records as readonly (T & Record<string, string | number>)[]) {
      if (!counts(record)) continue;
      const values = keys.map((key) => record[key]!);
      const row = sums.get(values.join('\n'));
      if (row === undefined) sums.set(values.join('\n'), [...values, 1]);
      else row[keys.length] = Number(row[keys.length]) + 1;
    }
    writer.write([...sums.values()]);
  };
  return Object.assign(take, { close: () => writer.close() });
}
