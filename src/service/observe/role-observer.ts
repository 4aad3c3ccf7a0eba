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
  /** Records that are known to wait for the worker; undefined where there is none, or nobody knows yet. */
  waiting(): number | undefined;
}

export function createRoleObserver(parts: ObserverParts): RoleObserver {
  let worker: WorkerObserver | undefined;
  return {
    worker() {
      worker = createWorkerObserver(parts);
      return worker;
    },
    waiting: () => worker?.waiting(),
    trainer: () => createTrainerObserver(parts),
    notifier: () => createNotifierObserver(parts),
  };
}
