import { catchError, defer, EMPTY, fromEvent, lastValueFrom, mergeMap, type Observable, takeUntil } from 'rxjs';
import { SegtideError } from '../../errors.js';
import type { AssignedPartition } from '../../transport/kafka/assigned-partition.js';

export interface ServeOptions {
  /** Aborted to stop in order: no partition is begun any more, and what is under way ends by itself. */
  readonly signal: AbortSignal;
  /** After another process took over a partition, its loss is to be told by the group within so long. In ms. @default 15000 */
  readonly fencedGraceMs?: number;
  readonly onFenced: (partition: AssignedPartition) => void;
}

/**
 * Works on the partitions that the group gives to this process, each by itself, until it is told to stop. Where the work
 * on one fails, the others are stopped in order. Resolves, or rejects, when all work has ended.
 *
 * @param work resolves when its partition was revoked, or when it was stopped by its signal and everything is committed
 * @throws SegtideError what stopped the reader, or the work on a partition: the process is to end, so that the group
 * gives its partitions to others
 */
export async function servePartitions(
  partitions$: Observable<AssignedPartition>,
  work: (partition: AssignedPartition, stop: AbortSignal) => Promise<void>,
  { signal, fencedGraceMs = 15_000, onFenced }: ServeOptions,
): Promise<void> {
  if (signal.aborted) return;
  const failed = new AbortController();
  const stop = AbortSignal.any([signal, failed.signal]);
  const fail = (error: unknown) => {
    failed.abort(error);
    return EMPTY;
  };
  const serve = async (partition: AssignedPartition): Promise<void> => {
    try {
      await work(partition, stop);
    } catch (error) {
      if (!(error instanceof SegtideError) || error.code !== 'fenced') throw error;
      onFenced(partition);
      if (!(await isRevoked(partition, fencedGraceMs))) throw error;
    }
  };
  await lastValueFrom(
    partitions$.pipe(
      catchError(fail),
      takeUntil(fromEvent(stop, 'abort')),
      mergeMap((partition) => defer(() => serve(partition)).pipe(catchError(fail))),
    ),
    { defaultValue: undefined },
  );
  if (failed.signal.aborted) throw failed.signal.reason;
}

/**
 * Whether the group takes the partition away within so long. A process that was stopped for a while learns from its
 * first commit that it was replaced, before it learns it from the group.
 */
function isRevoked({ signal }: AssignedPartition, ms: number): Promise<boolean> {
  if (signal.aborted) return Promise.resolve(true);
  return new Promise((resolve) => {
    const revoked = (): void => {
      clearTimeout(timer);
      resolve(true);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', revoked);
      resolve(false);
    }, ms);
    signal.addEventListener('abort', revoked, { once: true });
  });
}
