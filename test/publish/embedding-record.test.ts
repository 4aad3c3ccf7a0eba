import { describe, expect, it } from 'vitest';
import { toEmbeddingRecords } from '../../src/publish/embedding-record.js';
import { embeddingsOf, windowsOf } from '../cluster/embeddings.js';

const WINDOWS = windowsOf(2, {
  starts: Float64Array.of(1000, 2000),
  ends: Float64Array.of(2000, 3000),
  revisions: Uint16Array.of(0, 3),
  finals: Uint8Array.of(1, 0),
});
const ALIGNMENT = {
  to: 'v1',
  residual: 0.25,
  map: { inputs: 2, outputs: 1, matrix: Float64Array.of(2, -1), offset: Float64Array.of(0.5) },
};

describe('toEmbeddingRecords', () => {
  it('makes one record of each window, with the short decimals of its vector', () => {
    const embeddings = embeddingsOf(
      [
        [0.1, -2],
        [3, 1e-20],
      ],
      WINDOWS,
    );
    const unmapped = { alignedVector: null, alignedTo: null, alignmentResidual: null };
    expect(toEmbeddingRecords(embeddings, 'v2')).toEqual([
      {
        ...{ customerId: 'c0', windowStart: 1000, windowEnd: 2000, revision: 0, final: true, modelVersion: 'v2' },
        ...{ vector: [0.1, -2], ...unmapped },
      },
      {
        ...{ customerId: 'c1', windowStart: 2000, windowEnd: 3000, revision: 3, final: false, modelVersion: 'v2' },
        ...{ vector: [3, 1e-20], ...unmapped },
      },
    ]);
  });

  it('adds the vector in the space of an earlier version, and how well it fits there', () => {
    const embeddings = embeddingsOf(
      [
        [0.1, -2],
        [3, 1],
      ],
      WINDOWS,
    );
    expect(toEmbeddingRecords(embeddings, 'v2', ALIGNMENT)).toMatchObject([
      { vector: [0.1, -2], alignedVector: [2.7], alignedTo: 'v1', alignmentResidual: 0.25 },
      { vector: [3, 1], alignedVector: [5.5], alignedTo: 'v1', alignmentResidual: 0.25 },
    ]);
  });

  it('says null of a vector that is not finite', () => {
    const embeddings = embeddingsOf(
      [
        [Number.NaN, 1],
        [3, Number.POSITIVE_INFINITY],
      ],
      WINDOWS,
    );
    for (const record of toEmbeddingRecords(embeddings, 'v2', ALIGNMENT)) {
      expect(record).toMatchObject({ vector: null, alignedVector: null, alignedTo: 'v1' });
    }
  });
});
