import { once } from 'node:events';
import type { Worker } from 'node:worker_threads';
import { SegtideError } from '../../errors.js';
import { type Abortable, throwIfAborted } from '../../numeric/abortable.js';
import type { Warping } from '../../numeric/dtw.js';
import { toWorker } from '../../numeric/worker.js';
import { assignByDtw, type DtwAssignment, type DtwChunk } from './dtw-assign.js';
import type { DtwThreadData } from './dtw-thread.js';
import { pause } from './pause.js';

/** Threads that assign series by dynamic time warping. */
export interface DtwPool {
  /** Chunks are answered in their order, whatever thread had them. */
  assign(chunks: readonly DtwChunk[]): Promise<DtwAssignment[]>;
  close(): Promise<void>;
}

/**
 * Opens threads on the same series.
 *
 * @param values (rows, steps, channels)
 * @param threads 0 works in the caller's
 */
export function openDtwPool(values: Float32Array, warping: Warping, threads: number, signal?: Abortable): DtwPool {
  if (threads === 0) {
    return {
      async assign(chunks) {
        const answers: DtwAssignment[] = [];
        for (const chunk of chunks) {
          await pause(signal);
          answers.push(assignByDtw(values, warping, chunk));
        }
        return answers;
      },
      close: async () => undefined,
    };
  }
  const shared = new SharedArrayBuffer(values.byteLength);
  new Float32Array(shared).set(values);
  const data: DtwThreadData = { values: shared, warping };
  const workers = Array.from({ length: threads }, () => toWorker(new URL('./dtw-thread.js', import.meta.url), data));
  return {
    async assign(chunks) {
      const answers: DtwAssignment[] = [];
      let next = 0;
      const work = async (worker: Worker): Promise<void> => {
        while (next < chunks.length) {
          throwIfAborted(signal, 'The clustering');
          const at = next++;
          worker.postMessage(chunks[at]);
          answers[at] = await answerOf(worker);
        }
      };
      await Promise.all(workers.map(work));
      return answers;
    },
    close: async () => {
      await Promise.all(workers.map((worker) => worker.terminate()));
    },
  };
}

async function answerOf(worker: Worker): Promise<DtwAssignment> {
  try {
    const [answer] = (await once(worker, 'message')) as [DtwAssignment];
    return answer;
  } catch (cause) {
    const text = `A thread failed: ${(cause as Error).message}. Work without threads to see where.`;
    throw new SegtideError('encoder', text, { cause });
  }
}
