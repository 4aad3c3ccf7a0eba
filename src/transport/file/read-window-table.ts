import type { Readable } from 'node:stream';
import { SegtideError } from '../../errors.js';
import { hasByteOrderMark } from '../../ingest/byte-order-mark.js';
import { CsvRow, ROW_OPEN, ROW_OPEN_QUOTE } from '../../ingest/csv-row.js';
import { parseDecimal } from '../../ingest/decimal-text.js';
import { type Abortable, throwIfAborted } from '../../numeric/abortable.js';
import { MOST_TO_FLOAT32 } from '../../numeric/float32.js';
import { MASK_MISSING } from '../../window/window-batch.js';
import type { ByteFeed } from './byte-feed.js';
import { toInputError } from './file-error.js';
import { openFileFeed, openStdinFeed, STDIN } from './open-feed.js';
import { openFile } from './open-file.js';

/** Ready-made windows, one for each data row of a file. */
export interface WindowTable {
  readonly length: number;
  readonly steps: number;
  readonly channels: number;
  readonly values: Float32Array; // (length, steps, channels)
  /** 0 where the file has a number, `MASK_MISSING` where it has none. */
  readonly mask: Uint8Array; // (length, steps, channels)
  /** Text of the label column, empty where it is blank; undefined where no column was named. */
  readonly labels: readonly string[] | undefined; // (length)
}

export interface WindowTableOptions {
  /** Column that holds a class of each window. */
  readonly labelColumn?: string | undefined;
  /** Looked at between two chunks of the file. */
  readonly signal?: Abortable | undefined;
  /** What `-` reads. @default process.stdin */
  readonly stdin?: Readable | undefined;
}

/**
 * Reads ready-made windows from CSV, plain or gzipped: a header, then a row a window. Step j is in column `s<j>`, of
 * several channels that of channel i in `c<i>_s<j>`, both from 0; blank is missing. Other columns are passed over.
 *
 * Errors name a row by its number, from 0 without the header, as `segtide evaluate --assignments` writes it, and by the
 * file's line that it begins on, from 1.
 *
 * @param path `-` is standard input
 * @throws SegtideError `input` when the file can't be read, a column is missing, a cell is no number, or all labels are blank; `aborted` on
 * request
 */
export async function readWindowTable(path: string, options: WindowTableOptions = {}): Promise<WindowTable> {
  const feed =
    path === '-'
      ? openStdinFeed(options.stdin ?? process.stdin, IDLE_MS)
      : openFileFeed(await openFile({ path, format: 'csv' }, '.'), 0);
  const name = path === '-' ? STDIN : path;
  try {
    return await readTable(feed, name, options);
  } catch (cause) {
    throw toInputError(cause, name);
  } finally {
    await feed.close();
  }
}

const CHUNK_BYTES = 1 << 20;
/** A pipe in which nothing comes keeps nobody waiting longer for a stop. */
const IDLE_MS = 100;
const DELIMITER = ',';
/** Steps of a window, and channels: more than any series can have. */
const MOST = 65_535;
const LF = 0x0a;

/** Where the columns of a file go. */
interface TableColumns {
  readonly count: number;
  readonly steps: number;
  readonly channels: number;
  /** Cell within a window of each column; -1 for none. */
  readonly cells: readonly number[]; // (count)
  readonly names: readonly string[];
  /** -1 for none. */
  readonly label: number;
}

async function readTable(
  feed: ByteFeed,
  path: string,
  { labelColumn, signal }: WindowTableOptions,
): Promise<WindowTable> {
  const row = new CsvRow(DELIMITER);
  let bytes: Uint8Array<ArrayBuffer> = new Uint8Array(CHUNK_BYTES);
  let end = 0;
  let ended = false;
  let columns: TableColumns | undefined;
  let rows: TableRows | undefined;
  let line = 1;
  while (!ended) {
    throwIfAborted(signal, 'The reading');
    if (end === bytes.length) bytes = grown(bytes);
    const read = await feed.read(bytes, end, bytes.length);
    ended = read === 0;
    end += Math.max(0, read);
    let start = columns === undefined && hasByteOrderMark(bytes, 0, end) ? 3 : 0;
    while (start < end) {
      const state = row.scan(bytes, start, end);
      if (!ended && (state === ROW_OPEN || state === ROW_OPEN_QUOTE)) break;
      if (state === ROW_OPEN_QUOTE || row.broken) {
        throw refuse(path, `${place(rows, line)} has a quote that does not close`);
      }
      if (columns === undefined) {
        const names = Array.from({ length: row.length }, (_, i) => row.text(bytes, i).trim());
        columns = toColumns(names, labelColumn, path);
        rows = new TableRows(columns);
      } else if (row.end > start) {
        rows!.add(row, line, bytes, path);
      }
      line += countLines(bytes, start, row.next);
      start = row.next;
    }
    bytes.copyWithin(0, start, end);
    end -= start;
  }
  if (rows === undefined || rows.length === 0) throw refuse(path, 'it holds no windows');
  const table = rows.table();
  if (table.labels?.every((label) => label === '')) {
    throw refuse(path, `column '${labelColumn}' is blank in all ${table.length} rows; name one with labels, or none`);
  }
  return table;
}

class TableRows {
  readonly #columns: TableColumns;
  readonly #labels: string[] = [];
  #values = new Float32Array(1024);
  #mask = new Uint8Array(1024);
  length = 0;

  constructor(columns: TableColumns) {
    this.#columns = columns;
  }

  /** @param line of the file on which the row begins */
  add(row: CsvRow, line: number, bytes: Uint8Array, path: string): void {
    const { count, cells, names, label, steps, channels } = this.#columns;
    if (row.length !== count) {
      throw refuse(path, `${place(this, line)} has ${row.length} fields, the header ${count}`);
    }
    const from = this.length * steps * channels;
    while (from + steps * channels > this.#values.length) {
      this.#values = grown(this.#values);
      this.#mask = grown(this.#mask);
    }
    for (let column = 0; column < count; column++) {
      const cell = cells[column]!;
      if (cell < 0) continue;
      const start = row.starts[column]!;
      const stop = row.ends[column]!;
      const value = start === stop ? undefined : parseDecimal(bytes, start, stop);
      if (value !== undefined && Math.abs(value) <= MOST_TO_FLOAT32) {
        this.#values[from + cell] = value;
        continue;
      }
      const text = row.text(bytes, column);
      if (text.trim() !== '') {
        throw refuse(
          path,
          `${place(this, line)}, column ${names[column]}: '${text}' is no number that a series can hold`,
        );
      }
      this.#mask[from + cell] = MASK_MISSING;
    }
    if (label >= 0) this.#labels.push(row.text(bytes, label).trim());
    this.length++;
  }

  table(): WindowTable {
    const { steps, channels, label } = this.#columns;
    const cells = this.length * steps * channels;
    return {
      length: this.length,
      steps,
      channels,
      values: this.#values.slice(0, cells),
      mask: this.#mask.slice(0, cells),
      labels: label < 0 ? undefined : this.#labels,
    };
  }
}

function toColumns(names: readonly string[], labelColumn: string | undefined, path: string): TableColumns {
  const places = names.map((name) => /^(?:c(\d+)_)?s(\d+)$/.exec(name));
  const beyond = names.find((_, i) => places[i]?.slice(1).some((number) => Number(number) >= MOST));
  if (beyond !== undefined) {
    throw refuse(path, `column ${beyond} is beyond the most that windows can have, ${MOST} steps and as many channels`);
  }
  const found = places.filter((match) => match !== null);
  if (found.length === 0) {
    throw refuse(path, 'it has no columns s0, s1 … (or c0_s0, c0_s1 … for several channels)');
  }
  const single = names.find((_, i) => places[i] && places[i][1] === undefined);
  const several = names.find((_, i) => places[i]?.[1] !== undefined);
  if (single !== undefined && several !== undefined) {
    throw refuse(
      path,
      `columns ${single} and ${several} name steps in two ways; name them s0, s1 … where there is one channel, and c0_s0, c1_s0 … where there are several`,
    );
  }
  const channels = 1 + Math.max(...found.map((match) => Number(match[1] ?? 0)));
  const steps = 1 + Math.max(...found.map((match) => Number(match[2])));
  const cells = places.map((match) => (match === null ? -1 : Number(match[2]) * channels + Number(match[1] ?? 0)));
  const columnOf = new Map<number, string>();
  for (const [i, cell] of cells.entries()) {
    if (cell < 0) continue;
    const other = columnOf.get(cell);
    if (other !== undefined) throw refuse(path, `columns ${other} and ${names[i]} are the same step; rename one`);
    columnOf.set(cell, names[i]!);
  }
  const shape = channels > 1 ? `${steps} × ${channels} (steps × channels)` : `${steps} steps`;
  for (let cell = 0; cell < steps * channels; cell++) {
    if (columnOf.has(cell)) continue;
    const step = `s${Math.floor(cell / channels)}`;
    const name = channels > 1 ? `c${cell % channels}_${step}` : step;
    throw refuse(path, `it has no column ${name}; its other columns make windows of ${shape}`);
  }
  const label = labelColumn === undefined ? -1 : names.indexOf(labelColumn);
  if (labelColumn !== undefined && label < 0) {
    const others = names.filter((_, i) => cells[i]! < 0);
    throw refuse(path, `it has no column '${labelColumn}'; beside the steps it has ${others.join(', ') || 'none'}`);
  }
  if (label !== names.lastIndexOf(labelColumn ?? '')) {
    throw refuse(path, `it has several columns '${labelColumn}', of which one can be the label; rename the others`);
  }
  if (label >= 0 && cells[label]! >= 0) {
    throw refuse(
      path,
      `column '${labelColumn}' is a step of the windows, so it can't be their label; name another column`,
    );
  }
  return { count: names.length, steps, channels, cells, names, label };
}

function grown<T extends Float32Array<ArrayBuffer> | Uint8Array<ArrayBuffer>>(array: T): T {
  const wider = new (array.constructor as new (length: number) => T)(2 * array.length);
  wider.set(array);
  return wider;
}

function place(rows: { readonly length: number } | undefined, line: number): string {
  return rows === undefined ? 'the header' : `row ${rows.length} (line ${line})`;
}

/** Lines that end in a part of the bytes. */
function countLines(bytes: Uint8Array, start: number, end: number): number {
  let lines = 0;
  for (let at = bytes.indexOf(LF, start); at >= 0 && at < end; at = bytes.indexOf(LF, at + 1)) lines++;
  return lines;
}

function refuse(path: string, text: string): SegtideError {
  return new SegtideError('input', `${path}: ${text}`, { context: { path } });
}
