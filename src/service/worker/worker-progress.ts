import type { DeadLetterReason } from '../../ingest/dead-letter.js';
import type { ModelRecord } from '../../train/model-record.js';
import type { AssignedPartition } from '../../transport/kafka/assigned-partition.js';
import { addFates, NO_FATES } from '../../window/fates.js';
import type { Fates } from '../../window/window-batch.js';
import type { Page } from '../../worker/pages.js';
import type { Config } from '../config/schema.js';
import type { RoleDeps, WorkerSummary } from '../run/role.js';
import { describeNothingAccepted } from '../summary/nothing-accepted.js';
import { topicOf } from '../topics/topic-name.js';
import { createAcceptanceWatch } from './acceptance-watch.js';

/** Adds up what the partitions of a worker do, shows it, and warns once where it accepts nothing. */
export interface WorkerProgress {
  /** Counts a partition's pages from now on, and the fates of the events that came in since the page before. */
  assign(partition: AssignedPartition): (page: Page, fates: Fates) => void;
  summary(seconds: number): WorkerSummary;
}

export function createWorkerProgress(
  config: Config,
  { progress, log, clock }: Pick<RoleDeps, 'progress' | 'log' | 'clock'>,
  models: () => readonly ModelRecord[],
): WorkerProgress {
  const watermarks = new Map<number, number>();
  const acceptsNothing = createAcceptanceWatch(clock);
  const deadLetterReasons: Partial<Record<DeadLetterReason, number>> = {};
  let events = NO_FATES;
  let windows = 0;
  const modelVersion = (): string | null => {
    const newest = models().findLast((record) => record.kind === 'model');
    return newest?.kind === 'model' ? newest.modelVersion : null;
  };
  const toOutput = (output: 'late' | 'dead-letters', records: number) => ({
    ...{ output, records },
    path: topicOf(config.output, output),
  });
  const warnOfNothing = (): void => {
    const { late, deadLettered, quarantined } = events;
    const outputs = [toOutput('late', late), toOutput('dead-letters', deadLettered + quarantined)];
    log.warn(describeNothingAccepted({ events, deadLetterReasons, outputs }, config)!);
  };
  return {
    assign({ partition, signal }) {
      watermarks.set(partition, Number.NEGATIVE_INFINITY);
      signal.addEventListener('abort', () => watermarks.delete(partition), { once: true });
      return (page, fates) => {
        events = addFates(events, fates);
        windows += page.windows.length;
        for (const { reason } of [...page.deadLetters, ...page.windows.quarantined]) {
          deadLetterReasons[reason] = (deadLetterReasons[reason] ?? 0) + 1;
        }
        if (watermarks.has(partition)) watermarks.set(partition, page.windows.watermark);
        progress({
          phase: `${watermarks.size} partition${watermarks.size === 1 ? '' : 's'}`,
          events: events.in,
          late: events.late,
          deadLettered: events.deadLettered + events.quarantined,
          windows,
          watermark: Math.min(...watermarks.values()),
          modelVersion: modelVersion(),
        });
        if (acceptsNothing(events)) warnOfNothing();
      };
    },
    summary: (seconds) => ({
      role: 'worker',
      seconds,
      events: events.in,
      fates: events,
      deadLetterReasons,
      windows,
      partitions: [...watermarks.keys()].sort((a, b) => a - b),
      modelVersion: modelVersion(),
    }),
  };
}
