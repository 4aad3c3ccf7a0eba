import { describe, expect, it } from 'vitest';
import { endOfBatch, type LearningBatches } from '../../src/worker/learning-batches.js';

describe('learning batches', () => {
  it('end after each whole number of them', () => {
    expect(endsOf({ learnEvery: 256 })).toEqual([256, 512, 768, 1024]);
    expect(endsOf({ learnEvery: 256, learnFirst: 256 })).toEqual([256, 512, 768, 1024]);
  });

  it('end once more within the first', () => {
    expect(endsOf({ learnEvery: 256, learnFirst: 64 })).toEqual([64, 256, 512, 768]);
  });

  it('end at the same windows wherever the question is asked', () => {
    const batches = { learnEvery: 8, learnFirst: 3 };
    const ends = Array.from({ length: 16 }, (_, learnt) => endOfBatch(learnt, batches));
    expect(ends).toEqual([3, 3, 3, 8, 8, 8, 8, 8, 16, 16, 16, 16, 16, 16, 16, 16]);
  });
});

function endsOf(batches: LearningBatches): number[] {
  const ends: number[] = [];
  while (ends.length < 4) ends.push(endOfBatch(ends.at(-1) ?? 0, batches));
  return ends;
}
