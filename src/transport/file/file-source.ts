import type { Readable } from 'node:stream';
import { SegtideError } from '../../errors.js';
import type { Source, SourcePosition } from '../../ports.js';
import { createParsePool, type ParsePool } from '../parse-threads/parse-pool.js';
import { type FilePosition, readSourcePosition, toSourcePosition } from './file-position.js';
import { type FileFormat, findInputFiles } from './input-files.js';
import type { InputParsers, MakeParsers } from './input-parsers.js';
import { mergeReaders } from './merge-readers.js';
import { type OpenFile, openFile } from './open-file.js';
import { openReader, openStreamReader } from './open-reader.js';
import type { RecordReader } from './record-reader.js';

/** What to read, and how. */
export interface FileSourceOptions {
  /** Paths, globs, or `-` alone for standard input. Several files are merged by event time. */
  readonly paths: readonly string[];
  /** Of all files. @default by each file's ending; `ndjson` for standard input */
  readonly format?: FileFormat;
  /** Folder that relative paths start from. @default the working folder */
  readonly folder?: string;
  /**
   * Threads that parse NDJSON beside the calling thread, 0 to 64; each costs some 20 MB. 0 parses in the calling
   * thread; CSV, Parquet and standard input always do. @default 0
   */
  readonly threads?: number;
  /** Bytes read at a time, 64 to 1 GiB; with many files at most their share of 128 MiB. @default 1048576 */
  readonly chunkBytes?: number;
  /**
   * How far a date may lie beyond its file, in ms, before a contradiction by the records behind it makes it a stray
   * that waits for no other file. @default 30 days
   */
  readonly maxAheadMs?: number;
  /** How long standard input may be silent before `pull` answers with an empty batch, in ms. @default 1000 */
  readonly idleMs?: number;
  /** Told of a file that is named more than once; it is read once. */
  readonly onRepeated?: (path: string) => void;
  /** What `-` reads. @default process.stdin */
  readonly stdin?: Readable;
}

/** A source of files, or of standard input. */
export interface FileSource extends Source {
  /** Whether `position` can be asked for; standard input cannot be read twice. */
  readonly resumable: boolean;
  /** Files in the order in which they are numbered, as paths; `-` for standard input. */
  readonly paths: readonly string[];
}

/**
 * Opens files, or standard input, as one partition of usage events.
 *
 * One file is handed on as its parser cuts it; several are merged record by record (see `mergeReaders`). Gzip is told
 * by its first bytes, whatever the ending. All files are opened here and stay open, so one that is removed later is
 * still read to its end. `close` may be called at any time and again.
 *
 * @param makeParsers makes the parsers, one for each file; see `createIngestParsers`
 * @param from position of an earlier source over the same files; the records go on exactly where it stood
 * @throws SegtideError 'input' when a file is missing or unreadable, or nothing matches; 'state' when `from` belongs to
 * other files or these have changed since; 'config' when an option is out of range
 */
export async function createFileSource(
  options: FileSourceOptions,
  makeParsers: MakeParsers,
  from?: SourcePosition,
): Promise<FileSource> {
  const settings = resolveFileSource(options);
  const files = await findInputFiles(settings.paths, settings.format, settings.folder, settings.onRepeated);
  if (files[0]!.path === '-') return createStreamSource(settings, files[0]!.format, makeParsers, from);

  const opened: OpenFile[] = [];
  const readers: RecordReader[] = [];
  let pool: ParsePool | undefined;
  try {
    for (const file of files) opened.push(await openFile(file, settings.folder));
    const positions = readSourcePosition(from, opened);
    const parsers = makeParsers(from !== undefined);
    const chunkBytes = Math.min(settings.chunkBytes, Math.max(1 << 16, Math.floor(SHARED_BYTES / opened.length)));
    const threaded = opened.some(({ format, size }) => format === 'ndjson' && size > 2 * chunkBytes);
    if (threaded && settings.threads > 0 && parsers.portable !== undefined) {
      pool = createParsePool(settings.threads, parsers.portable);
    }
    for (let i = 0; i < opened.length; i++) {
      readers.push(await openReader(opened[i]!, parsers, positions[i]!, chunkBytes, pool));
    }
    return createSource(opened, readers, positions, settings.maxAheadMs, parsers, pool);
  } catch (error) {
    await Promise.allSettled([...readers, ...opened.map(({ handle }) => handle)].map((it) => it.close()));
    await pool?.close();
    throw error;
  }
}

const SHARED_BYTES = 128 << 20;
const MERGED_BATCH = 8192;

function createSource(
  files: readonly OpenFile[],
  readers: readonly RecordReader[],
  positions: readonly FilePosition[],
  maxAheadMs: number,
  parsers: InputParsers,
  pool: ParsePool | undefined,
): FileSource {
  const inputs = files.map(({ path }, i) => ({ source: path, reader: readers[i]!, from: positions[i]! }));
  const merged = inputs.length > 1 ? mergeReaders(inputs, maxAheadMs, MERGED_BATCH) : undefined;
  let closed: Promise<void> | undefined;
  return {
    resumable: true,
    paths: files.map(({ path }) => path),
    async pull() {
      const batch = await (merged === undefined ? readers[0]!.next() : merged.pull());
      if (batch === undefined) parsers.end?.();
      return batch;
    },
    position: () => toSourcePosition(files, merged?.positions() ?? [{ ...readers[0]!.position(), latest: null }]),
    close() {
      closed ??= Promise.all(readers.map((reader) => reader.close())).then(() => pool?.close());
      return closed;
    },
  };
}

function createStreamSource(
  settings: FileSourceSettings,
  format: FileFormat,
  makeParsers: MakeParsers,
  from: SourcePosition | undefined,
): FileSource {
  if (from !== undefined) {
    const text = 'Standard input cannot go on from a checkpoint: what was read is gone. Start afresh, or read a file.';
    throw new SegtideError('state', text);
  }
  const parsers = makeParsers(false);
  const stdin = settings.stdin ?? process.stdin;
  const reader = openStreamReader(stdin, format, parsers, settings.chunkBytes, settings.idleMs);
  let closed: Promise<void> | undefined;
  return {
    resumable: false,
    paths: ['-'],
    async pull() {
      const batch = await reader.next();
      if (batch === undefined) parsers.end?.();
      return batch;
    },
    position() {
      const text = 'Standard input has no position to go on from. Run without checkpoints, or read a file.';
      throw new SegtideError('state', text);
    },
    close() {
      closed ??= reader.close();
      return closed;
    },
  };
}

type FileSourceSettings = Required<Omit<FileSourceOptions, 'format' | 'stdin' | 'onRepeated'>> &
  Pick<FileSourceOptions, 'format' | 'stdin' | 'onRepeated'>;

function resolveFileSource(options: FileSourceOptions): FileSourceSettings {
  const settings = {
    threads: 0,
    chunkBytes: 1 << 20,
    maxAheadMs: 30 * 86_400_000,
    idleMs: 1_000,
    folder: '.',
    ...options,
  };
  check('threads', settings.threads, 0, 64);
  check('chunkBytes', settings.chunkBytes, 64, 2 ** 30);
  check('maxAheadMs', settings.maxAheadMs, 1, Number.MAX_SAFE_INTEGER);
  check('idleMs', settings.idleMs, 1, 2 ** 31 - 1);
  return settings;
}

function check(option: string, value: number, least: number, most: number): void {
  if (Number.isInteger(value) && value >= least && value <= most) return;
  throw new SegtideError('config', `\`${option}\` must be a whole number from ${least} to ${most}; got ${value}.`);
}
