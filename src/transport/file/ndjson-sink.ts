import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { SegtideError } from '../../errors.js';
import type { Sink } from '../../ports.js';
import { toOutputError } from './file-error.js';
import { createLineBuffer, type NdjsonRecord } from './ndjson-line.js';
import { syncFolder } from './sync-folder.js';

export interface NdjsonSinkOptions {
  /** Go on behind what the file holds, instead of emptying it. @default false */
  readonly append?: boolean;
}

/** An NDJSON file. */
export interface NdjsonSink<T extends NdjsonRecord> extends Sink<T> {
  readonly path: string;
  /** Size of the file with all that was ever given to `write`. After a flush it is on disk. */
  bytes(): number;
  /**
   * Cuts the file back to a size that a checkpoint holds, so that a resumed run writes the rest again.
   *
   * @throws SegtideError 'state' when the file is shorter than that
   */
  truncateTo(bytes: number): Promise<void>;
}

/**
 * Opens an NDJSON file for writing, one line a record.
 *
 * Objects are written as JSON; text and bytes are taken as they are, as lines that were made elsewhere. Lines wait in
 * memory for up to 256 KiB and for about a second, so that whoever reads along sees them soon also where nothing flushes;
 * `flush` writes them and makes them survive a crash of the machine (fsync). After an error the sink takes nothing more:
 * every later call fails with the same error.
 *
 * @throws SegtideError 'output' that names the path when the file cannot be opened or written
 */
export async function createNdjsonSink<T extends NdjsonRecord>(
  path: string,
  options: NdjsonSinkOptions = {},
): Promise<NdjsonSink<T>> {
  const emptied = options.append ? 0 : constants.O_TRUNC;
  try {
    const file = await open(path, constants.O_RDWR | constants.O_CREAT | emptied, 0o666);
    const { size } = await file.stat();
    return new FileSink<T>(path, file, size);
  } catch (cause) {
    throw toOutputError(cause, path);
  }
}

const WAITING_BYTES = 1 << 18;
const WAITING_MS = 1000;

class FileSink<T extends NdjsonRecord> implements NdjsonSink<T> {
  readonly path: string;
  readonly #file: FileHandle;
  readonly #lines = createLineBuffer();
  /** Bytes in the file. */
  #size: number;
  /** Bytes that are being written. */
  #leaving = 0;
  /** Runs while lines wait. */
  #timer: NodeJS.Timeout | undefined;
  #named = false;
  #failure: SegtideError | undefined;
  /** Whether no call has told of the failure yet. */
  #isUntold = false;
  /** Steps run one after the other, whether callers wait for them or not. */
  #last: Promise<void> = Promise.resolve();
  #closed: Promise<void> | undefined;

  constructor(path: string, file: FileHandle, size: number) {
    this.path = path;
    this.#file = file;
    this.#size = size;
  }

  async write(batch: readonly T[]): Promise<void> {
    this.#check();
    for (const record of batch) this.#lines.append(record);
    if (this.#lines.length >= WAITING_BYTES) await this.#step(() => this.#drain());
    else this.#drainSoon();
  }

  async flush(): Promise<void> {
    this.#check();
    await this.#step(async () => {
      await this.#drain();
      await this.#file.datasync();
      // Once: that the file is there must survive a crash as well.
      if (!this.#named) await syncFolder(dirname(this.path));
      this.#named = true;
    });
  }

  bytes(): number {
    return this.#size + this.#leaving + this.#lines.length;
  }

  async truncateTo(bytes: number): Promise<void> {
    this.#check();
    await this.#step(async () => {
      await this.#drain();
      if (bytes > this.#size) {
        const text = `${this.path} has ${this.#size} bytes, but the checkpoint counts on ${bytes}: it was changed since.`;
        throw new SegtideError('state', `${text} Start afresh in a new output folder.`, {
          context: { path: this.path },
        });
      }
      await this.#file.truncate(bytes);
      await this.#file.datasync();
      this.#size = bytes;
    });
  }

  close(): Promise<void> {
    this.#closed ??= this.#finish();
    return this.#closed;
  }

  async #finish(): Promise<void> {
    clearTimeout(this.#timer);
    try {
      if (this.#failure === undefined) await this.#step(() => this.#drain());
      else await this.#last.catch(() => {});
      if (this.#isUntold) throw this.#failure;
    } finally {
      await this.#file.close();
    }
  }

  #check(): void {
    if (this.#failure !== undefined) {
      this.#isUntold = false;
      throw this.#failure;
    }
    if (this.#closed !== undefined) {
      throw new SegtideError('output', `${this.path} is closed and takes no further records.`, {
        context: { path: this.path },
      });
    }
  }

  #step(run: () => Promise<void>): Promise<void> {
    const step = this.#last.then(run).catch((cause: unknown) => {
      this.#failure ??= toOutputError(cause, this.path);
      throw this.#failure;
    });
    this.#last = step.catch(() => {});
    return step;
  }

  /** By time, not with every write: a replay makes many small ones. */
  #drainSoon(): void {
    if (this.#lines.length === 0) return;
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      // What fails is told by the next call.
      this.#step(() => this.#drain()).catch(() => {
        this.#isUntold = true;
      });
    }, WAITING_MS).unref();
  }

  async #drain(): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure;
    while (this.#lines.length > 0) {
      const bytes = this.#lines.take();
      this.#leaving = bytes.length;
      for (let at = 0; at < bytes.length; ) {
        const { bytesWritten } = await this.#file.write(bytes, at, bytes.length - at, this.#size);
        at += bytesWritten;
        this.#size += bytesWritten;
        this.#leaving -= bytesWritten;
      }
    }
  }
}
