import { describe, expect, it } from 'vitest';
import type { DeadLetter } from '../../src/ingest/dead-letter.js';
import type { LateEvent, WindowBatch } from '../../src/window/window-batch.js';
import { createPublisher, type PublisherSnapshot } from '../../src/worker/publisher.js';
import type { Scored, Scorer } from '../../src/worker/scorer.js';
import { type AssignedWindow, assignedWindows, type ModelOfTest } from '../publish/assigned-windows.js';
import { collectOutputs } from '../support/small-stream.js';

const V1: ModelOfTest = { modelVersion: 'v1', segmentIds: ['s1', 's2', 's3'] };
const V2: ModelOfTest = { modelVersion: 'v2', segmentIds: ['s1', 's2', 's3'] };

describe('a publisher', () => {
  it('writes an assignment for each window, emitted at its end in a replay', async () => {
    const { publish, records } = published();
    await publish([{ customer: 1, start: 5000, nearest: 1 }], V1);
    expect(records.assignments).toMatchObject([
      { customerId: 'customer-1', segmentId: 's2', previousSegmentId: null, status: 'assigned', emittedAt: 6000 },
    ]);
  });

  it('stamps records with the clock of a live run', async () => {
    const { publish, records } = published({ clock: { now: () => 77 } });
    await publish([{ customer: 1, nearest: 0 }], V1);
    await publish([{ customer: 1, start: 1000, nearest: 1 }], V1);
    expect(records.assignments.map(({ emittedAt }) => emittedAt)).toEqual([77, 77]);
    expect(records.transitions.map(({ emittedAt }) => emittedAt)).toEqual([77]);
  });

  it('writes assignments without a segment while there is no model, and no transitions', async () => {
    const { publish, records, publisher } = published();
    await publish([{ customer: 1 }, { customer: 1, start: 1000 }]);
    expect(records.assignments.map(({ status, segmentId }) => [status, segmentId])).toEqual([
      ['warming', null],
      ['warming', null],
    ]);
    expect(records.transitions).toEqual([]);
    expect(publisher.counts).toMatchObject({ windows: 2, assignments: 2 });
  });

  it('writes a transition where a customer changed segment, caused by behaviour within one model', async () => {
    const { publish, records } = published();
    await publish(
      [
        { customer: 1, nearest: 0 },
        { customer: 2, nearest: 0 },
      ],
      V1,
    );
    await publish(
      [
        { customer: 1, start: 1000, nearest: 1 },
        { customer: 2, start: 1000, nearest: 0 },
      ],
      V1,
    );
    expect(records.transitions).toMatchObject([
      {
        customerId: 'customer-1',
        windowStart: 1000,
        from: 's1',
        to: 's2',
        cause: 'behaviour',
        modelVersion: 'v1',
        previousModelVersion: 'v1',
      },
    ]);
    expect(records.assignments.at(-2)).toMatchObject({ previousSegmentId: 's1', segmentId: 's2' });
  });

  it('writes an embedding for each window that a model has scored', async () => {
    const { publish, records } = published();
    await publish([{ customer: 1 }]);
    expect(records.embeddings).toEqual([]);
    await publish(
      [
        { customer: 1, start: 1000, nearest: 0 },
        { customer: 2, start: 1000, revision: 2, final: false, nearest: 1 },
      ],
      V1,
    );
    expect(records.embeddings).toMatchObject([
      { customerId: 'customer-1', windowStart: 1000, revision: 0, final: true, modelVersion: 'v1', vector: [0] },
      { customerId: 'customer-2', windowStart: 1000, revision: 2, final: false, modelVersion: 'v1', vector: [0] },
    ]);
  });

  it('asks the model before who caused a transition at a swap', async () => {
    // Under v1 customer 1 would be in s2 by now, customer 2 still in s1, and customer 3 in s3.
    const verdicts = ['s2', 's1', 's3'];
    const asked: unknown[] = [];
    const { publish, records } = published({
      underPrevious: async (_, rows, version) => {
        asked.push([rows, version]);
        return rows.map((row) => verdicts[row]!);
      },
    });
    const customers = [1, 2, 3];
    await publish(
      customers.map((customer) => ({ customer, nearest: 0 })),
      V1,
    );
    await publish(
      customers.map((customer) => ({ customer, start: 1000, nearest: 1 })),
      V2,
    );
    expect(asked).toEqual([[[0, 1, 2], 'v1']]);
    expect(records.transitions.map(({ cause }) => cause)).toEqual(['behaviour', 'model', 'both']);
    expect(records.transitions[0]).toMatchObject({ modelVersion: 'v2', previousModelVersion: 'v1' });
  });

  it('asks the same about rows whose segment changed when others began', async () => {
    const asked: unknown[] = [];
    const { publish, records } = published({
      underPrevious: async (_, rows, version) => {
        asked.push([rows, version]);
        return rows.map(() => 's1');
      },
    });
    await publish(
      [1, 2, 3].map((customer) => ({ customer, nearest: 0 })),
      V1,
    );
    const segmentIds = ['s1', 's2', 's9'];
    const reseeded = { ...V1, segmentIds, born: ['s9'] };
    await publish(
      [1, 2].map((customer) => ({ customer, start: 1000, nearest: 2 })),
      reseeded,
    );
    await publish([{ customer: 1, start: 2000, nearest: 1 }], reseeded);
    expect(asked).toEqual([[[0, 1], 'v1']]);
    expect(records.transitions.map(({ cause }) => cause)).toEqual(['model', 'model', 'behaviour']);
  });

  it('calls the cause `both` where the model before is gone', async () => {
    const { publish, records } = published({ underPrevious: async () => null });
    await publish([{ customer: 1, nearest: 0 }], V1);
    await publish([{ customer: 1, start: 1000, nearest: 1 }], V2);
    expect(records.transitions.map(({ cause }) => cause)).toEqual(['both']);
  });

  it('forgets a released customer once the page is dealt with, so that its slot starts anew', async () => {
    const { publish, records, publisher } = published();
    await publish(
      [
        { customer: 1, nearest: 0 },
        { customer: 2, nearest: 1 },
      ],
      V1,
    );
    await publish([{ customer: 1, start: 1000, nearest: 1 }], V1, { released: Uint32Array.of(1) });
    expect(records.transitions).toHaveLength(1);
    expect([...publisher.segmentSizes()]).toEqual([['s2', 1]]);
    await publish([{ customer: 1, customerId: 'somebody else', start: 2000, nearest: 2 }], V1);
    expect(records.transitions).toHaveLength(1);
    expect(records.assignments.at(-1)).toMatchObject({ customerId: 'somebody else', previousSegmentId: null });
  });

  it('counts first results, revisions, provisional results and dead letters by reason', async () => {
    const { publish, publisher, records } = published();
    await publish(
      [
        { customer: 1 },
        { customer: 2, final: false },
        { customer: 1, revision: 1 },
        { customer: 3 },
        { customer: 1, revision: 2 },
      ],
      V1,
      { quarantined: [letter('future')] },
      [letter('unreadable'), letter('negative'), letter('unreadable')],
    );
    expect(publisher.counts).toEqual({
      windows: 2,
      revisions: 2,
      highestRevision: 2,
      assignments: 5,
      transitions: 0,
      alerts: {},
      deadLetterReasons: { unreadable: 2, negative: 1, future: 1 },
    });
    expect(records.deadLetters.map(({ reason }) => reason)).toEqual(['unreadable', 'negative', 'unreadable', 'future']);
  });

  it('writes late events, and what a page without windows holds', async () => {
    const { publish, records } = published();
    const late: LateEvent = {
      customerId: 'x',
      eventTime: 1,
      values: [1],
      watermark: 9,
      source: 's',
      row: 1,
      offset: 0,
    };
    await publish([], V1, { late: [late] }, [letter('invalid')]);
    expect(records.late).toEqual([late]);
    expect(records.deadLetters).toHaveLength(1);
    expect(records.assignments).toEqual([]);
  });

  it('goes on from a snapshot, which later pages do not change', async () => {
    const one = published();
    await one.publish([{ customer: 1, nearest: 0 }], V1, {}, [letter('invalid')]);
    const snapshot = one.publisher.snapshot();
    const page: AssignedWindow[] = [{ customer: 1, start: 1000, nearest: 1 }];
    await one.publish(page, V1, {}, [letter('invalid')]);
    const resumed = published({}, structuredClone(snapshot));
    await resumed.publish(page, V1, {}, [letter('invalid')]);
    expect(resumed.records.transitions).toEqual(one.records.transitions);
    expect(resumed.publisher.snapshot()).toEqual(one.publisher.snapshot());
  });
});

/** A publisher into lists; `underPrevious` stands for the model before. */
function published(
  options: { readonly clock?: { now(): number }; readonly underPrevious?: Scorer['underPrevious'] } = {},
  from?: PublisherSnapshot,
) {
  const outputs = collectOutputs();
  const scorer: Scorer = {
    modelVersion: null,
    score: () => Promise.reject(new Error('a publisher scores nothing')),
    apply: async () => undefined,
    underPrevious: options.underPrevious ?? (async () => null),
    snapshot: () => [],
  };
  const publisher = createPublisher(outputs, scorer, { clock: options.clock }, from);
  const publish = async (
    rows: readonly AssignedWindow[],
    model?: ModelOfTest,
    fields: Partial<WindowBatch> = {},
    deadLetters: readonly DeadLetter[] = [],
  ): Promise<void> => {
    const { series, assignments } = assignedWindows(rows, model ?? V1);
    const windows = { ...series.windows, ...fields };
    const scored: Scored = { series: { ...series, windows }, assignments: model && assignments };
    await publisher.publish({ windows, deadLetters }, scored);
  };
  return { publish, publisher, records: outputs.records };
}

function letter(reason: DeadLetter['reason']): DeadLetter {
  return { reason, detail: '', source: 's', row: 1, offset: 0, bytes: new Uint8Array(0), truncated: false };
}
