import type { Alert } from '../../../src/anomaly/alert.js';

/** The time of the tests, epoch ms. */
export const NOW = Date.UTC(2026, 0, 10);

/** An alert about a customer, made an hour ago. */
export function raised(customerId: string, fields: Partial<Alert> = {}): Alert {
  const windowStart = Date.UTC(2026, 0, 8);
  return {
    alertId: `anomaly/${customerId}/${windowStart}`,
    kind: 'anomaly',
    severity: 'medium',
    status: 'confirmed',
    customerId,
    segmentId: 's1',
    windowStart,
    windowEnd: Date.UTC(2026, 0, 9),
    knownUntil: Date.UTC(2026, 0, 9),
    score: 6,
    threshold: 4,
    cause: 'amount',
    explanation: { text: 'usage was 33.9 a step, where 2.62 was expected', parts: [], steps: [] },
    modelVersion: 'v1-00000000',
    centroidEpoch: 2,
    emittedAt: NOW - 3_600_000,
    ...fields,
  };
}
