import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { resolveSeries } from '../../src/series/series-settings.js';
import { decodeArtifact, encodeArtifact, toModelVersion, withModelVersion } from '../../src/train/encode-artifact.js';
import type { ModelArtifact } from '../../src/train/model-artifact.js';
import { clusterModelOf } from '../cluster/embeddings.js';

const artifact: ModelArtifact = {
  modelVersion: 'v1',
  createdAt: 1_700_000_000_000,
  reasons: ['first fit: 2000 windows', 'größer'],
  seed: 11,
  series: resolveSeries({}, 3, 1),
  seriesHash: 'abc',
  scale: { centers: [0.5], scales: [2] },
  encoder: {
    kind: 'vrae',
    settings: { hidden: 3 },
    header: { matrices: ['a'] },
    tensors: { a: { shape: [1, 3], values: Float32Array.of(0.1, -2, 3e-20) } },
  },
  clusterModel: clusterModelOf(
    [
      [1, 2],
      [3, 4.5],
    ],
    { weights: Float64Array.of(0.1, 7), meanInertia: 0.25 },
  ),
  anomaly: null,
  lineage: [{ segmentId: 's1', kind: 'born', from: [], into: [], overlap: 0 }],
  alignment: {
    to: 'v0-deadbeef',
    residual: 0.125,
    map: {
      inputs: 2,
      outputs: 3,
      matrix: Float64Array.of(0.1, 0, 1, -1, 0.25, 0),
      offset: Float64Array.of(1, 2, 1e-9),
    },
  },
  gate: null,
  training: {
    windows: 80,
    heldOutWindows: 20,
    updates: 10,
    trainLoss: 0.5,
    heldOutLoss: 0.25,
    heldOutReconstruction: 0.2,
    activeUnits: 2,
    views: [
      { kind: 'profile', weight: 0.5, degenerate: null },
      { kind: 'level', weight: 0, degenerate: 'all 80 windows are alike in it' },
    ],
  },
};
const BYTES = encodeArtifact(artifact);
const REFUSED = expect.objectContaining({ name: 'SegtideError', code: 'state' });

describe('encodeArtifact', () => {
  it('comes back the same from decodeArtifact, down to the bits', () => {
    const back = decodeArtifact(BYTES);
    expect(back).toEqual(artifact);
    expect(encodeArtifact(back)).toEqual(BYTES);
  });

  it('has no tensors of a map where there is none', () => {
    const unmapped = { ...artifact, alignment: null };
    expect(decodeArtifact(encodeArtifact(unmapped))).toEqual(unmapped);
    expect(encodeArtifact(unmapped).length).toBeLessThan(BYTES.length);
  });

  it('is read from the middle of another buffer too', () => {
    const shifted = new Uint8Array(BYTES.length + 3);
    shifted.set(BYTES, 3);
    expect(decodeArtifact(shifted.subarray(3))).toEqual(artifact);
  });
});

describe('decodeArtifact', () => {
  it('refuses a model in which any one byte is another', () => {
    const flip = fc.record({ at: fc.nat(BYTES.length - 1), by: fc.integer({ min: 1, max: 255 }) });
    fc.assert(
      fc.property(flip, ({ at, by }) => {
        const damaged = BYTES.slice();
        damaged[at]! ^= by;
        expect(() => decodeArtifact(damaged)).toThrow(REFUSED);
      }),
      { numRuns: 1000 },
    );
  });

  it('refuses every cut, and says what it is', () => {
    for (let length = 0; length < BYTES.length; length++) {
      expect(() => decodeArtifact(BYTES.subarray(0, length))).toThrow(REFUSED);
      if (length > 8) expect(() => decodeArtifact(BYTES.subarray(0, length))).toThrow(/the file is cut off/);
    }
  });

  it('refuses bytes that follow', () => {
    const longer = new Uint8Array(BYTES.length + 1);
    longer.set(BYTES);
    expect(() => decodeArtifact(longer)).toThrow(/1 bytes follow its last tensor/);
  });

  it('tells a damaged model, a later format and a foreign file apart', () => {
    const damaged = BYTES.slice();
    damaged[BYTES.length - 1]! ^= 1;
    expect(() => decodeArtifact(damaged)).toThrow(/it is damaged: its SHA-256 differs/);
    expect(() =>
      decodeArtifact(resigned((text) => text.replace('"formatVersion":"1"', '"formatVersion":"2"'))),
    ).toThrow(/it is of format 2, and this version of segtide reads format 1/);
    for (const foreign of ['', 'PK', '{"a":1}', 'version https://git-lfs.github.com/spec/v1\n', '\0'.repeat(100)]) {
      expect(() => decodeArtifact(new TextEncoder().encode(foreign))).toThrow(/it is no model of segtide/);
    }
  });

  it('refuses a whole file whose parts do not belong together', () => {
    const other = resigned((text) => text.replace('"clusters.centroids"', '"clusters.centroidz"'));
    expect(() => decodeArtifact(other)).toThrow(/clusters.centroids should be a Float32Array of shape 2 × 2/);
    const mapless = resigned((text) => text.replace('"alignment.matrix"', '"alignment.matrjx"'));
    expect(() => decodeArtifact(mapless)).toThrow(/alignment.matrix should be a Float64Array of shape 2 × 3/);
    const torn = resigned((text) => text.replace(/"model":"\{/, '"model":"['));
    expect(() => decodeArtifact(torn)).toThrow(/its parts do not fit together/);
    const partless = resigned((text) => text.replace('\\"encoder\\":', '\\"encodar\\":'));
    expect(() => decodeArtifact(partless)).toThrow(/its parts do not fit together \(it has no encoder\)/);
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

/** The model with another header of the same length, and the checksum that belongs to it. */
function resigned(change: (header: string) => string): Uint8Array {
  const text = Buffer.from(BYTES).toString('latin1');
  const unsigned = Buffer.from(
    change(text.replace(/"sha256":"[0-9a-f]{64}"/, `"sha256":"${'0'.repeat(64)}"`)),
    'latin1',
  );
  const hash = createHash('sha256').update(unsigned).digest('hex');
  return new Uint8Array(Buffer.from(unsigned.toString('latin1').replace('0'.repeat(64), hash), 'latin1'));
}
