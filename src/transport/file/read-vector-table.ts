import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { SegtideError } from '../../errors.js';
import { CsvRow } from '../../ingest/csv-row.js';
import { toInputError } from './file-error.js';
import type { InputFile } from './input-files.js';
import { openFile } from './open-file.js';
import { readParquetObjects } from './read-parquet-objects.js';

/** A record of a file of vectors; of CSV all values are text. */
type VectorRecord = Readonly<Record<string, unknown>>;

/** Vectors, one for each record of one or several files. */
export interface VectorTable {
  readonly length: number;
  readonly size: number;
  /** NaN all along where a record has no vector, or one with a hole. */
  readonly values: Float32Array; // (length, size)
  /** `customerId`, or `customer`, or `id`; null where there is none. */
  readonly customers: readonly (string | null)[];
  /** `windowStart` and `windowEnd`, epoch ms; NaN where there are none. */
  readonly starts: Float64Array;
  readonly ends: Float64Array;
  /** Text of the label field, '' where it is blank; undefined where none was named. */
  readonly labels: readonly string[] | undefined;
  /** Versions of the models that made the vectors, of those records that tell. */
  readonly modelVersions: readonly string[];
}

export interface VectorTableOptions {
  /** Field with the array. @default 'vector'; where the first record has no such array, all its other numeric fields */
  readonly field?: string | undefined;
  readonly labelField?: string | undefined;
  /** Takes records of this version alone. @default all */
  readonly modelVersion?: string | undefined;
  /** What `-` reads. @default process.stdin */
  readonly stdin?: Readable | undefined;
}

/** Fields of the output `embeddings`, and names of rows: none of them is a part of a vector. */
const NO_VALUES = new Set([
  ...['customerId', 'customer', 'id', 'row', 'windowStart', 'windowEnd', 'revision', 'final'],
  ...['modelVersion', 'alignedTo', 'alignmentResidual'],
]);

/**
 * Reads vectors: what a run writes as `embeddings`, or other NDJSON, CSV or Parquet, plain or gzipped, with an array or a
 * numeric field for each dimension.
 *
 * @throws SegtideError `input` when a file can't be read, holds no vectors, or vectors of different widths
 */
export async function readVectorTable(
  files: readonly InputFile[],
  options: VectorTableOptions = {},
): Promise<VectorTable> {
  const rows = new VectorRows(options);
  for (const file of files) {
    try {
      let at = 0;
      for await (const record of recordsOf(file, options.stdin ?? process.stdin)) rows.add(record, file.path, ++at);
    } catch (cause) {
      throw toInputError(cause, file.path);
    }
  }
  return rows.table(files.map(({ path }) => path).join(', '));
}

class VectorRows {
  readonly #options: VectorTableOptions;
  #columns: readonly string[] | 'array' | undefined;
  #size = 0;
  readonly #vectors: (readonly number[] | undefined)[] = [];
  readonly #customers: (string | null)[] = [];
  readonly #starts: number[] = [];
  readonly #ends: number[] = [];
  readonly #labels: string[] = [];
  readonly #versions = new Set<string>();
  /** Versions of records that were passed over, too. */
  readonly #seen = new Set<string>();

  constructor(options: VectorTableOptions) {
    this.#options = options;
  }

  add(record: VectorRecord, path: string, at: number): void {
    const { labelField, modelVersion } = this.#options;
    const version = record.modelVersion;
    if (typeof version === 'string') this.#seen.add(version);
    if (modelVersion !== undefined && version !== modelVersion) return;
    if (typeof version === 'string') this.#versions.add(version);
    this.#columns ??= this.#findColumns(record, path);
    const vector = this.#vectorOf(record, path, at);
    if (vector !== undefined) {
      if (this.#size === 0) this.#size = vector.length;
      if (vector.length !== this.#size) {
        throw refuse(path, `record ${at} has a vector of ${vector.length} numbers, those before of ${this.#size}`);
      }
    }
    this.#vectors.push(vector);
    const customer = record.customerId ?? record.customer ?? record.id;
    this.#customers.push(customer === undefined || customer === null ? null : String(customer));
    this.#starts.push(toNumber(record.windowStart));
    this.#ends.push(toNumber(record.windowEnd));
    if (labelField !== undefined) {
      if (!(labelField in record)) throw refuse(path, `record ${at} has no field '${labelField}'`);
      this.#labels.push(String(record[labelField] ?? '').trim());
    }
  }

  table(paths: string): VectorTable {
    const length = this.#vectors.length;
    if (length === 0) throw refuse(paths, this.#nothing());
    if (this.#size === 0) {
      const field = this.#options.field ?? 'vector';
      throw refuse(paths, `'${field}' is null in all ${length} records; name another field by --vectors`);
    }
    const { labelField } = this.#options;
    if (labelField !== undefined && this.#labels.every((label) => label === '')) {
      throw refuse(paths, `'${labelField}' is blank in all ${length} records; name a field with labels, or none`);
    }
    const values = new Float32Array(length * this.#size).fill(Number.NaN);
    for (const [row, vector] of this.#vectors.entries()) {
      const single = vector && Float32Array.from(vector);
      if (single?.every(Number.isFinite)) values.set(single, row * this.#size);
    }
    return {
      length,
      size: this.#size,
      values,
      customers: this.#customers,
      starts: Float64Array.from(this.#starts),
      ends: Float64Array.from(this.#ends),
      labels: labelField === undefined ? undefined : this.#labels,
      modelVersions: [...this.#versions],
    };
  }

  #nothing(): string {
    const { modelVersion } = this.#options;
    if (modelVersion === undefined) return 'there is no record';
    const others = this.#seen.size === 0 ? 'none that names a model' : `those of ${[...this.#seen].join(', ')}`;
    return `there is no record of model ${modelVersion}, but ${others}`;
  }

  #findColumns(record: VectorRecord, path: string): readonly string[] | 'array' {
    const field = this.#options.field ?? 'vector';
    if (field in record) return 'array';
    if (this.#options.field !== undefined) throw refuse(path, `the first record has no field '${field}'`);
    const numeric = Object.keys(record).filter(
      (name) => !NO_VALUES.has(name) && name !== this.#options.labelField && Number.isFinite(toNumber(record[name])),
    );
    if (numeric.length > 0) return numeric;
    throw refuse(
      path,
      "the first record has neither an array 'vector' nor numeric fields; name the field of the array",
    );
  }

  #vectorOf(record: VectorRecord, path: string, at: number): readonly number[] | undefined {
    if (this.#columns !== 'array') return this.#columns!.map((name) => toNumber(record[name]));
    const field = this.#options.field ?? 'vector';
    const value = record[field];
    // CSV has no arrays: one is written as JSON.
    const array: unknown = typeof value === 'string' && value.startsWith('[') ? JSON.parse(value) : value;
    if (array === null || array === undefined || array === '') return undefined;
    if (!Array.isArray(array) && !ArrayBuffer.isView(array)) {
      throw refuse(path, `record ${at}: '${field}' is no array of numbers`);
    }
    return Array.from(array as ArrayLike<unknown>, toNumber);
  }
}

function toNumber(value: unknown): number {
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint') return Number(value);
  if (value instanceof Date) return value.getTime();
  return typeof value === 'string' && value.trim() !== '' ? Number(value) : Number.NaN;
}

async function* recordsOf(file: InputFile, stdin: Readable): AsyncGenerator<VectorRecord> {
  if (file.format === 'parquet') {
    yield* (await readParquetObjects(file)).objects as readonly VectorRecord[];
    return;
  }
  const stream = file.path === '-' ? stdin : await openText(file);
  yield* file.format === 'csv' ? csvRecords(stream, file.path) : ndjsonRecords(stream, file.path);
}

async function openText(file: InputFile): Promise<Readable> {
  const { handle, gzipped } = await openFile(file, '.');
  const bytes = handle.createReadStream();
  if (!gzipped) return bytes;
  const unpacked = createGunzip();
  bytes.on('error', (cause) => unpacked.destroy(cause));
  return bytes.pipe(unpacked);
}

async function* ndjsonRecords(stream: Readable, path: string): AsyncGenerator<VectorRecord> {
  let line = 0;
  for await (const text of createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY })) {
    line++;
    if (text.trim() === '') continue;
    let record: unknown;
    try {
      record = JSON.parse(withoutNan(text));
    } catch (cause) {
      throw new SegtideError('input', `${path}, line ${line}: it is no JSON`, { cause, context: { path } });
    }
    if (record === null || typeof record !== 'object' || Array.isArray(record)) {
      throw refuse(path, `line ${line} is no JSON object`);
    }
    yield record as VectorRecord;
  }
}

/** NaN and Infinity as Python writes them, which JSON has not: unknown numbers, of a vector that is then left out. */
function withoutNan(text: string): string {
  if (!/NaN|Infinity/.test(text)) return text;
  return text.replaceAll(/"(?:[^"\\]|\\.)*"|-?Infinity|NaN/g, (found) => (found.startsWith('"') ? found : 'null'));
}

async function* csvRecords(stream: Readable, path: string): AsyncGenerator<VectorRecord> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  const whole = Buffer.concat(chunks);
  const row = new CsvRow(',');
  let names: readonly string[] | undefined;
  for (let start = 0, at = 0; start < whole.length; start = row.next, at++) {
    row.scan(whole, start, whole.length);
    if (row.end === start) continue;
    const cells = Array.from({ length: row.length }, (_, i) => row.text(whole, i).trim());
    if (names === undefined) {
      names = cells.map((name) => name.replace(/^\ufeff/, ''));
      continue;
    }
    if (cells.length !== names.length || row.broken) {
      throw refuse(path, `row ${at} has ${cells.length} fields, the header ${names.length}`);
    }
    const header = names;
    yield Object.fromEntries(cells.map((cell, i) => [header[i]!, cell]));
  }
}

function refuse(path: string, why: string): SegtideError {
  return new SegtideError('input', `${path}: ${why}.`, { context: { path } });
}
