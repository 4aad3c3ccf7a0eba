import { SegtideError } from '../../errors.js';
import { toInputError } from './file-error.js';
import { createGzipFeed } from './gzip-feed.js';
import type { OpenFile } from './open-file.js';
import { createPlainFeed } from './plain-feed.js';

/** Random access to the bytes of a Parquet file. */
export interface ParquetBytes {
  readonly size: number;
  slice(start: number, end: number): Promise<ArrayBuffer>;
  close(): Promise<void>;
}

/**
 * Gives access to a Parquet file on disk. Gzip has no random access, and Parquet is read from its end: a gzipped one
 * is unpacked into memory.
 *
 * @throws SegtideError 'input' when an unpacked file would pass 1 GiB
 */
export async function toParquetBytes(file: OpenFile): Promise<ParquetBytes> {
  const close = (): Promise<void> => file.handle.close();
  if (file.gzipped) {
    const bytes = await unpack(file);
    return { size: bytes.length, slice: async (start, end) => bytes.buffer.slice(start, end), close };
  }
  return {
    size: file.size,
    async slice(start, end) {
      const bytes = new Uint8Array(end - start);
      const { bytesRead } = await file.handle.read(bytes, 0, bytes.length, start).catch((cause: unknown) => {
        throw toInputError(cause, file.path, start);
      });
      return bytesRead === bytes.length ? bytes.buffer : bytes.buffer.slice(0, bytesRead);
    },
    close,
  };
}

const UNPACKED_LIMIT = 2 ** 30;

async function unpack(file: OpenFile): Promise<Uint8Array<ArrayBuffer>> {
  const feed = createGzipFeed(createPlainFeed(file.handle, file.path, file.size, 0), file.path, 0, undefined);
  let bytes = new Uint8Array(Math.max(1 << 16, Math.min(4 * file.size, UNPACKED_LIMIT)));
  let end = 0;
  for (;;) {
    const length = await feed.read(bytes, end, bytes.length);
    end += length;
    if (length === 0) return bytes.slice(0, end);
    if (end < bytes.length) continue;
    if (end >= UNPACKED_LIMIT) {
      const text = `${file.path} is beyond 1 GiB unpacked, and Parquet inside gzip has to be unpacked into memory.`;
      throw new SegtideError('input', `${text} Unpack it first: Parquet compresses its columns by itself.`, {
        context: { path: file.path },
      });
    }
    const wider = new Uint8Array(2 * bytes.length);
    wider.set(bytes);
    bytes = wider;
  }
}
