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

  it('says moved where few members stayed, and same where no window tells', () => {
    const ids = { former: ['s1', 's2'], next: ['s1', 's2'] };
    const kinds = (former: string[], next: string[]) =>
      relateSegments(former, next, ids, { newKind: 'born' }).map(({ kind }) => kind);
    expect(kinds(['s1', 's1', 's1'], ['s1', 's2', 's2'])).toEqual(['moved', 'moved']);
    expect(kinds([], [])).toEqual(['same', 'same']);
  });
});
