import type { Database, JSValue, Statement } from 'node-sqlite3-wasm';

/** Rows of one table, written many at a time. */
export interface RowWriter {
  /** @param rows values in the order of the columns */
  write(rows: readonly (readonly JSValue[])[]): void;
  close(): void;
}

/** Rows of one statement: each more costs a little less, and SQLite takes 32,766 values at most. */
const AT_ONCE = 40;

/**
 * @param conflict what is done with a row whose key is there already, as SQL
 */
export function createRowWriter(
  database: Database,
  table: string,
  columns: readonly string[],
  conflict: string,
): RowWriter {
  const row = `(${columns.map(() => '?').join(',')})`;
  const names = columns.map((name) => `"${name}"`).join(',');
  const prepare = (rows: number): Statement =>
    database.prepare(`insert into ${table} (${names}) values ${Array(rows).fill(row).join(',')} ${conflict}`);
  const one = prepare(1);
  const many = prepare(AT_ONCE);
  return {
    write(rows) {
      let i = 0;
      for (; i + AT_ONCE <= rows.length; i += AT_ONCE) many.run(rows.slice(i, i + AT_ONCE).flat());
      for (; i < rows.length; i++) one.run([...rows[i]!]);
    },
    close() {
      one.finalize();
      many.finalize();
    },
  };
}
