import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createAssignmentLines } from '../../src/publish/assignment-lines.js';
import { type AssignedWindows, toAssignmentRecords } from '../../src/publish/assignment-record.js';
import { assignedWindows } from './assigned-windows.js';

const model = { modelVersion: 'm-1', segmentIds: ['s-1', 's-"2"', 's-3'], centroidEpoch: 12 };

describe('assignment records', () => {
  it('carry the columns of a window, its segment and the versions of the model', () => {
    const columns = assignedWindows(
      [
        {
          customer: 4,
          start: 1000,
          revision: 2,
          nearest: 2,
          distance: 0.1,
          margin: 0.25,
          confidence: 0.9,
          error: 0.5,
          observedSteps: 3,
        },
      ],
      model,
    );
    expect(toAssignmentRecords({ ...columns, previousSegmentIds: ['s-1'] }, 5000)).toEqual([
      {
        customerId: 'customer-4',
        windowStart: 1000,
        windowEnd: 2000,
        revision: 2,
        final: true,
        segmentId: 's-3',
        previousSegmentId: 's-1',
        distance: 0.1,
        margin: 0.25,
        confidence: 0.9,
        reconstructionError: 0.5,
        observedSteps: 3,
        inactive: false,
        status: 'assigned',
        modelVersion: 'm-1',
        centroidEpoch: 12,
        emittedAt: 5000,
      },
    ]);
  });

  it('carry no segment while warming', () => {
    const columns: AssignedWindows = { ...assignedWindows([{ customer: 1 }], model), assignments: undefined };
    expect(toAssignmentRecords(columns, 5000)[0]).toMatchObject({
      status: 'warming',
      segmentId: null,
      distance: null,
      modelVersion: null,
      centroidEpoch: null,
    });
  });
});

describe('assignment lines', () => {
  const write = createAssignmentLines();
  const toAssignmentLines = (columns: AssignedWindows, emittedAt: number) =>
    Buffer.from(write(columns, emittedAt)).toString();

  const row = fc.record({
    customer: fc.nat({ max: 3 }),
    start: fc.integer(),
    revision: fc.nat({ max: 65_535 }),
    final: fc.boolean(),
    nearest: fc.nat({ max: 2 }),
    distance: fc.float(),
    margin: fc.float({ min: 0, max: 1 }),
    confidence: fc.float({ min: 0, max: 1 }),
    error: fc.float(),
    observedSteps: fc.nat({ max: 65_535 }),
    inactive: fc.boolean(),
  });
  const customerIds = fc.array(fc.string({ unit: 'binary' }), { minLength: 4, maxLength: 4 });

  it('are what JSON.stringify makes of the records, for any value and any customer id', () => {
    fc.assert(
      fc.property(fc.array(row), customerIds, fc.boolean(), fc.boolean(), (rows, names, warming, previous) => {
        const named = rows.map((each) => ({ ...each, customerId: names[each.customer]! }));
        const assigned = assignedWindows(named, model);
        const columns: AssignedWindows = {
          series: assigned.series,
          assignments: warming ? undefined : assigned.assignments,
          previousSegmentIds: previous ? rows.map((_, i) => (i % 3 === 0 ? null : `before "${i % 3}"`)) : undefined,
        };
        const expected = toAssignmentRecords(columns, 1234).map((record) => `${JSON.stringify(record)}\n`);
        expect(toAssignmentLines(columns, 1234)).toBe(expected.join(''));
      }),
      { numRuns: 2000 },
    );
  });

  it('escape a lone surrogate, which UTF-8 cannot carry', () => {
    const columns = assignedWindows([{ customer: 0, customerId: 'a\ud800b' }], model);
    expect(toAssignmentLines(columns, 0)).toContain('"customerId":"a\\ud800b"');
  });
});
