import type { ClusterModel } from '../../src/cluster/cluster-model.js';
import type { EmbeddingBatch } from '../../src/encode/embedding-batch.js';
import type { WindowBatch } from '../../src/window/window-batch.js';

/** Windows without values, one for each customer, named c0, c1 … */
export function windowsOf(length: number, fields: Partial<WindowBatch> = {}): WindowBatch {
  return {
    length,
    steps: 1,
    channels: 1,
    customers: Uint32Array.from({ length }, (_, i) => i),
    ids: { text: (slot) => `c${slot}` },
    starts: new Float64Array(length),
    ends: new Float64Array(length).fill(1),
    revisions: new Uint16Array(length),
    finals: new Uint8Array(length).fill(1),
    evicted: new Uint8Array(length),
    values: new Float32Array(length),
    mask: new Uint8Array(length),
    observedSteps: new Uint16Array(length).fill(1),
    late: [],
    quarantined: [],
    released: new Uint32Array(0),
    watermark: 0,
    ...fields,
  };
}

/** Embeddings row by row, of windows without values. */
export function embeddingsOf(
  rows: readonly (readonly number[])[],
  windows: WindowBatch = windowsOf(rows.length),
  reconstructionErrors?: Float32Array,
): EmbeddingBatch {
  const embeddingSize = rows[0]?.length ?? 1;
  const { length, steps, channels, values, mask } = windows;
  return {
    series: {
      windows,
      length,
      steps,
      channels,
      values,
      mask,
      inactive: new Uint8Array(length),
      centers: new Float32Array(length * channels),
      scales: new Float32Array(length * channels).fill(1),
    },
    length,
    embeddingSize,
    embeddings: Float32Array.from(rows.flat()),
    latents: undefined,
    reconstructionErrors,
  };
}

export function clusterModelOf(
  centroids: readonly (readonly number[])[],
  fields: Partial<ClusterModel> = {},
): ClusterModel {
  return {
    modelVersion: 'v1',
    centroidEpoch: 0,
    k: centroids.length,
    size: centroids[0]!.length,
    centroids: Float32Array.from(centroids.flat()),
    weights: new Float64Array(centroids.length),
    segmentIds: centroids.map((_, j) => `s${j + 1}`),
    meanInertia: 1,
    ...fields,
  };
}
