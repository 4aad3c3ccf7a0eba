import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createSegmentMemory, toSegmentedWindows } from '../../src/publish/segment-memory.js';
import { toTransitionRecords } from '../../src/publish/transition-record.js';
import { type AssignedWindow, assignedWindows } from './assigned-windows.js';

const model = { modelVersion: 'm-1', segmentIds: ['a', 'b', 'c'] };
const observe = (memory: ReturnType<typeof createSegmentMemory>, rows: readonly AssignedWindow[], version = 'm-1') =>
  memory.observe(toSegmentedWindows(assignedWindows(rows, { ...model, modelVersion: version }).assignments));

describe('segment memory', () => {
  it("tells a customer's segment before, also within one batch", () => {
    const memory = createSegmentMemory();
    const rows = [
      { customer: 7, start: 0, nearest: 0 },
      { customer: 2000, start: 0, nearest: 1 },
      { customer: 7, start: 1000, nearest: 2 },
    ];
    const history = observe(memory, rows);
    expect(history.previousSegmentIds).toEqual([null, null, 'a']);
    expect(history.changed).toEqual([2]);
    expect(observe(memory, [{ customer: 2000, start: 1000, nearest: 1 }])).toMatchObject({
      previousSegmentIds: ['b'],
      changed: [],
    });
  });

  it('learns nothing from a provisional result', () => {
    const memory = createSegmentMemory();
    observe(memory, [{ customer: 0, start: 0, nearest: 0 }]);
    expect(observe(memory, [{ customer: 0, start: 1000, nearest: 1, final: false }])).toMatchObject({
      previousSegmentIds: ['a'],
      changed: [],
    });
    expect(observe(memory, [{ customer: 0, start: 1000, nearest: 0 }])).toMatchObject({
      previousSegmentIds: ['a'],
      changed: [],
    });
  });

  it('learns from a revision of the newest window, and not from one of an older', () => {
    const memory = createSegmentMemory();
    observe(memory, [
      { customer: 0, start: 0, nearest: 0 },
      { customer: 0, start: 1000, nearest: 0 },
    ]);
    expect(observe(memory, [{ customer: 0, start: 0, revision: 1, nearest: 2 }]).changed).toEqual([]);
    const revised = observe(memory, [{ customer: 0, start: 1000, revision: 1, nearest: 1 }]);
    expect(revised).toMatchObject({ previousSegmentIds: ['a'], changed: [0] });
  });

  it('knows nothing of a customer that left', () => {
    const memory = createSegmentMemory();
    observe(memory, [{ customer: 3, start: 5000, nearest: 0 }]);
    memory.forget(Uint32Array.of(3, 90_000));
    expect(observe(memory, [{ customer: 3, start: 0, nearest: 1 }])).toMatchObject({
      previousSegmentIds: [null],
      changed: [],
    });
  });

  it('tells which segments were said when the same version had others', () => {
    const memory = createSegmentMemory();
    const said = (rows: readonly AssignedWindow[], segmentIds: readonly string[], modelVersion = 'm-1') =>
      memory.observe(toSegmentedWindows(assignedWindows(rows, { modelVersion, segmentIds }).assignments));
    const rows = (start: number, ...nearest: number[]) =>
      nearest.map((segment, customer) => ({ customer, start, nearest: segment }));
    said(rows(0, 0, 1, 2), ['a', 'b', 'c']);
    // Two leave for d, which began in the place of c.
    const born = said(rows(1000, 2, 1, 2), ['a', 'b', 'd']);
    expect([born.changed, [...born.regrouped]]).toEqual([
      [0, 2],
      [0, 2],
    ]);
    expect(born.previousModelVersions).toEqual(['m-1', 'm-1', 'm-1']);
    const later = said(rows(2000, 1, 2, 2), ['a', 'b', 'd']);
    expect([later.changed, later.regrouped.size]).toEqual([[0, 1], 0]);
    const swapped = said(rows(3000, 0, 0, 0), ['a', 'b', 'd'], 'm-2');
    expect([swapped.changed, swapped.regrouped.size]).toEqual([[0, 1, 2], 0]);
  });

  it('goes on from a snapshot as if it had never stopped', () => {
    const batch = fc.array(
      fc.record({
        customer: fc.nat({ max: 5 }),
        start: fc.nat({ max: 9 }),
        nearest: fc.nat({ max: 2 }),
        margin: fc.float({ noNaN: true }),
        final: fc.boolean(),
      }),
    );
    fc.assert(
      fc.property(batch, batch, (first, second) => {
        const straight = createSegmentMemory();
        observe(straight, first);
        const resumed = createSegmentMemory(structuredClone(straight.snapshot()));
        expect(observe(resumed, second, 'm-2')).toEqual(observe(straight, second, 'm-2'));
        expect(resumed.snapshot()).toEqual(straight.snapshot());
      }),
    );
  });

  it('refuses a snapshot of another format', () => {
    const snapshot = { ...createSegmentMemory().snapshot(), format: 3 as unknown as 2 };
    expect(() => createSegmentMemory(snapshot)).toThrow(/format 3/);
  });
});

describe('transition records', () => {
  const swap = (verdict?: string | null) => {
    const memory = createSegmentMemory();
    observe(memory, [{ customer: 0, start: 0, nearest: 0, margin: 0.5 }]);
    const { assignments } = assignedWindows([{ customer: 0, start: 1000, nearest: 1, margin: 0.25 }], {
      ...model,
      modelVersion: 'm-2',
    });
    const history = memory.observe(toSegmentedWindows(assignments));
    return toTransitionRecords(assignments, history, 9000, verdict === undefined ? undefined : () => verdict);
  };

  it('name both segments, both versions and both margins', () => {
    expect(swap()).toEqual([
      {
        customerId: 'customer-0',
        windowStart: 1000,
        windowEnd: 2000,
        from: 'a',
        to: 'b',
        cause: 'both',
        modelVersion: 'm-2',
        previousModelVersion: 'm-1',
        margin: 0.25,
        previousMargin: 0.5,
        emittedAt: 9000,
      },
    ]);
  });

  it('say whether the customer changed or the model did', () => {
    expect(swap('b')[0]!.cause).toBe('behaviour');
    expect(swap('a')[0]!.cause).toBe('model');
    expect(swap('c')[0]!.cause).toBe('both');
  });

  it('say behaviour where the model stayed', () => {
    const memory = createSegmentMemory();
    observe(memory, [{ customer: 0, start: 0, nearest: 0 }]);
    const { assignments } = assignedWindows([{ customer: 0, start: 1000, nearest: 1 }], model);
    expect(toTransitionRecords(assignments, memory.observe(toSegmentedWindows(assignments)), 0)[0]!.cause).toBe(
      'behaviour',
    );
  });
});
