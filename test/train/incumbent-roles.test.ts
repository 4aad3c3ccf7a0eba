import { describe, expect, it } from 'vitest';
import type { Incumbent } from '../../src/train/challenger/incumbent.js';
import { toIncumbentRoles } from '../../src/train/challenger/incumbent-roles.js';
import type { TrainingJob } from '../../src/train/training-job.js';

const DAY = 86_400_000;
const SPAN = 7;

describe('a training on what came since a change', () => {
  it('holds against the model in force nothing that it could not know, where windows overlap', () => {
    // The first window of the new behaviour covers the days 46 to 53, and one begins each day.
    expect(unknownSince(46, { fittedAt: 52 })).toBe(46 * DAY);
    // Fitted while that one closed, customer by customer, it has seen a part of them.
    expect(unknownSince(46, { fittedAt: 53 })).toBe(46 * DAY);
    expect(unknownSince(46, { fittedAt: 54 })).toBeUndefined();
    // Fitted to them alone it knows them, and what it was fitted to before is another behaviour.
    expect(unknownSince(46, { fittedAt: 53, championSince: 46 })).toBeUndefined();
    expect(unknownSince(46, { fittedAt: 53, championSince: 20 })).toBe(46 * DAY);
  });

  it('knows nothing of windows that follow each other from the end of the last', () => {
    expect(unknownSince(49, { fittedAt: 49, hop: SPAN })).toBe(49 * DAY);
    expect(unknownSince(42, { fittedAt: 49, hop: SPAN })).toBe(42 * DAY);
    expect(unknownSince(42, { fittedAt: 56, hop: SPAN })).toBeUndefined();
  });

  it('does not ask without a change', () => {
    expect(toIncumbentRoles(fitted(1), job(undefined), { ends: Float64Array.of(2) }).unknownSince).toBeUndefined();
  });
});

interface Fit {
  readonly fittedAt: number;
  readonly hop?: number;
  readonly championSince?: number;
}

function unknownSince(since: number, { fittedAt, hop = 1, championSince }: Fit): number | undefined {
  const ends = Float64Array.from({ length: 5 }, (_, i) => (since + i * hop + SPAN) * DAY);
  const asked = { ...job(since), championSince: championSince && championSince * DAY };
  return toIncumbentRoles(fitted(fittedAt), asked, { ends }).unknownSince;
}

function fitted(day: number): Incumbent {
  return { artifact: { createdAt: day * DAY }, model: { version: 'v1-00000000' } } as Incumbent;
}

function job(since: number | undefined): TrainingJob {
  return { since: since && since * DAY, settings: { encoder: { kind: 'vrae' } } } as TrainingJob;
}
