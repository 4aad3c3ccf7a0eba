// A clusterer of your own: where do segments lie among the embeddings? This one is k-means that starts at points far from
// each other, each the farthest from those that were chosen before.

const ROUNDS = 50;

/** @type {import('segtide').ClustererPlugin} */
export default {
  kind: 'clusterer',

  // Called in each training with the embeddings of its windows, (length, size), row by row: k centroids, (k, size), or
  // fewer where there are no more different points. The same points and seed must give the same.
  fit({ length, size, values }, { k, seed }) {
    const row = (i) => values.subarray(i * size, (i + 1) * size);
    const centroids = [Float32Array.from(row(Math.abs(seed) % length))];
    while (centroids.length < k) {
      const distances = Array.from({ length }, (_, i) => nearest(row(i), centroids).distance);
      const farthest = distances.indexOf(distances.reduce((most, distance) => Math.max(most, distance)));
      if (distances[farthest] === 0) break;
      centroids.push(Float32Array.from(row(farthest)));
    }
    for (let round = 0; round < ROUNDS; round++) {
      const sums = centroids.map(() => new Float64Array(size));
      const counts = centroids.map(() => 0);
      for (let i = 0; i < length; i++) {
        const { index } = nearest(row(i), centroids);
        counts[index]++;
        for (let d = 0; d < size; d++) sums[index][d] += values[i * size + d];
      }
      for (const [j, sum] of sums.entries()) {
        if (counts[j] > 0) centroids[j] = Float32Array.from(sum, (each) => each / counts[j]);
      }
    }
    return { centroids: Float32Array.from(centroids.flatMap((centroid) => [...centroid])) };
  },
};

function nearest(point, centroids) {
  let best = { index: 0, distance: Number.POSITIVE_INFINITY };
  for (const [index, centroid] of centroids.entries()) {
    let distance = 0;
    for (let d = 0; d < point.length; d++) distance += (point[d] - centroid[d]) ** 2;
    if (distance < best.distance) best = { index, distance };
  }
  return best;
}
