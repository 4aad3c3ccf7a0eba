import { describe, expect, it } from 'vitest';
import type { DriftReport } from '../../../src/drift/drift-report.js';
import type { ModelEventRecord } from '../../../src/publish/model-event.js';
import type { SegmentRecord } from '../../../src/publish/segment-record.js';
import type { TransitionRecord } from '../../../src/publish/transition-record.js';
import { renderStory } from '../../../src/service/summary/render-story.js';

const DAY = 86_400_000;

const segment = (segmentId: string, name: string, change: Partial<SegmentRecord>): SegmentRecord =>
  ({
    ...{ segmentId, name, modelVersion: 'v1', windowEnd: 10 * DAY, reason: 'first fit', lineage: 'born', share: 0.5 },
    ...{ from: [], into: [], history: [{ share: 0.5 }] },
    ...change,
  }) as unknown as SegmentRecord;

const move = (customerId: string, change: Partial<TransitionRecord>): TransitionRecord => ({
  ...{ customerId, windowStart: 13 * DAY, windowEnd: 20 * DAY, from: 's1', to: 's2', cause: 'behaviour' },
  ...{ modelVersion: 'v1', previousModelVersion: 'v1', margin: 0.5, previousMargin: 0.5, emittedAt: 0 },
  ...change,
});

describe('renderStory', () => {
  it('tells models, drift and moves in the order of event time, and a customer for each cause', () => {
    const later = { modelVersion: 'v2', windowEnd: 21 * DAY, reason: 'drift' };
    const records = {
      segments: [
        segment('s1', 'weekday', {}),
        segment('s2', 'weekend', {}),
        segment('s1', 'quiet', {
          ...later,
          lineage: 'same',
          share: 0.3,
          history: [{ share: 0.5 }, { share: 0.3 }] as unknown as SegmentRecord['history'],
        }),
        segment('s2', 'weekend', { ...later, lineage: 'same' }),
        segment('s3', 'night', { ...later, from: [{ segmentId: 's1', share: 0.9 }], lineage: 'split' }),
      ],
      drift: [
        { reportId: 'r', drifted: true, action: 'retrain', layer: 'assignment', statistic: 'psi', subject: 'all' },
        {
          ...{ reportId: 's', drifted: true, action: 'suppressed', currentEnd: 27 * DAY },
          ...{ layer: 'assignment', statistic: 'psi', subject: 'all' },
        },
        { reportId: 'q', drifted: false, action: 'none', layer: 'input', statistic: 'psi', subject: 'usage' },
      ].map((report) => ({
        ...{ value: 0.3, threshold: 0.2, since: 13 * DAY, currentEnd: 20 * DAY },
        ...report,
      })) as unknown as DriftReport[],
      transitions: [
        move('ann', { margin: 0.9 }),
        move('bob', { margin: 0.1 }),
        move('cid', { cause: 'model', modelVersion: 'v2', from: 's3', to: 's1', windowEnd: 27 * DAY }),
      ],
      modelEvents: [
        { modelVersion: 'v1', event: 'promoted', eventTime: 10 * DAY, previousVersion: null, reasons: [], why: [] },
        {
          ...{ modelVersion: 'v3', event: 'refused', eventTime: 24 * DAY, previousVersion: 'v2' },
          ...{ reasons: ['28 days since the last fit'], why: ['no gain: common silhouette 0.373 against 0.366'] },
        },
        {
          modelVersion: 'v4',
          event: 'failed',
          eventTime: 25 * DAY,
          previousVersion: null,
          reasons: [],
          why: ['killed'],
        },
      ] as unknown as ModelEventRecord[],
    };
    expect(renderStory(records, 200, [{ time: 20 * DAY, text: 'half of them turn weekend' }])).toBe(`What happened
  1970-01-11  v1 gives the first segments (first fit): s1 (weekday); s2 (weekend)
  1970-01-21  planted: half of them turn weekend
  1970-01-21  drift since 1970-01-14: assignment psi of all 0.3 over 0.2; asks for a retraining; goes on to 1970-01-28
  1970-01-21  2 customers moved: 2 by behaviour; most 2 s1 (weekday) → s2 (weekend)
  1970-01-22  v2 takes over (drift): s1 (quiet) shrank from 50 % to 30 %; s3 (night) split, of 90 % s1; 1 others as they were
  1970-01-25  v3 refused (28 days since the last fit): no gain: common silhouette 0.373 against 0.366; v2 stays
  1970-01-26  v4 failed: killed
  1970-01-28  1 customer moved: 1 by model; most 1 s3 → s1 (quiet)

Who moved, for example
  ann: s1 (weekday) → s2 (weekend) by behaviour, in the window to 1970-01-21; under the same model
  cid: s3 → s1 (quiet) by model, in the window to 1970-01-28; v1 would have left it, so only the borders moved
`);
    expect(renderStory({ segments: [], drift: [], transitions: [], modelEvents: [] }, 80)).toContain(
      'no window has been assigned',
    );
  });
});
