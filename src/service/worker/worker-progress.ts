import type { ModelRecord } from '../../train/model-record.js';
import type { AssignedPartition } from '../../transport/kafka/assigned-partition.js';
import type { Page } from '../../worker/pages.js';
import type { WorkerSummary } from '../run/role.js';
import type { Progress } from '../run-summary.js';

/** Adds up what the partitions of a worker do. */
export interface WorkerProgress {
  /** Counts a partition's pages from now on. */
  assign(partition: AssignedPartition): (page: Page, events: number) => void;
  summary(seconds: number): WorkerSummary;
}

export function createWorkerProgress(
  show: (progress: Progress) => void,
  models: () => readonly ModelRecord[],
): WorkerProgress {
  const watermarks = new Map<number, number>();
  let events = 0;
  let windows = 0;
  const modelVersion = (): string | null => {
    const newest = models().findLast((record) => record.kind === 'model');
    return newest?.kind === 'model' ? newest.modelVersion : null;
  };
  return {
    assign({ partition, signal }) {
      watermarks.set(partition, Number.NEGATIVE_INFINITY);
      signal.addEventListener('abort', () => watermarks.delete(partition), { once: true });
      return (page, more) => {
        events += more;
        windows += page.windows.length;
        if (watermarks.has(partition)) watermarks.set(partition, page.windows.watermark);
        show({
          phase: `${watermarks.size} partition${watermarks.size === 1 ? '' : 's'}`,
          events,
          windows,
          watermark: Math.min(...watermarks.values()),
          modelVersion: modelVersion(),
        });
      };
    },
    summary: (seconds) => ({
      role: 'worker',
      seconds,
      events,
      windows,
      partitions: [...watermarks.keys()].sort((a, b) => a - b),
      modelVersion: modelVersion(),
    }),
  };
}
