import { SegtideError } from '../../errors.js';
import type { Sink } from '../../ports.js';

/** Deals with a batch of records; a promise means that the next batch waits for it. */
export type Subscriber<T> = (batch: readonly T[]) => void | Promise<void>;

/** Records in order from one part of a process to another: what a topic is between processes. */
export interface MemoryTopic<T> extends Sink<T> {
  /**
   * Names the one reader, who first gets what was written before.
   *
   * @returns ends the subscription; records then wait for the next reader
   */
  subscribe(subscriber: Subscriber<T>): () => void;
}

export interface MemoryTopicOptions {
  /** Records that may wait for a reader before `write` waits too. @default 10000 */
  readonly capacity?: number;
}

/**
 * Makes a topic in memory.
 *
 * With a reader at hand `write` delivers before it returns, so that a program which never awaits stays in step; it
 * resolves when the reader is done. While the reader is busy or absent, records wait in order, and `write` resolves at
 * once until `capacity` of them do. A reader that throws breaks the topic: that error is thrown from every later call.
 * A batch belongs to the topic once it is written.
 */
export function createMemoryTopic<T>(options: MemoryTopicOptions = {}): MemoryTopic<T> {
  return new QueueTopic<T>(options.capacity ?? 10_000);
}

interface Waiter {
  resolve(): void;
  reject(error: unknown): void;
}

class QueueTopic<T> implements MemoryTopic<T> {
  readonly #capacity: number;
  readonly #batches: (readonly T[])[] = [];
  #records = 0;
  #subscriber: Subscriber<T> | undefined;
  #busy = false;
  #broken = false;
  #failure: unknown;
  #closed = false;
  /** Those who wait for the queue to shrink, and those who wait for it to be empty. */
  #writers: Waiter[] = [];
  #flushers: Waiter[] = [];

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  async write(batch: readonly T[]): Promise<void> {
    this.#check();
    if (batch.length === 0) return;
    this.#batches.push(batch);
    this.#records += batch.length;
    this.#deliver();
    this.#check();
    if (this.#subscriber !== undefined && this.#busy && this.#batches.length === 0) return this.flush();
    if (this.#records > this.#capacity) {
      await new Promise<void>((resolve, reject) => this.#writers.push({ resolve, reject }));
    }
  }

  async flush(): Promise<void> {
    this.#check();
    if (this.#batches.length === 0 && !this.#busy) return;
    await new Promise<void>((resolve, reject) => this.#flushers.push({ resolve, reject }));
  }

  async close(): Promise<void> {
    this.#closed = true;
    const error = new SegtideError('aborted', 'The topic was closed before its records were read.');
    for (const waiter of [...this.#writers.splice(0), ...this.#flushers.splice(0)]) waiter.reject(error);
  }

  subscribe(subscriber: Subscriber<T>): () => void {
    this.#check();
    if (this.#subscriber !== undefined) {
      throw new SegtideError('config', 'The topic has a reader; end its subscription before another one begins.');
    }
    this.#subscriber = subscriber;
    this.#deliver();
    return () => {
      if (this.#subscriber === subscriber) this.#subscriber = undefined;
    };
  }

  #check(): void {
    if (this.#broken) throw this.#failure;
    if (this.#closed) throw new SegtideError('output', 'The topic is closed and takes no further records.');
  }

  #deliver(): void {
    while (!this.#busy && !this.#broken && !this.#closed && this.#subscriber !== undefined) {
      const batch = this.#batches.shift();
      if (batch === undefined) break;
      this.#busy = true;
      try {
        const done = this.#subscriber(batch);
        if (done instanceof Promise) {
          done.then(
            () => this.#finish(batch),
            (error: unknown) => this.#break(error),
          );
          return;
        }
      } catch (error) {
        this.#break(error);
        return;
      }
      this.#busy = false;
      this.#records -= batch.length;
    }
    this.#wake();
  }

  #finish(batch: readonly T[]): void {
    this.#busy = false;
    this.#records -= batch.length;
    this.#wake();
    this.#deliver();
  }

  #wake(): void {
    if (this.#records <= this.#capacity) for (const waiter of this.#writers.splice(0)) waiter.resolve();
    if (this.#batches.length === 0 && !this.#busy) for (const waiter of this.#flushers.splice(0)) waiter.resolve();
  }

  #break(error: unknown): void {
    this.#broken = true;
    this.#failure = error;
    for (const waiter of [...this.#writers.splice(0), ...this.#flushers.splice(0)]) waiter.reject(error);
  }
}
