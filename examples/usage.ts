import type { UsageEvent } from 'segtide';

/** Hourly usage in the order of time: 120 customers, active at night, in office hours, or around the clock. */
export function* hourlyUsage(days: number): Generator<UsageEvent> {
  for (let hour = 0; hour < days * 24; hour++) {
    const time = hour % 24;
    for (let customer = 0; customer < 120; customer++) {
      const kind = KINDS[customer % 3]!;
      const isActive = kind === 'flat' || (kind === 'night' ? time < 6 : time >= 8 && time < 18);
      if (!isActive) continue;
      const values = 5 + ((customer * 7 + hour * 13) % 10);
      yield { customerId: `${kind}-${customer}`, eventTime: START + hour * 3_600_000, values };
    }
  }
}

const KINDS = ['night', 'office', 'flat'] as const;
const START = Date.UTC(2026, 0, 1);
