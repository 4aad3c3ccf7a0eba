import type { AsyncBuffer, ParquetScan } from 'hyparquet';
import { SegtideError } from '../../errors.js';
import type { RowParser } from '../../ingest/row-parser.js';
import type { ParquetBytes } from './parquet-bytes.js';
import type { RecordReader } from './record-reader.js';

/**
 * Reads a Parquet file row group by row group, and of each only the columns that the parser reads; one that the file lacks is
 * absent from its rows.
 *
 * Memory is bounded by the largest row group; rows become objects a few thousand at a time.
 *
 * @param startRow index of the first row to hand over
 * @throws SegtideError 'input' when the file is cut off or damaged
 */
export async function createParquetReader(
  bytes: ParquetBytes,
  parser: RowParser,
  source: string,
  startRow: number,
): Promise<RecordReader> {
  const scan = await openScan(bytes, source, parser.columns);
  let next = startRow;
  let held: RowGroup | undefined;

  return {
    async next() {
      if (held === undefined || next >= held.end) held = await readGroup(scan, source, next);
      if (held === undefined) return undefined;
      const at = { source, row: next + 1, offset: next };
      const rows = toRows(held, next, Math.min(next + ROWS_PER_BATCH, held.end));
      next += rows.length;
      return parser.parse(rows, at);
    },
    position: () => ({ row: next + 1, offset: next, inside: false }),
    close: () => bytes.close(),
  };
}

const ROWS_PER_BATCH = 8192;

interface Scan {
  readonly scan: ParquetScan;
  readonly columns: readonly string[];
}

/** Columns of the rows [start, end). */
interface RowGroup {
  readonly start: number;
  readonly end: number;
  readonly names: readonly string[];
  readonly columns: readonly ArrayLike<unknown>[];
}

async function openScan(bytes: ParquetBytes, source: string, wanted: readonly string[]): Promise<Scan> {
  // Loaded here: most runs read no Parquet, and `segtide --help` should not wait for it.
  const { parquetMetadataAsync, parquetScan, parquetSchema } = await import('hyparquet');
  const { compressors } = await import('hyparquet-compressors');
  const file: AsyncBuffer = {
    byteLength: bytes.size,
    slice: (start, end) => bytes.slice(start, end ?? bytes.size),
  };
  try {
    const metadata = await parquetMetadataAsync(file);
    const present = new Set(parquetSchema(metadata).children.map((child) => child.element.name));
    const columns = wanted.filter((name) => present.has(name));
    return { scan: await parquetScan({ file, metadata, columns, compressors }), columns };
  } catch (cause) {
    throw toParquetError(cause, source, undefined);
  }
}

/** The row group that holds row `from`, from that row on. */
async function readGroup({ scan, columns }: Scan, source: string, from: number): Promise<RowGroup | undefined> {
  const range = scan.ranges.find(({ rowEnd }) => rowEnd > from);
  if (range === undefined) return undefined;
  try {
    const read = columns.map((column) => scan.readColumn({ column, ...range }));
    return { start: range.rowStart, end: range.rowEnd, names: columns, columns: await Promise.all(read) };
  } catch (cause) {
    throw toParquetError(cause, source, from);
  }
}

function toRows(group: RowGroup, start: number, end: number): Record<string, unknown>[] {
  const rows: Record<string, unknown>[] = [];
  for (let i = start - group.start; i < end - group.start; i++) {
    const row: Record<string, unknown> = {};
    for (let c = 0; c < group.names.length; c++) row[group.names[c]!] = group.columns[c]![i];
    rows.push(row);
  }
  return rows;
}

function toParquetError(cause: unknown, source: string, row: number | undefined): SegtideError {
  if (cause instanceof SegtideError) return cause;
  const reason = cause instanceof Error ? cause.message : String(cause);
  const where = row === undefined ? '' : ` in the row group that begins at or before row ${row + 1}`;
  const text = `${source} is no whole Parquet file${where}: it was cut off or is damaged (${reason}). Fetch it again.`;
  const context = row === undefined ? { path: source } : { path: source, offset: row };
  return new SegtideError('input', text, { cause, context });
}
