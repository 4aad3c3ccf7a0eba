import { readdir, readFile, rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { SegtideError } from '../../errors.js';
import type { Sink } from '../../ports.js';
import type { Output } from '../../publish/output.js';
import { toInputError, toOutputError } from './file-error.js';
import { type ParquetColumns, toParquetColumns } from './parquet-columns.js';
import { writeWholeFile } from './write-whole-file.js';

export interface ParquetSinkOptions {
  /** Records of one file, from 1; so many wait in memory. @default 20_000 */
  readonly partRows?: number;
  /**
   * Goes on behind so many of the records that the folder holds, as a checkpoint counts them; what came after them is
   * removed, to be written again. @default 0
   */
  readonly from?: number;
}

/** Parquet files in a folder: `part-00001.parquet` and so on. */
export interface ParquetSink<T> extends Sink<T> {
  readonly folder: string;
  /** Records that were ever given to `write`. After a flush they are on disk. */
  rows(): number;
  /**
   * Removes all records but the first, so that a resumed run writes the rest again.
   *
   * @throws SegtideError 'state' when there are not so many
   */
  truncateTo(rows: number): Promise<void>;
}

/**
 * Writes records as Parquet files in a folder, which is made with the first of them.
 *
 * Files are cut by the number of records alone, so that the same records are the same bytes, however they were batched
 * and whenever they were flushed. Each is a whole Parquet file at any time: it is written beside its place, fsynced and
 * renamed. A flush writes the last one with what there is of it, and the next flush replaces it by a longer one. After an
 * error the sink takes nothing more.
 *
 * hyparquet-writer is loaded by the first call.
 *
 * @throws SegtideError 'output' that names the folder when it can't be used; 'state' when it holds fewer records than `from`
 */
export async function createParquetSink<T extends object>(
  folder: string,
  output: Output<T>,
  { partRows = 20_000, from = 0 }: ParquetSinkOptions = {},
): Promise<ParquetSink<T>> {
  if (!Number.isSafeInteger(partRows) || partRows < 1) {
    throw new SegtideError('config', `\`partRows\` must be a whole number of at least 1; got ${partRows}`);
  }
  const sink = new PartSink<T>(folder, toParquetColumns(output.schema), partRows);
  await sink.truncateTo(from);
  return sink;
}

class PartSink<T extends object> implements ParquetSink<T> {
  readonly folder: string;
  readonly #columns: ParquetColumns;
  readonly #partRows: number;
  /** Full parts, which are never touched again. */
  #parts = 0;
  /** Records of the part that is being filled. */
  #filling: T[] = [];
  /** Of those, how many are on disk. */
  #saved = 0;
  #rows = 0;
  #failure: SegtideError | undefined;
  /** Steps run one after the other, whether callers wait for them or not. */
  #last: Promise<void> = Promise.resolve();
  #closed: Promise<void> | undefined;

  constructor(folder: string, columns: ParquetColumns, partRows: number) {
    this.folder = folder;
    this.#columns = columns;
    this.#partRows = partRows;
  }

  async write(batch: readonly T[]): Promise<void> {
    this.#check();
    this.#rows += batch.length;
    await this.#step(async () => {
      for (const record of batch) {
        this.#filling.push(record);
        if (this.#filling.length === this.#partRows) await this.#finishPart();
      }
    });
  }

  async flush(): Promise<void> {
    this.#check();
    await this.#step(() => this.#save());
  }

  rows(): number {
    return this.#rows;
  }

  async truncateTo(rows: number): Promise<void> {
    this.#check();
    await this.#step(async () => {
      const parts = Math.floor(rows / this.#partRows);
      const kept = rows % this.#partRows;
      const names = await this.#list();
      const filling = kept === 0 ? [] : await this.#read(parts + 1, kept);
      const held = new Set(names);
      for (let part = 1; part <= parts; part++) if (!held.has(toName(part))) throw this.#missing(part);
      // The part that is cut short stays until it is written again: it begins with the same records.
      for (const name of names) if (!isAmong(name, parts + (kept > 0 ? 1 : 0))) await rm(join(this.folder, name));
      if (rows === 0) await rmdir(this.folder).catch(() => undefined); // gone already, or it holds files of others
      this.#parts = parts;
      this.#filling = filling;
      this.#saved = 0;
      this.#rows = rows;
    });
  }

  close(): Promise<void> {
    this.#closed ??= this.#failure === undefined ? this.#step(() => this.#save()) : this.#last;
    return this.#closed;
  }

  #check(): void {
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#closed !== undefined) {
      throw new SegtideError('output', `${this.folder} is closed and takes no further records.`, {
        context: { path: this.folder },
      });
    }
  }

  #step(run: () => Promise<void>): Promise<void> {
    const step = this.#last
      .then(() => {
        if (this.#failure !== undefined) throw this.#failure;
        return run();
      })
      .catch((cause: unknown) => {
        this.#failure ??= toOutputError(cause, this.folder);
        throw this.#failure;
      });
    this.#last = step.catch(() => {});
    return step;
  }

  async #finishPart(): Promise<void> {
    await this.#save();
    this.#parts++;
    this.#filling = [];
    this.#saved = 0;
  }

  async #save(): Promise<void> {
    if (this.#saved === this.#filling.length) return;
    const bytes = await encode(this.#columns, this.#filling);
    await writeWholeFile(join(this.folder, toName(this.#parts + 1)), bytes);
    this.#saved = this.#filling.length;
  }

  /** The parts that are there, and what a crash left of one that was being written. */
  async #list(): Promise<string[]> {
    const names = await readdir(this.folder).catch((cause: NodeJS.ErrnoException) => {
      if (cause.code === 'ENOENT') return [];
      throw cause;
    });
    return names.filter((name) => PART.test(name));
  }

  /** The first records of a part. */
  async #read(part: number, rows: number): Promise<T[]> {
    const path = join(this.folder, toName(part));
    const { parquetReadObjects } = await import('hyparquet');
    const bytes = await readFile(path).catch((cause: NodeJS.ErrnoException) => {
      throw cause.code === 'ENOENT' ? this.#missing(part) : toInputError(cause, path);
    });
    const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length);
    const read = await parquetReadObjects({ file, rowEnd: rows }).catch(() => []);
    if (read.length < rows) throw this.#missing(part);
    return read.map((row) => this.#columns.toRecord(row) as T);
  }

  #missing(part: number): SegtideError {
    const path = join(this.folder, toName(part));
    const text = `${path} does not hold the records that the checkpoint counts on: it was changed or removed since.`;
    return new SegtideError('state', `${text} Start afresh in a new output folder.`, { context: { path } });
  }
}

/** Rows are laid out in groups of so many: readers skip by them, and the event loop has a turn between two. */
const GROUP_ROWS = 2048;

async function encode(columns: ParquetColumns, records: readonly object[]): Promise<Uint8Array> {
  const { ByteWriter, parquetWrite } = await import('hyparquet-writer');
  const writer = Object.assign(new ByteWriter(), { flush: () => nextTurn() });
  await parquetWrite({
    writer,
    schema: [...columns.elements],
    columnData: columns.names.map((name) => ({
      name,
      data: columns.toCells(name, records as readonly Readonly<Record<string, unknown>>[]),
    })),
    rowGroupSize: GROUP_ROWS,
    createdBy: 'segtide',
  });
  return writer.getBytes();
}

const PART = /^part-(\d{5,})\.parquet(\.part)?$/;

function toName(part: number): string {
  return `part-${String(part).padStart(5, '0')}.parquet`;
}

function isAmong(name: string, parts: number): boolean {
  const [, digits, passing] = PART.exec(name)!;
  return passing === undefined && Number(digits) <= parts;
}
