import { parentPort, workerData } from 'node:worker_threads';
import type { Warping } from '../../numeric/dtw.js';
import { assignByDtw, type DtwAssignment, type DtwChunk } from './dtw-assign.js';

/** What a thread finds at its start. */
export interface DtwThreadData {
  readonly values: SharedArrayBuffer;
  readonly warping: Warping;
}

// The body of a thread: chunks in, assignments out, in the order in which they come.

if (parentPort !== null) {
  const { values, warping } = workerData as DtwThreadData;
  const series = new Float32Array(values);
  parentPort.on('message', (chunk: DtwChunk) => {
    const answer: DtwAssignment = assignByDtw(series, warping, chunk);
    parentPort!.postMessage(answer);
  });
}
