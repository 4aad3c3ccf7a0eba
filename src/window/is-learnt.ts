import type { WindowBatch } from './window-batch.js';

/** Whether row `i` teaches: the first result of a closed window. */
export function isLearnt(windows: Pick<WindowBatch, 'finals' | 'revisions' | 'evicted'>, i: number): boolean {
  return windows.finals[i] === 1 && windows.revisions[i] === 0 && windows.evicted[i] === 0;
}
