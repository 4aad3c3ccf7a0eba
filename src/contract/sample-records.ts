import type { SinkRecord } from '../plugin/sink-plugin.js';

const DAY = 86_400_000;

/** A record or two of each output that a sink is likely to be handed, with what is null now and then. */
export const SAMPLE_RECORDS: Readonly<Record<string, readonly SinkRecord[]>> = {
  assignments: [
    {
      ...{ customerId: 'ü-1', windowStart: 0, windowEnd: DAY, revision: 0, final: true },
      ...{ segmentId: 's1', previousSegmentId: null, distance: 0.25, margin: 0.5, confidence: 0.75 },
      ...{ reconstructionError: null, observedSteps: 24, inactive: false, status: 'assigned' },
      ...{ modelVersion: 'v1', centroidEpoch: 3, emittedAt: DAY },
    },
    {
      ...{ customerId: 'ü-2', windowStart: 0, windowEnd: DAY, revision: 1, final: false },
      ...{ segmentId: null, previousSegmentId: null, distance: null, margin: null, confidence: null },
      ...{ reconstructionError: null, observedSteps: 0, inactive: true, status: 'warming' },
      ...{ modelVersion: null, centroidEpoch: null, emittedAt: DAY },
    },
  ],
  transitions: [
    {
      ...{ customerId: 'ü-1', windowStart: DAY, windowEnd: 2 * DAY, from: 's1', to: 's2', cause: 'behaviour' },
      ...{ modelVersion: 'v1', previousModelVersion: 'v1', margin: 0.5, previousMargin: null, emittedAt: 2 * DAY },
    },
  ],
  drift: [
    {
      ...{ reportId: 'r1', layer: 'assignment', subject: 'all', statistic: 'psi', value: 0.375, threshold: 0.25 },
      ...{ pValue: null, drifted: true, severity: 'medium', rank: 1, since: DAY },
      ...{ referenceStart: 0, referenceEnd: DAY, currentStart: DAY, currentEnd: 2 * DAY, nReference: 10, nCurrent: 12 },
      ...{ referenceModelVersion: 'v1', modelVersion: 'v1', action: 'none' },
    },
  ],
  alerts: [
    {
      ...{ alertId: 'anomaly/ü-1/0', kind: 'anomaly', severity: 'low', status: 'confirmed', customerId: 'ü-1' },
      ...{
        segmentId: 's1',
        windowStart: 0,
        windowEnd: DAY,
        knownUntil: DAY,
        score: 5.5,
        threshold: 4,
        cause: 'amount',
      },
      explanation: {
        text: 'usage was 9 a step',
        parts: [{ part: 'amount', value: 7.5, usual: 2, score: null }],
        steps: [
          { channel: 'usage', first: 1, end: 3, from: 3_600_000, to: 10_800_000, expected: 1, seen: 9, deviation: 7.5 },
        ],
      },
      ...{ modelVersion: 'v1', centroidEpoch: 3, emittedAt: DAY },
    },
  ],
  late: [
    {
      ...{ customerId: 'ü-1', eventTime: 5, values: [1.5, null], watermark: DAY },
      ...{ source: 'usage/0', row: 4, offset: 3 },
    },
  ],
  'dead-letters': [
    {
      ...{ reason: 'not-finite', detail: '`usage` is 1e400', source: 'usage/0', row: 5, offset: 4 },
      ...{ bytes: 'AP97', truncated: false },
    },
  ],
};
