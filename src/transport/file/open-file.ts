import { createHash } from 'node:crypto';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { SegtideError } from '../../errors.js';
import { toInputError } from './file-error.js';
import type { FileFormat, InputFile } from './input-files.js';

/** An input file, open for reading, as it was when the run began. */
export interface OpenFile {
  readonly path: string;
  readonly format: FileFormat;
  readonly handle: FileHandle;
  /** Bytes at the start of the run. */
  readonly size: number;
  readonly gzipped: boolean;
  /** SHA-256 of size, first and last bytes: what a resumed run must find again. */
  readonly fingerprint: string;
}

/**
 * Opens a file and takes its fingerprint.
 *
 * The handle stays open, so that a file that is removed or replaced during the run is still read to its end.
 *
 * @throws SegtideError 'input' that names the path
 */
export async function openFile(file: InputFile, folder: string): Promise<OpenFile> {
  let handle: FileHandle | undefined;
  try {
    const path = resolve(folder, file.path);
    // Looked at before it is opened, because opening a named pipe waits for its writer.
    const there = await stat(path);
    if (!there.isFile()) throw toNoFile(file.path, there.isDirectory());
    handle = await open(path, 'r');
    const stats = await handle.stat();
    if (stats.size === 0 && /\.gz$/i.test(path)) throw toEmpty(file.path, 'gzip');
    if (stats.size === 0 && file.format === 'parquet') throw toEmpty(file.path, 'Parquet');
    const first = await readEdge(handle, 0, Math.min(EDGE_BYTES, stats.size));
    const last = await readEdge(handle, Math.max(0, stats.size - EDGE_BYTES), stats.size);
    const hash = createHash('sha256').update(`${stats.size}\n`).update(first).update(last);
    const gzipped = first[0] === 0x1f && first[1] === 0x8b;
    return { ...file, handle, size: stats.size, gzipped, fingerprint: hash.digest('hex') };
  } catch (cause) {
    await handle?.close();
    throw toInputError(cause, file.path);
  }
}

/** An edit in the middle that keeps the size goes unnoticed; hashing whole files would cost a second read of the input. */
const EDGE_BYTES = 1 << 16;

async function readEdge(handle: FileHandle, start: number, end: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(end - start);
  const { bytesRead } = await handle.read(bytes, 0, bytes.length, start);
  return bytes.subarray(0, bytesRead);
}

/** An empty text file holds no records; a format with a frame can't be empty. */
function toEmpty(path: string, format: string): SegtideError {
  const text = `${path} is no ${format} file: it is empty, perhaps cut off before its first byte. Fetch it again, or leave it out.`;
  return new SegtideError('input', text, { context: { path } });
}

function toNoFile(path: string, isFolder: boolean): SegtideError {
  const why = isFolder
    ? 'it is a folder; name a file in it'
    : 'it is no plain file. Pipe it into standard input instead and name - as the input';
  const text = `Cannot read ${path}: ${why}.`;
  return new SegtideError('input', text, { context: { path } });
}
