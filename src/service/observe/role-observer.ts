import { createNotifierObserver, type NotifierObserver } from './notifier-observer.js';
import { createTrainerObserver, type TrainerObserver } from './trainer-observer.js';
import { createWorkerObserver, type ObserverParts, type WorkerObserver } from './worker-observer.js';

/** Watches the roles of a process for metrics and health. */
export interface RoleObserver {
  /** From the start of a worker on. */
  worker(): WorkerObserver;
  /** From the start of a trainer on. */
  trainer(): TrainerObserver;
  /** From the start of what sends alerts on. */
  notifier(): NotifierObserver;
}

export function createRoleObserver(parts: ObserverParts): RoleObserver {
  return {
    worker: () => createWorkerObserver(parts),
    trainer: () => createTrainerObserver(parts),
    notifier: () => createNotifierObserver(parts),
  };
}
