import type { Registry } from 'prom-client';
import { createInstruments, removeInstruments } from './instruments.js';
import { NOTIFY_METRICS } from './notify-definitions.js';

/** Measures how alerts are sent. */
export interface NotifyMeter {
  receiver(name: string): ReceiverMeter;
  /** Takes all metrics out of the registry. */
  close(): void;
}

/** Measures what one receiver is sent. */
export interface ReceiverMeter {
  /** @param outcome of the closed set that the metric names */
  became(outcome: string, alerts: number): void;
  request(result: string, seconds: number): void;
  waiting(alerts: number): void;
}

/** @throws SegtideError `config` where the registry has such metrics already */
export function createNotifyMeter(registry: Registry): NotifyMeter {
  const metrics = createInstruments(registry, NOTIFY_METRICS);
  return {
    receiver(receiver) {
      // So that rates and alerts see the first one, too.
      for (const outcome of ['delivered', 'undelivered']) metrics.alerts.inc({ receiver, outcome }, 0);
      return {
        became: (outcome, alerts) => metrics.alerts.inc({ receiver, outcome }, alerts),
        request(result, seconds) {
          metrics.requests.inc({ receiver, result });
          metrics.requestSeconds.observe({ receiver }, seconds);
        },
        waiting: (alerts) => metrics.waiting.set({ receiver }, alerts),
      };
    },
    close: () => removeInstruments(registry, NOTIFY_METRICS),
  };
}

/** For who measures nothing. */
export const NO_RECEIVER_METER: ReceiverMeter = {
  became: () => undefined,
  request: () => undefined,
  waiting: () => undefined,
};
