import type { Worker } from 'node:worker_threads';
import { SegtideError } from '../../errors.js';
import { toWorker } from '../../numeric/worker.js';
import type { SeriesBatch } from '../../series/series-batch.js';
import type { EmbeddingBatch } from '../embedding-batch.js';
import { type EncoderShape, encoderShapeOf } from '../encoder-model.js';
import { type OpenEncoder, openEncoder } from '../open-encoder.js';
import { type ChunkShape, chunkBytes, type EncodeOrder, type EncodeOutcome, toChunkColumns } from './encode-job.js';

/** Threads that encode. */
export interface EncodePool {
  readonly threads: number;
  /**
   * Makes an encoder whose batches the threads share out. It gives the very numbers that it would give without threads:
   * a series' embedding does not depend on its batch.
   */
  readonly open: OpenEncoder;
  /** Ends the threads when they are done with what they have; what comes later is encoded in the caller's. */
  close(): Promise<void>;
}

/**
 * Starts `threads` encoder threads.
 *
 * A batch is cut into chunks, of which each thread holds at most two: one that it works on and one that waits. Further
 * chunks are copied only when one of those is done, so memory stays bounded however long a batch is and however many
 * callers there are. Idle threads do not keep the process alive.
 */
export function createEncodePool(threads: number): EncodePool {
  const pool = Array.from({ length: threads }, () => new EncodeThread());
  const slots = createSlots(pool);
  let nextEncoder = 0;
  let closed: Promise<void> | undefined;
  return {
    threads,
    open: (model, version, engine) => {
      const encoder = nextEncoder++;
      const local = lazily(() => openEncoder(model, version, engine));
      const shape = encoderShapeOf(model);
      const { steps, channels, embeddingSize } = shape;
      for (const thread of pool) thread.tell({ kind: 'open', encoder, model, version, engine });
      return {
        version,
        steps,
        channels,
        embeddingSize,
        encode: (batch) =>
          // A batch of another shape is refused there, in words.
          closed !== undefined || batch.steps !== steps || batch.channels !== channels
            ? local.get().encode(batch)
            : encodeInChunks(batch, encoder, shape, threads, slots),
        ...(shape.latentSize > 0 && { reconstruct: (latents) => local.get().reconstruct!(latents) }),
        dispose: () => {
          for (const thread of pool) thread.tell({ kind: 'close', encoder });
          local.made?.dispose?.();
        },
      };
    },
    close: () => {
      closed ??= slots.idle().then(async () => {
        await Promise.all(pool.map((thread) => thread.close()));
      });
      return closed;
    },
  };
}

/** Chunks that a thread holds at most. */
const DEPTH = 2;
/** Series of a chunk: fewer cost more in messages than they save, more keep threads waiting for each other. */
const LEAST_ROWS = 16;
const MOST_ROWS = 256;

/** Room for one chunk of a thread. */
interface Slot {
  readonly thread: EncodeThread;
  buffer: SharedArrayBuffer;
}

interface Slots {
  /** The next free one; those who ask are served in order. */
  take(): Promise<Slot>;
  give(slot: Slot): void;
  /** Resolves when none is taken. */
  idle(): Promise<void>;
}

function createSlots(pool: readonly EncodeThread[]): Slots {
  // Every thread's first slot comes before any second one.
  const free: Slot[] = Array.from({ length: DEPTH }, () => pool)
    .flat()
    .map((thread) => ({ thread, buffer: new SharedArrayBuffer(0) }));
  const total = free.length;
  const asking: ((slot: Slot) => void)[] = [];
  const waiting: (() => void)[] = [];
  return {
    take: () =>
      new Promise((resolve) => {
        const slot = free.shift();
        if (slot === undefined) asking.push(resolve);
        else resolve(slot);
      }),
    give: (slot) => {
      const next = asking.shift();
      if (next !== undefined) return next(slot);
      free.push(slot);
      if (free.length === total) for (const resolve of waiting.splice(0)) resolve();
    },
    idle: () => new Promise((resolve) => (free.length === total ? resolve() : waiting.push(resolve))),
  };
}

async function encodeInChunks(
  batch: SeriesBatch,
  encoder: number,
  { embeddingSize, latentSize, hasLandmarks }: EncoderShape,
  threads: number,
  slots: Slots,
): Promise<EmbeddingBatch> {
  const { length, steps, channels } = batch;
  const cells = steps * channels;
  const embeddings = new Float32Array(length * embeddingSize);
  const latents = latentSize > 0 ? { length, latentSize, values: new Float32Array(length * latentSize) } : undefined;
  const reconstructionErrors = latentSize > 0 ? new Float32Array(length) : undefined;
  const landmarkDistances = hasLandmarks ? new Float32Array(length) : undefined;
  const most = Math.min(MOST_ROWS, Math.max(LEAST_ROWS, Math.ceil(length / (DEPTH * threads))));

  const run = async (slot: Slot, from: number, rows: number): Promise<void> => {
    try {
      const shape: ChunkShape = { rows, steps, channels, embeddingSize, latentSize };
      if (slot.buffer.byteLength < chunkBytes(shape))
        slot.buffer = new SharedArrayBuffer(chunkBytes({ ...shape, rows: most }));
      const columns = toChunkColumns(slot.buffer, shape);
      columns.values.set(batch.values.subarray(from * cells, (from + rows) * cells));
      columns.mask.set(batch.mask.subarray(from * cells, (from + rows) * cells));
      await slot.thread.encode({ encoder, shape, buffer: slot.buffer });
      embeddings.set(columns.embeddings, from * embeddingSize);
      latents?.values.set(columns.latents, from * latentSize);
      reconstructionErrors?.set(columns.reconstructionErrors, from);
      landmarkDistances?.set(columns.landmarkDistances, from);
    } finally {
      slots.give(slot);
    }
  };

  const running: Promise<void>[] = [];
  for (let from = 0; from < length; from += most) {
    const chunk = run(await slots.take(), from, Math.min(most, length - from));
    // Told to the caller when all have ended, so that none still writes; nobody else need hear of it before.
    chunk.catch(() => undefined);
    running.push(chunk);
  }
  await Promise.allSettled(running);
  await Promise.all(running);
  return { series: batch, length, embeddingSize, embeddings, latents, reconstructionErrors, landmarkDistances };
}

interface Waiting {
  resolve(): void;
  reject(error: SegtideError): void;
}

class EncodeThread {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #nextJob = 0;
  #ended: SegtideError | undefined;

  constructor() {
    this.#worker = toWorker(new URL('./encode-thread.js', import.meta.url), undefined);
    this.#worker.unref();
    this.#worker.on('message', (outcome: EncodeOutcome) => this.#settle(outcome));
    this.#worker.on('error', (cause) => this.#end(`failed: ${cause.message}`, cause));
    this.#worker.on('exit', () => this.#end('ended'));
  }

  tell(order: EncodeOrder): void {
    if (this.#ended === undefined) this.#worker.postMessage(order);
  }

  encode(chunk: Omit<EncodeOrder & { kind: 'encode' }, 'kind' | 'job'>): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#ended !== undefined) return reject(this.#ended);
      const job = this.#nextJob++;
      this.#waiting.set(job, { resolve, reject });
      this.#worker.ref();
      this.#worker.postMessage({ kind: 'encode', job, ...chunk } satisfies EncodeOrder);
    });
  }

  async close(): Promise<void> {
    this.#end('was closed');
    await this.#worker.terminate();
  }

  #settle({ job, failure }: EncodeOutcome): void {
    const waiting = this.#waiting.get(job);
    this.#waiting.delete(job);
    if (this.#waiting.size === 0) this.#worker.unref();
    if (failure === undefined) waiting?.resolve();
    else waiting?.reject(new SegtideError(failure.code, failure.text));
  }

  #end(how: string, cause?: unknown): void {
    const text = `An encoder thread ${how}. Set the encoder threads to 0 to encode in the stream's own thread.`;
    this.#ended ??= new SegtideError('encoder', text, { cause });
    for (const { reject } of this.#waiting.values()) reject(this.#ended);
    this.#waiting.clear();
  }
}

function lazily<T>(make: () => T): { get(): T; readonly made: T | undefined } {
  let made: T | undefined;
  return {
    get: () => {
      made ??= make();
      return made;
    },
    get made() {
      return made;
    },
  };
}
