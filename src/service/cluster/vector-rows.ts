import { type ClusterDistance, toClusterPoints } from '../../cluster/cluster-points.js';
import { takePoints } from '../../cluster/offline/points.js';
import { finiteRows } from '../../cluster/refit-centroids.js';
import { SegtideError } from '../../errors.js';
import type { VectorTable } from '../../transport/file/read-vector-table.js';
import type { ClusteredRows } from './clustered-rows.js';

/**
 * Vectors as rows to cluster; those with a hole are named, and left out.
 *
 * @throws SegtideError `input` where vectors come from several models: each has a space of its own
 */
export function toVectorRows(table: VectorTable, path: string, distance: ClusterDistance): ClusteredRows {
  const { length, size, values, customers, starts, ends, labels, modelVersions } = table;
  if (modelVersions.length > 1) {
    const [first, ...others] = modelVersions;
    const text = `${path} holds vectors of ${modelVersions.length} models (${first}, ${others.at(-1)}, …), each in a space of its own: take those of one by --model-version, or vectors mapped onto one space by --vectors alignedVector.`;
    throw new SegtideError('input', text, { context: { path } });
  }
  const usable = finiteRows(values, size);
  return {
    names: customers.map((customerId, row) => ({
      row,
      customerId,
      windowStart: finite(starts[row]!),
      windowEnd: finite(ends[row]!),
    })),
    usable,
    points: takePoints(
      { length, size, values: toClusterPoints({ embeddings: values, embeddingSize: size }, distance) },
      usable,
    ),
    distance,
    labels: labels && Array.from(usable, (row) => labels[row]!),
    modelVersion: modelVersions[0],
  };
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
