import { createNotifyMeter, type NotifyMeter } from '../../metrics/notify-meter.js';
import type { AssignedPartition } from '../../transport/kafka/assigned-partition.js';
import { createProgressCheck, type ProgressCheck, toCheckResult } from './progress-check.js';
import { watchedPartition } from './watched-partition.js';
import type { ObserverParts } from './worker-observer.js';

/** Watches what sends alerts for metrics and health, from outside. */
export interface NotifierObserver {
  readonly meter: NotifyMeter;
  /** The topic of alerts is there. */
  began(): void;
  /** A partition of it, watched until it is revoked. */
  observe(partition: AssignedPartition): AssignedPartition;
  close(): void;
}

/** @throws SegtideError `config` where the registry has metrics of a notifier already */
export function createNotifierObserver({ registry, health, clock, stuckAfterMs }: ObserverParts): NotifierObserver {
  const meter = createNotifyMeter(registry);
  const watched = new Set<ProgressCheck>();
  let hasBegun = false;
  const removals = [
    health.add('notifier.topic', () =>
      hasBegun
        ? { ok: true, detail: 'the topic of alerts is there' }
        : { ok: false, detail: 'there is no topic of alerts yet, or brokers were not reached' },
    ),
    health.add('notifier.progressing', () =>
      toCheckResult(
        Array.from(watched, (progress) => progress.problem()),
        'each partition is looked after',
      ),
    ),
  ];
  return {
    meter,
    began() {
      hasBegun = true;
    },
    observe(assigned) {
      const progress = createProgressCheck(assigned, () => assigned.rounds, { clock, stuckAfterMs });
      watched.add(progress);
      assigned.signal.addEventListener('abort', () => watched.delete(progress), { once: true });
      return watchedPartition(assigned, progress.turned);
    },
    close() {
      for (const remove of removals) remove();
      meter.close();
    },
  };
}
