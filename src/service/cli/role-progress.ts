import type { TrafficLog } from '../observe/traffic-log.js';
import type { RoleDeps } from '../run/role.js';
import type { Progress } from '../run-summary.js';
import type { ProgressDisplay } from '../summary/progress-display.js';
import type { ViewThread } from '../view/start-view-thread.js';
import type { RoleName } from './run-roles.js';

/** Who is told how far the roles of a process are. */
export interface RoleListeners {
  readonly display: Pick<ProgressDisplay, 'show'>;
  readonly traffic: Pick<TrafficLog, 'take'> | undefined;
  readonly view: Pick<ViewThread, 'progress'> | undefined;
}

/** Tells the display of each role, the log of the worker, and the page of both at once: what is read, and the training beside it. */
export function createRoleProgress({
  display,
  traffic,
  view,
}: RoleListeners): Readonly<Record<RoleName, RoleDeps['progress']>> {
  let ofWorker: Progress | undefined;
  let training: Pick<Progress, 'phase' | 'done'> | undefined;
  const tellPage = (): void => {
    if (ofWorker !== undefined) view?.progress({ ...ofWorker, ...training });
  };
  return {
    worker(progress) {
      display.show(progress);
      traffic?.take(progress);
      ofWorker = progress;
      tellPage();
    },
    trainer(progress) {
      display.show(progress);
      const { phase, done } = progress;
      training = done === undefined ? undefined : { phase, done };
      tellPage();
    },
    notifier: () => undefined,
  };
}
