import { describe, expect, it } from 'vitest';
import { decodeArtifact, encodeArtifact, toModelVersion, withModelVersion } from '../../src/train/encode-artifact.js';
import type { ModelArtifact } from '../../src/train/model-artifact.js';
import { clusterModelOf } from '../cluster/embeddings.js';

const artifact: ModelArtifact = {
  formatVersion: 1,
  modelVersion: 'v1',
  createdAt: 1_700_000_000_000,
  reasons: ['first fit: 2000 windows'],
  seriesHash: 'abc',
  scale: { centers: [0.5], scales: [2] },
  encoder: {
    kind: 'vrae',
    settings: { hidden: 3 },
    header: { matrices: ['a'] },
    values: Float32Array.of(0.1, -2, 3e-20),
  },
  clusterModel: clusterModelOf(
    [
      [1, 2],
      [3, 4.5],
    ],
    { weights: Float64Array.of(0.1, 7), meanInertia: 0.25 },
  ),
  lineage: [{ segmentId: 's1', kind: 'born', from: [], into: [], overlap: 0 }],
  gate: null,
  seed: 11,
};

describe('encodeArtifact', () => {
  it('comes back the same from decodeArtifact, down to the bits', () => {
    const back = decodeArtifact(encodeArtifact(artifact));
    expect(back).toEqual(artifact);
    expect(encodeArtifact(back)).toEqual(encodeArtifact(artifact));
  });

  it('is read from the middle of another buffer too', () => {
    const bytes = encodeArtifact(artifact);
    const shifted = new Uint8Array(bytes.length + 3);
    shifted.set(bytes, 3);
    expect(decodeArtifact(shifted.subarray(3))).toEqual(artifact);
  });

  it('refuses any flipped byte, a cut and what is no model', () => {
    const bytes = encodeArtifact(artifact);
    for (let i = 0; i < bytes.length; i += 7) {
      const damaged = bytes.slice();
      damaged[i]! ^= 1;
      expect(() => decodeArtifact(damaged)).toThrow(expect.objectContaining({ code: 'state' }));
    }
    expect(() => decodeArtifact(bytes.subarray(0, bytes.length - 1))).toThrow(/SHA-256/);
    expect(() => decodeArtifact(new Uint8Array(3))).toThrow(/no segtide model/);
  });
});

describe('toModelVersion', () => {
  it('has the number and a hash of the content, not of the name', () => {
    const version = toModelVersion(3, artifact);
    expect(version).toMatch(/^v3-[0-9a-f]{8}$/);
    expect(toModelVersion(3, withModelVersion(artifact, version))).toBe(version);
    expect(toModelVersion(3, { ...artifact, seed: 12 })).not.toBe(version);
    expect(withModelVersion(artifact, version).clusterModel.modelVersion).toBe(version);
  });
});
