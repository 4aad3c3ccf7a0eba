import type { Writable } from 'node:stream';
import { SegtideError } from '../../errors.js';
import type { Sink } from '../../ports.js';
import { toStreamError } from './file-error.js';
import { createLineBuffer, type NdjsonRecord } from './ndjson-line.js';

/** NDJSON on a stream. */
export interface StreamSink<T extends NdjsonRecord> extends Sink<T> {
  /** The reader went away (`segtide run … | head`): there is nobody left to write for, and writes do nothing. */
  readonly ended: boolean;
}

/**
 * Writes records to a stream as NDJSON, no faster than it takes them: standard output.
 *
 * A write resolves once the stream has taken the lines on, a flush once it has passed all of them on. A reader that
 * goes away is no error: `ended` tells, so that the run can stop. `close` leaves the stream open, since it is not ours.
 *
 * @param stream @default process.stdout
 * @throws SegtideError 'output' from `write` and `flush` when the stream fails otherwise
 */
export function createStreamSink<T extends NdjsonRecord>(
  stream: Writable = process.stdout,
  name = 'standard output',
): StreamSink<T> {
  return new LineStream<T>(stream, name);
}

class LineStream<T extends NdjsonRecord> implements StreamSink<T> {
  ended = false;
  readonly #stream: Writable;
  readonly #name: string;
  readonly #lines = createLineBuffer();
  #failure: SegtideError | undefined;
  #closed = false;
  #last: Promise<void> = Promise.resolve();
  readonly #onError = (cause: NodeJS.ErrnoException): void => this.#fail(cause);

  constructor(stream: Writable, name: string) {
    this.#stream = stream;
    this.#name = name;
    stream.on('error', this.#onError);
  }

  async write(batch: readonly T[]): Promise<void> {
    this.#check();
    if (this.ended) return;
    for (const record of batch) this.#lines.append(record);
    await this.#drain();
  }

  async flush(): Promise<void> {
    this.#check();
    await this.#drain();
  }

  async close(): Promise<void> {
    if (this.#closed) return this.#last;
    this.#closed = true;
    await this.#last.catch(() => {});
    // An error that the stream reports a moment later has still to find a listener.
    this.#stream.off('error', this.#onError).on('error', () => {});
  }

  #check(): void {
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#closed) throw new SegtideError('output', `${this.#name} is closed and takes no further records.`);
  }

  #drain(): Promise<void> {
    const step = this.#last.then(async () => {
      if (this.#lines.length === 0 || this.ended) return;
      // A copy, because a stream may keep what it was given for as long as it likes.
      const bytes = new Uint8Array(this.#lines.take());
      await new Promise<void>((resolve) => {
        this.#stream.write(bytes, (cause) => {
          if (cause) this.#fail(cause);
          resolve();
        });
      });
      if (this.#failure !== undefined) throw this.#failure;
    });
    this.#last = step.catch(() => {});
    return step;
  }

  #fail(cause: NodeJS.ErrnoException): void {
    if (cause.code === 'EPIPE' || cause.code === 'ERR_STREAM_DESTROYED') this.ended = true;
    else this.#failure ??= toStreamError(cause, this.#name);
  }
}
