import { catchError, defer, EMPTY, fromEvent, lastValueFrom, mergeMap, takeUntil } from 'rxjs';
import { SegtideError } from '../../errors.js';
import type { AssignedPartition } from '../../transport/kafka/assigned-partition.js';
import type { GroupReader } from '../../transport/kafka/group-reader.js';

export interface ServeOptions {
  /** Aborted to stop in order: no partition is begun any more, and what is under way ends by itself. */
  readonly signal: AbortSignal;
  /**
   * After another process took over a partition, its loss is to be told by the group within so long; else the partition
   * is begun anew. In ms. @default 15000
   */
  readonly fencedGraceMs?: number;
  readonly onFenced: (partition: AssignedPartition) => void;
}

/**
 * Works on the partitions that the group gives to this process, each by itself, until it is told to stop. Where the work
 * on one fails, the others are stopped in order. Resolves, or rejects, when all work has ended.
 *
 * A process that is slow to hear that it lost a partition may still open its state, and so fence the one that has it by
 * now: that one opens it once more, if the group leaves it the partition. Where that happens again and again, two groups
 * share their topics, and it fails.
 *
 * @param work resolves when its partition was revoked, or when it was stopped by its signal and everything is committed
 * @throws SegtideError what stopped the reader, or the work on a partition: the process is to end, so that the group
 * gives its partitions to others
 */
export async function servePartitions(
  reader: Pick<GroupReader, 'partitions$' | 'again'>,
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
  const fenced = new Map<number, number>();
  const serve = async (assigned: AssignedPartition): Promise<void> => {
    const { partition } = assigned;
    try {
      await work(assigned, stop);
    } catch (error) {
      if (!(error instanceof SegtideError) || error.code !== 'fenced') throw error;
      onFenced(assigned);
      if (!(await isRevoked(assigned, fencedGraceMs))) {
        const times = (fenced.get(partition) ?? 0) + 1;
        fenced.set(partition, times);
        if (times > MOST_FENCED && !stop.aborted) throw sharedTopics(assigned, error);
        if (stop.aborted || !reader.again(assigned)) throw error;
        return;
      }
    }
    fenced.delete(partition);
  };
  await lastValueFrom(
    reader.partitions$.pipe(
      catchError(fail),
      takeUntil(fromEvent(stop, 'abort')),
      mergeMap((partition) => defer(() => serve(partition)).pipe(catchError(fail))),
    ),
    { defaultValue: undefined },
  );
  if (failed.signal.aborted) throw failed.signal.reason;
}

/** What the group knows nothing of is another group. */
function sharedTopics({ partition }: AssignedPartition, cause: SegtideError): SegtideError {
  const text = `partition ${partition} was taken over again and again by a process of another consumer group: two deployments with different \`input.kafka.groupId\` write to the same topics. Stop one, or give it an \`output.topicPrefix\` of its own`;
  return new SegtideError('fenced', text, { cause, context: cause.context });
}

/** In a row, of one partition. */
const MOST_FENCED = 3;

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
