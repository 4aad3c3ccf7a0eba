import type { SilenceListener } from '../../transport/kafka/progress-watch.js';
import type { Log } from '../log.js';

/**
 * Tells the log when brokers are away, and when they are back. They are as silent while the group waits for a member that
 * was lost.
 */
export function tellOutages(log: Log): SilenceListener {
  const seconds = (ms: number): number => Math.round(ms / 1000);
  return {
    onAway: (ms) =>
      log.warn(
        `no broker has answered for ${seconds(ms)} s: they are away, or the group waits for a member that was lost; waiting`,
      ),
    onBack: (ms) => log.info('brokers answer again', { silentSeconds: seconds(ms) }),
  };
}
