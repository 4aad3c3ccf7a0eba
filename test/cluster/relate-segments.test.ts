import { describe, expect, it } from 'vitest';
import { relateSegments } from '../../src/cluster/relate-segments.js';

describe('relateSegments', () => {
  it('tells what a segment shares with the one of its id, and which ids come back or end', () => {
    const former = ['s1', 's1', 's1', 's1', 's2', 's2', 's4', undefined];
    const next = ['s1', 's1', 's1', 's3', 's2', 's3', 's3', 's1'];
    const ids = { former: ['s1', 's2', 's4'], next: ['s1', 's2', 's3'] };
    expect(relateSegments(former, next, ids, { newKind: 'restored' })).toEqual([
      {
        segmentId: 's1',
        kind: 'same',
        from: [{ segmentId: 's1', share: 3 / 4 }],
        into: [
          { segmentId: 's1', share: 3 / 4 },
          { segmentId: 's3', share: 1 / 4 },
        ],
        overlap: 3 / 5,
      },
      {
        segmentId: 's2',
        kind: 'same',
        from: [{ segmentId: 's2', share: 1 }],
        into: [
          { segmentId: 's2', share: 1 / 2 },
          { segmentId: 's3', share: 1 / 2 },
        ],
        overlap: 1 / 2,
      },
      {
        segmentId: 's3',
        kind: 'restored',
        from: [
          { segmentId: 's1', share: 1 / 3 },
          { segmentId: 's2', share: 1 / 3 },
          { segmentId: 's4', share: 1 / 3 },
        ],
        into: [],
        overlap: 0,
      },
      { segmentId: 's4', kind: 'retired', from: [], into: [{ segmentId: 's3', share: 1 }], overlap: 0 },
    ]);
  });

  it('calls a new id that comes from one former segment a split of it, and one that comes from several born', () => {
    const former = ['s1', 's1', 's1', 's1', 's1', 's2', 's2', 's1', 's2', undefined];
    const next = ['s1', 's1', 's1', 's3', 's3', 's3', 's2', 's4', 's4', 's5'];
    const ids = { former: ['s1', 's2'], next: ['s1', 's2', 's3', 's4', 's5'] };
    const kinds = (newKind: 'born' | 'restored') =>
      relateSegments(former, next, ids, { newKind }).map(({ kind }) => kind);
    // Of s3 two thirds come from s1; of s4 half, which is not more than half; of s5 nothing is known.
    expect(kinds('born')).toEqual(['same', 'moved', 'split', 'born', 'born']);
    // One that comes back is that one again, wherever its members were meanwhile.
    expect(kinds('restored').slice(2)).toEqual(['restored', 'restored', 'restored']);
  });

  it('says moved where few members stayed, and same where no window tells', () => {
    const ids = { former: ['s1', 's2'], next: ['s1', 's2'] };
    const kinds = (former: string[], next: string[]) =>
      relateSegments(former, next, ids, { newKind: 'born' }).map(({ kind }) => kind);
    expect(kinds(['s1', 's1', 's1'], ['s1', 's2', 's2'])).toEqual(['moved', 'moved']);
    expect(kinds([], [])).toEqual(['same', 'same']);
  });
});
