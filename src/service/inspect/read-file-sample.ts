import { CsvRow, ROW_OPEN, ROW_OPEN_QUOTE } from '../../ingest/csv-row.js';
import { toInputError } from '../../transport/file/file-error.js';
import { findInputFiles, type InputFile } from '../../transport/file/input-files.js';
import { openFileFeed } from '../../transport/file/open-feed.js';
import { openFile } from '../../transport/file/open-file.js';
import { readParquetObjects } from '../../transport/file/read-parquet-objects.js';
import { formatCount } from '../summary/format.js';
import { type FlatRecord, flatten, MOST_BYTES, MOST_RECORDS, type Sample } from './sample.js';

/**
 * Reads the beginning of an NDJSON, CSV or Parquet file, also gzipped: at most 400,000 records and 64 MiB of text.
 *
 * @throws SegtideError `input` when it can't be read, or holds no records
 */
export async function readFileSample(path: string): Promise<Sample> {
  const [file] = await findInputFiles([path], undefined, '.');
  try {
    return file!.format === 'parquet' ? await readParquet(file!) : await readText(file!);
  } catch (cause) {
    throw toInputError(cause, path);
  }
}

async function readParquet(file: InputFile): Promise<Sample> {
  const { objects, rows } = await readParquetObjects(file, MOST_RECORDS);
  return toSample(
    file,
    objects.map((row) => flatten(row)),
    { unreadable: 0, whole: rows <= MOST_RECORDS },
  );
}

async function readText(file: InputFile): Promise<Sample> {
  const feed = openFileFeed(await openFile(file, '.'), 0);
  const bytes = new Uint8Array(MOST_BYTES);
  let end = 0;
  let ended = false;
  try {
    while (end < bytes.length && !ended) {
      const read = await feed.read(bytes, end, bytes.length);
      ended = read === 0;
      end += Math.max(0, read);
    }
  } finally {
    await feed.close();
  }
  const text = bytes.subarray(hasMark(bytes) ? 3 : 0, end);
  return file.format === 'csv' ? readCsv(file, text, ended) : readLines(file, text, ended);
}

function readLines(file: InputFile, bytes: Uint8Array, ended: boolean): Sample {
  const lines = new TextDecoder().decode(bytes).split('\n');
  // The last one of a part may be cut off.
  const whole = ended ? lines : lines.slice(0, -1);
  const records: FlatRecord[] = [];
  let unreadable = 0;
  let at = 0;
  for (; at < whole.length && records.length < MOST_RECORDS; at++) {
    const line = whole[at]!.trim();
    if (line === '') continue;
    try {
      const read: unknown = JSON.parse(line);
      if (read === null || typeof read !== 'object' || Array.isArray(read)) unreadable++;
      else records.push(flatten(read));
    } catch {
      unreadable++;
    }
  }
  return toSample(file, records, { unreadable, whole: ended && at === whole.length });
}

/** Characters that stand between fields, the most usual first. */
const DELIMITERS = [',', ';', '\t', '|'];

function readCsv(file: InputFile, bytes: Uint8Array, ended: boolean): Sample {
  const delimiter = findDelimiter(bytes);
  const row = new CsvRow(delimiter);
  const records: FlatRecord[] = [];
  let names: readonly string[] | undefined;
  let hasHeader = true;
  let unreadable = 0;
  let start = 0;
  while (start < bytes.length && records.length < MOST_RECORDS) {
    const state = row.scan(bytes, start, bytes.length);
    if (!ended && (state === ROW_OPEN || state === ROW_OPEN_QUOTE)) break;
    const cells = Array.from({ length: row.length }, (_, i) => row.text(bytes, i));
    const isEmpty = row.end === start;
    start = row.next;
    if (isEmpty) continue;
    if (names === undefined) {
      // A first row with a number or a time in it names nothing.
      hasHeader = !cells.some((cell) => /^-?\d/.test(cell.trim()));
      names = hasHeader ? cells.map((cell) => cell.trim()) : cells.map((_, i) => `column${i + 1}`);
      if (hasHeader) continue;
    }
    const fields = names;
    if (cells.length !== fields.length || row.broken) unreadable++;
    else records.push(Object.fromEntries(cells.map((cell, i) => [fields[i]!, cell === '' ? null : cell])));
  }
  const sample = toSample(file, records, { unreadable, whole: ended && start >= bytes.length });
  const repeated = [...new Set(names?.filter((name, i, all) => all.indexOf(name) !== i))];
  const header = hasHeader ? true : (names ?? []);
  return { ...sample, csv: { delimiter, header, ...(repeated.length > 0 && { repeated }) } };
}

/** The one that parts the first line into the most fields. */
function findDelimiter(bytes: Uint8Array): string {
  const counts = DELIMITERS.map((delimiter) => {
    const row = new CsvRow(delimiter);
    row.scan(bytes, 0, bytes.length);
    return row.length;
  });
  return DELIMITERS[counts.indexOf(Math.max(...counts))]!;
}

function toSample(
  { path, format }: InputFile,
  records: readonly FlatRecord[],
  { unreadable, whole }: Pick<Sample, 'unreadable' | 'whole'>,
): Sample {
  const extent = whole
    ? `all ${formatCount(records.length)} records`
    : `the first ${formatCount(records.length)} records`;
  return { name: path, kind: 'file', format, records, unreadable, whole, extent };
}

/** UTF-8's mark of the byte order, which some programs write. */
function hasMark(bytes: Uint8Array): boolean {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
}
