import { NO_RECEIVER_METER, type NotifyMeter, type ReceiverMeter } from '../../metrics/notify-meter.js';

/** Adds up what became of alerts, by outcome, whether or not somebody measures. */
export function countedMeter(
  counts: Record<string, number>,
  meter: Pick<NotifyMeter, 'receiver'> | undefined,
): Pick<NotifyMeter, 'receiver'> {
  return {
    receiver(name) {
      const inner = meter?.receiver(name) ?? NO_RECEIVER_METER;
      const became: ReceiverMeter['became'] = (outcome, alerts) => {
        counts[outcome] = (counts[outcome] ?? 0) + alerts;
        inner.became(outcome, alerts);
      };
      return { ...inner, became };
    },
  };
}
