import { join } from 'node:path';
import { createNotifyMeter } from '../../metrics/notify-meter.js';
import { ALERTS } from '../../publish/output.js';
import type { Config } from '../config/schema.js';
import { raisesAlerts } from '../run/written-outputs.js';
import type { RunDeps } from '../run-from-config.js';
import { countedMeter } from './counted-meter.js';
import { followAlertFile } from './follow-alert-file.js';
import { openNotifiers } from './open-notifiers.js';

/** What sends the alerts of a run while it goes on. */
export interface NotifyBesideRun {
  /**
   * Sends what is still to be sent, unless the run was told to stop. Never rejects: results are there all the same.
   *
   * @returns alerts that were given up, each counted for each receiver
   */
  end(): Promise<number>;
}

/** Starts to send the alerts that a run writes to its folder, where the config names a receiver. */
export async function notifyBesideRun(
  config: Config,
  { log, clock, signal, metrics }: Pick<RunDeps, 'log' | 'clock' | 'signal' | 'metrics'>,
): Promise<NotifyBesideRun | undefined> {
  const { notify } = config.alerts;
  const { path } = config.output;
  if (notify === undefined || !raisesAlerts(config.alerts) || path === undefined) return undefined;
  const meter = metrics && createNotifyMeter(metrics);
  const counts: Record<string, number> = {};
  const notifiers = await openNotifiers(config, notify, { log, clock, signal, meter: countedMeter(counts, meter) });
  const ended = new AbortController();
  const following = notifiers.map((notifier) =>
    followAlertFile({
      path: join(path, `${ALERTS.name}.ndjson`),
      positionPath: join(path, `${ALERTS.name}-sent-${notifier.name}`),
      deliver: notifier.deliver,
      ended: ended.signal,
    }).catch((error: Error) => log.error(`alerts are not sent to ${notifier.name} any more: ${error.message}`)),
  );
  return {
    async end() {
      ended.abort();
      for (const notifier of notifiers) notifier.hurry();
      await Promise.all(following);
      for (const notifier of notifiers) notifier.close();
      meter?.close();
      return counts.undelivered ?? 0;
    },
  };
}
