import type { GroupReader } from '../../transport/kafka/group-reader.js';

/**
 * Closes a reader so long after a stop was asked for, whether or not the work on its partitions has ended: what is not
 * committed by then is left to the next owner. Keeps no process alive.
 */
export function closeWithin(ms: number, signal: AbortSignal, reader: GroupReader): void {
  const close = (): void => {
    setTimeout(() => reader.close().catch(() => {}), ms).unref(); // who waits for the work hears of it
  };
  if (signal.aborted) close();
  else signal.addEventListener('abort', close, { once: true });
}
