import { resolveSeries } from '../../src/series/series-settings.js';
import { encodeArtifact } from '../../src/train/encode-artifact.js';
import type { ModelArtifact } from '../../src/train/model-artifact.js';
import type { ModelRecord } from '../../src/train/model-record.js';
import { clusterModelOf } from '../cluster/embeddings.js';

/** A model that is none, with so many weights: 4 bytes each. */
export function artifactOf(modelVersion: string, weights = 3, fields: Partial<ModelArtifact> = {}): Uint8Array {
  return encodeArtifact({
    modelVersion,
    createdAt: 0,
    reasons: ['first fit'],
    seed: 1,
    series: resolveSeries({}, 2, 1),
    seriesHash: 'abc',
    scale: null,
    encoder: {
      kind: 'vrae',
      settings: {},
      header: {},
      tensors: { a: { shape: [weights], values: Float32Array.from({ length: weights }, (_, i) => Math.sin(i)) } },
    },
    clusterModel: clusterModelOf([[0], [1]], { modelVersion }),
    anomaly: null,
    lineage: [],
    alignment: null,
    gate: null,
    training: {
      windows: 8,
      heldOutWindows: 2,
      updates: 1,
      trainLoss: 1,
      heldOutLoss: 1,
      heldOutReconstruction: 1,
      activeUnits: 1,
      views: [],
    },
    ...fields,
  });
}

export function modelRecordOf(
  modelVersion: string,
  previousVersion: string | null = null,
  weights = 3,
): ModelRecord & { readonly kind: 'model' } {
  return { kind: 'model', modelVersion, artifact: artifactOf(modelVersion, weights), previousVersion };
}
