import type { Config } from '../config/schema.js';
import type { NotifyBesideRun } from '../notify/notify-beside-run.js';
import type { RunDeps } from '../run-from-config.js';

/** Who tells others of alerts; undefined where nobody is to be told. */
export async function openNotified(config: Config, deps: RunDeps): Promise<NotifyBesideRun | undefined> {
  if (config.alerts.notify === undefined) return undefined;
  return (await import('../notify/notify-beside-run.js')).notifyBesideRun(config, deps);
}
