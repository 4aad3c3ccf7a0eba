import type { DeadLetterReason } from '../../ingest/dead-letter.js';
import type { Clock } from '../../ports.js';
import type { Fates } from '../../window/window-batch.js';
import type { Log } from '../log.js';
import type { RoleObserver } from '../observe/role-observer.js';
import type { Progress } from '../run-summary.js';

/** What a worker, a trainer or a notifier is given by the program that it is part of. */
export interface RoleDeps {
  /** Aborted to stop in order: what was done is committed. */
  readonly signal: AbortSignal;
  /** Called often; must be cheap and must not throw. */
  readonly progress: (progress: Progress) => void;
  readonly log: Log;
  readonly clock: Clock;
  /** Watches the role for metrics and health. @default nobody does */
  readonly observer?: RoleObserver | undefined;
}

/** What a role did in this process. */
export interface WorkerSummary {
  readonly role: 'worker';
  readonly seconds: number;
  /** Records read here, those of a restore left out. */
  readonly events: number;
  /** Those records by their first fate; the fates other than `in` add up to it. */
  readonly fates: Fates;
  readonly deadLetterReasons: Readonly<Partial<Record<DeadLetterReason, number>>>;
  readonly windows: number;
  /** Partitions at the end. */
  readonly partitions: readonly number[];
  readonly modelVersion: string | null;
}

export interface TrainerSummary {
  readonly role: 'trainer';
  readonly seconds: number;
  /** Windows that taught here. */
  readonly windows: number;
  /** Versions that were published here, in order. */
  readonly published: readonly string[];
  /** Trainings that ended here, those without a model included. */
  readonly trainings: number;
}

export interface NotifierSummary {
  readonly role: 'notifier';
  readonly seconds: number;
  /** Alerts that receivers took, each counted for each. */
  readonly delivered: number;
  /** Alerts that were given up. */
  readonly undelivered: number;
}
