import type { Readable } from 'node:stream';
import { SegtideError } from '../../errors.js';
import type { RecordParser } from '../../ingest/record-parser.js';
import type { ParsePool } from '../parse-threads/parse-pool.js';
import { createThreadedReader } from '../parse-threads/threaded-reader.js';
import type { ByteFeed } from './byte-feed.js';
import { createChunkReader } from './chunk-reader.js';
import type { FileFormat } from './input-files.js';
import type { InputParsers } from './input-parsers.js';
import { openFileFeed, openStdinFeed, STDIN } from './open-feed.js';
import type { OpenFile } from './open-file.js';
import { toParquetBytes } from './parquet-bytes.js';
import { createParquetReader } from './parquet-reader.js';
import { createPeekFeed } from './peek-feed.js';
import type { ReadPosition, RecordReader } from './record-reader.js';
import { refuseOtherText } from './refuse-other-text.js';

/**
 * Opens the reader that fits a file's format.
 *
 * @param pool parses NDJSON where there is one; a file of a chunk or two is not worth the way there and back
 */
export async function openReader(
  file: OpenFile,
  parsers: InputParsers,
  from: ReadPosition,
  chunkBytes: number,
  pool: ParsePool | undefined,
): Promise<RecordReader> {
  const { path, format } = file;
  if (format === 'parquet') {
    const bytes = await toParquetBytes(file);
    return createParquetReader(bytes, parsers.rows(), path, from.offset);
  }
  const opened = openFileFeed(file, from.offset);
  const feed = from.offset > 0 ? opened : checkText(opened, format, path);
  if (format === 'ndjson' && pool !== undefined && file.size > 2 * chunkBytes)
    return createThreadedReader(feed, pool, path, chunkBytes, from);
  const parser = parsers.records(format);
  if (from.offset > 0) await readHeader(file, parser);
  return createChunkReader(feed, parser, path, chunkBytes, from);
}

/**
 * Opens the reader of a stream that comes as it happens.
 *
 * @throws SegtideError 'config' for Parquet, which is read from its end
 */
export function openStreamReader(
  stream: Readable,
  format: FileFormat,
  parsers: InputParsers,
  chunkBytes: number,
  idleMs: number,
): RecordReader {
  if (format === 'parquet') {
    throw new SegtideError(
      'config',
      'Parquet is read from its end, and standard input has none. Name the file instead.',
    );
  }
  const feed = checkText(openStdinFeed(stream, idleMs), format, STDIN);
  return createChunkReader(feed, parsers.records(format), '-', chunkBytes, { row: 1, offset: 0, inside: false });
}

function checkText(feed: ByteFeed, format: FileFormat, path: string): ByteFeed {
  return createPeekFeed(feed, (head, whole) => {
    refuseOtherText(head, format, path);
    return whole;
  });
}

/** A parser that goes on past the beginning of a file still has to know the header there. */
async function readHeader(file: OpenFile, parser: RecordParser): Promise<void> {
  if (parser.resume === undefined) return;
  const feed = openFileFeed(file, 0);
  const head = new Uint8Array(HEADER_BYTES);
  let end = 0;
  while (end < head.length) {
    const length = await feed.read(head, end, head.length);
    if (length === 0) break;
    end += length;
  }
  parser.resume(head.subarray(0, end), file.path);
}

const HEADER_BYTES = 1 << 20;
