import type { Alert } from '../../anomaly/alert.js';
import type { SentAlert } from './alert-receiver.js';

/** An alert with where it stands: topic, partition and offset, or file and line. */
export interface PositionedAlert {
  readonly alert: Alert;
  readonly position: string;
}

/** What became of alerts, beside being sent. */
export type LeftOut = 'duplicate' | 'superseded' | 'stale' | 'below_severity';

export interface ToldAlertsOptions {
  readonly minSeverity: Alert['severity'];
  /** Older ones are not sent. In ms. */
  readonly maxAgeMs: number;
  /** How long one is taken to last. In ms. */
  readonly resolveAfterMs: number;
  /** Alerts that are remembered. @default 10000 */
  readonly capacity?: number;
}

/** Remembers which alerts a receiver was told of, the last ones of them, and says what it is to be told next. */
export interface ToldAlerts {
  /**
   * What is to be sent of alerts that came together, in their order; an alert that came twice goes by its last record.
   *
   * @param now epoch ms
   */
  select(alerts: readonly PositionedAlert[], now: number, onLeftOut: (why: LeftOut) => void): readonly SelectedAlert[];
  /** Was taken by the receiver. */
  told(sent: SentAlert): void;
}

export interface SelectedAlert {
  readonly sent: SentAlert;
  readonly position: string;
}

export function createToldAlerts(options: ToldAlertsOptions): ToldAlerts {
  const { minSeverity, maxAgeMs, resolveAfterMs, capacity = 10_000 } = options;
  const told = new Map<string, SentAlert>();
  const isBelow = ({ severity }: Alert): boolean => RANKS[severity] < RANKS[minSeverity];

  const toSent = (alert: Alert, before: SentAlert | undefined, now: number): SentAlert => {
    const startsAt = Math.min(before?.startsAt ?? alert.emittedAt, now);
    // What was told ends where it turns out to be milder than what is told at all.
    const hasEnded = alert.status === 'withdrawn' || isBelow(alert);
    return {
      ...{ alert, before: before?.alert, startsAt },
      endsAt: hasEnded ? Math.max(startsAt, Math.min(alert.emittedAt, now)) : now + resolveAfterMs,
      state: hasEnded ? 'resolved' : 'firing',
    };
  };
  const whyLeftOut = (
    alert: Alert,
    before: SentAlert | undefined,
    cameHere: boolean,
    now: number,
  ): LeftOut | undefined => {
    if (before?.alert.status === alert.status) return 'duplicate';
    if (now - alert.emittedAt > maxAgeMs) return 'stale';
    if (before !== undefined) return undefined;
    if (isBelow(alert)) return 'below_severity';
    // It came and went before anybody was told.
    return cameHere && alert.status === 'withdrawn' ? 'superseded' : undefined;
  };

  return {
    select(alerts, now, onLeftOut) {
      const last = new Map<string, PositionedAlert>();
      const twice = new Set<string>();
      for (const one of alerts) {
        const { alertId } = one.alert;
        if (last.delete(alertId)) {
          twice.add(alertId);
          onLeftOut('superseded');
        }
        last.set(alertId, one);
      }
      return [...last.values()].flatMap(({ alert, position }): SelectedAlert[] => {
        const before = told.get(alert.alertId);
        const why = whyLeftOut(alert, before, twice.has(alert.alertId), now);
        if (why === undefined) return [{ sent: toSent(alert, before, now), position }];
        onLeftOut(why);
        return [];
      });
    },
    told(sent) {
      const { alertId } = sent.alert;
      told.delete(alertId);
      told.set(alertId, sent);
      if (told.size > capacity) told.delete(told.keys().next().value!);
    },
  };
}

const RANKS: Readonly<Record<Alert['severity'], number>> = { low: 0, medium: 1, high: 2 };
