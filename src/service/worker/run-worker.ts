import { defer, fromEvent, lastValueFrom, mergeMap, type Observable, takeUntil } from 'rxjs';
import { SegtideError } from '../../errors.js';
import type { AssignedPartition } from '../../transport/kafka/assigned-partition.js';
import { type PartitionWorkerOptions, type PartitionWorkerParts, runPartition } from './partition-worker.js';

export interface WorkerOptions extends PartitionWorkerOptions {
  /** After another process took over a partition, its loss is to be told by the group within so long. In ms. */
  readonly fencedGraceMs: number;
}

export interface WorkerParts {
  /** Fails when the consumer has stopped for good. */
  readonly partitions$: Observable<AssignedPartition>;
  /** Aborted to stop in order: what was done is committed. */
  readonly signal: AbortSignal;
  /** What one partition works with; its store and outputs are its own. */
  readonly open: (partition: AssignedPartition) => Promise<Omit<PartitionWorkerParts, 'partition' | 'isStopped'>>;
  readonly onFenced: (partition: AssignedPartition, error: SegtideError) => void;
}

/**
 * Works on the partitions that the group gives to this process, each by itself, until it is told to stop; resolves
 * when everything that was done is committed.
 *
 * @throws SegtideError what stopped one of the partitions: the process is to end, so that the group gives its partitions
 * to others
 */
export async function runWorker(options: WorkerOptions, parts: WorkerParts): Promise<void> {
  const { partitions$, signal } = parts;
  if (signal.aborted) return;
  const work = async (partition: AssignedPartition): Promise<void> => {
    const opened = await parts.open(partition);
    try {
      await runPartition(options, { ...opened, partition, isStopped: () => signal.aborted });
    } catch (error) {
      if (!(error instanceof SegtideError) || error.code !== 'fenced') throw error;
      parts.onFenced(partition, error);
      if (!(await isRevoked(partition, options.fencedGraceMs))) throw error;
    }
  };
  await lastValueFrom(
    partitions$.pipe(
      takeUntil(fromEvent(signal, 'abort')),
      mergeMap((partition) => defer(() => work(partition))),
    ),
    { defaultValue: undefined },
  );
}

/**
 * Whether the group takes the partition away within so long. A process that was stopped for a while learns from its
 * first commit that it was replaced, before it learns it from the group.
 */
function isRevoked({ signal }: AssignedPartition, ms: number): Promise<boolean> {
  if (signal.aborted) return Promise.resolve(true);
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), ms);
    signal.addEventListener(
      'abort',
      () => {
        clearTimeout(timer);
        resolve(true);
      },
      { once: true },
    );
  });
}
