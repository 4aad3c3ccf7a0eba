import type { Worker } from 'node:worker_threads';
import { SegtideError } from '../../errors.js';
import { toWorker } from '../../numeric/worker.js';
import type { PortableParser } from '../file/input-parsers.js';
import type { ParsedJob, ParseJob, ParseOutcome, ParseThreadData } from './parse-job.js';

/** Threads that parse chunks. */
export interface ParsePool {
  readonly threads: number;
  /**
   * Hands a chunk to a thread; chunks of one thread are dealt with in order.
   *
   * @param thread which; the least busy one where undefined
   * @throws SegtideError what the parser threw, or 'input' when the thread ended
   */
  parse(job: Omit<ParseJob, 'id'>, thread?: number): { readonly thread: number; readonly outcome: Promise<ParsedJob> };
  /** Ends the threads, at once; what they still worked on is rejected with 'aborted'. */
  close(): Promise<void>;
}

/** Starts `threads` parser threads. They are up by the time that the first chunk is read. */
export function createParsePool(threads: number, parser: PortableParser): ParsePool {
  const data: ParseThreadData = { parser };
  const pool = Array.from({ length: threads }, () => new ParseThread(data));
  let nextId = 0;
  return {
    threads,
    parse(job, wanted) {
      let thread = wanted ?? 0;
      if (wanted === undefined) {
        for (let i = 1; i < pool.length; i++) if (pool[i]!.waiting.size < pool[thread]!.waiting.size) thread = i;
      }
      return { thread, outcome: pool[thread]!.parse({ ...job, id: nextId++ }) };
    },
    async close() {
      await Promise.all(pool.map((thread) => thread.close()));
    },
  };
}

interface Waiting {
  resolve(outcome: ParsedJob): void;
  reject(error: SegtideError): void;
}

class ParseThread {
  readonly waiting = new Map<number, Waiting>();
  readonly #worker: Worker;
  #ended: SegtideError | undefined;

  constructor(data: ParseThreadData) {
    this.#worker = toWorker(new URL('./parse-thread.js', import.meta.url), data);
    this.#worker.on('message', (outcome: ParseOutcome) => this.#settle(outcome));
    this.#worker.on('error', (cause: Error) => {
      const text = `A parser thread failed: ${cause.message}. Set parser threads to 0 to parse in the main thread.`;
      this.#end(new SegtideError('input', text, { cause }));
    });
    this.#worker.on('exit', () => this.#end(new SegtideError('aborted', 'A parser thread was ended.')));
  }

  parse(job: ParseJob): Promise<ParsedJob> {
    return new Promise((resolve, reject) => {
      if (this.#ended !== undefined) return reject(this.#ended);
      this.waiting.set(job.id, { resolve, reject });
      this.#worker.postMessage(job);
    });
  }

  async close(): Promise<void> {
    this.#end(new SegtideError('aborted', 'The input was closed while a chunk was being parsed.'));
    await this.#worker.terminate();
  }

  #settle(outcome: ParseOutcome): void {
    const waiting = this.waiting.get(outcome.id);
    if (waiting === undefined) return;
    this.waiting.delete(outcome.id);
    if ('failure' in outcome) {
      const { code, text, context } = outcome.failure;
      waiting.reject(new SegtideError(code, text, { context }));
    } else {
      waiting.resolve(outcome);
    }
  }

  #end(error: SegtideError): void {
    this.#ended ??= error;
    for (const { reject } of this.waiting.values()) reject(this.#ended);
    this.waiting.clear();
  }
}
