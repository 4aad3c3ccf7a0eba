/**
 * Online k-means in windows per CPU second: assign, sum up and update in batches of 256, beside a plain typed-array loop
 * that finds the nearest centroid and updates it, and nothing else (no distance, margin, confidence or statistics).
 *
 * `npx tsx bench/kmeans.ts [CPU seconds per round] [rounds]` prints medians and their ratio, rounds taken in turn.
 */
import { assign } from '../src/cluster/assign.js';
import type { ClusterModel } from '../src/cluster/cluster-model.js';
import { statistics } from '../src/cluster/statistics.js';
import { update } from '../src/cluster/update.js';
import type { EmbeddingBatch } from '../src/encode/embedding-batch.js';
import { createRandom } from '../src/numeric/random.js';

const BATCH = 256;
const ROWS = 32_768;
const seconds = Number(process.argv[2] ?? 0.2);
const rounds = Number(process.argv[3] ?? 7);

for (const size of [8, 20, 64]) {
  const batches = makeBatches(size);
  for (const k of [5, 10, 50]) {
    const initial = initialModel(batches, size, k);
    let model = initial;
    const plain = createPlain(initial);
    const steps: Record<string, (i: number) => unknown> = {
      assign: (i) => assign(initial, batches[i % batches.length]!),
      learn: (i) => {
        const assignments = assign(model, batches[i % batches.length]!);
        model = update(model, statistics(model, assignments), { halfLife: 50_000 });
      },
      plain: (i) => plain(batches[i % batches.length]!.embeddings),
    };
    const rates: Record<string, number[]> = {};
    for (let round = 0; round <= rounds; round++) {
      for (const [name, step] of Object.entries(steps)) {
        const measured = rate(step);
        // The first round warms up.
        if (round > 0) rates[name] = [...(rates[name] ?? []), measured];
      }
    }
    const medians = Object.fromEntries(
      Object.entries(rates).map(([name, values]) => [name, Math.round(median(values))]),
    );
    const ratio = median(rates.learn!.map((value, i) => value / rates.plain![i]!));
    console.log(JSON.stringify({ size, k, ...medians, 'learn / plain': Number(ratio.toFixed(2)) }));
  }
}

function rate(step: (i: number) => unknown): number {
  const start = process.cpuUsage();
  let i = 0;
  let used = 0;
  while (used < seconds) {
    for (let end = i + 16; i < end; i++) step(i);
    const { user, system } = process.cpuUsage(start);
    used = (user + system) / 1e6;
  }
  return (i * BATCH) / used;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
}

function createPlain({ k, size, centroids: first }: ClusterModel): (rows: Float32Array) => void {
  const centroids = new Float64Array(first);
  const halves = new Float64Array(k);
  const sums = new Float64Array(k * size);
  const counts = new Float64Array(k);
  const weights = new Float64Array(k);
  return (rows) => {
    for (let j = 0; j < k; j++) {
      let s = 0;
      for (let m = j * size; m < (j + 1) * size; m++) s += centroids[m]! * centroids[m]!;
      halves[j] = s / 2;
    }
    sums.fill(0);
    counts.fill(0);
    for (let at = 0; at < rows.length; at += size) {
      let best = 0;
      let least = Number.POSITIVE_INFINITY;
      for (let j = 0; j < k; j++) {
        let dot = 0;
        for (let m = 0, c = j * size; m < size; m++) dot += rows[at + m]! * centroids[c + m]!;
        const score = halves[j]! - dot;
        if (score < least) {
          least = score;
          best = j;
        }
      }
      counts[best]! += 1;
      for (let m = 0, c = best * size; m < size; m++) sums[c + m]! += rows[at + m]!;
    }
    for (let j = 0; j < k; j++) {
      const n = counts[j]!;
      if (n === 0) continue;
      weights[j]! += n;
      for (let m = j * size; m < (j + 1) * size; m++) centroids[m]! += (sums[m]! - n * centroids[m]!) / weights[j]!;
    }
  };
}

function makeBatches(size: number): readonly EmbeddingBatch[] {
  const random = createRandom(1);
  const centres = Float64Array.from({ length: 10 * size }, () => 4 * random.normal());
  return Array.from({ length: ROWS / BATCH }, () => {
    const embeddings = new Float32Array(BATCH * size);
    for (let i = 0; i < BATCH; i++) {
      const blob = random.below(10) * size;
      for (let m = 0; m < size; m++) embeddings[i * size + m] = centres[blob + m]! + random.normal();
    }
    return toEmbeddingBatch(embeddings, size);
  });
}

function toEmbeddingBatch(embeddings: Float32Array, embeddingSize: number): EmbeddingBatch {
  const windows = {
    length: BATCH,
    steps: 0,
    channels: 0,
    customers: new Uint32Array(BATCH),
    ids: { text: String },
    starts: new Float64Array(BATCH),
    ends: new Float64Array(BATCH),
    revisions: new Uint16Array(BATCH),
    finals: new Uint8Array(BATCH).fill(1),
    evicted: new Uint8Array(BATCH),
    values: new Float32Array(0),
    mask: new Uint8Array(0),
    observedSteps: new Uint16Array(BATCH),
    late: [],
    quarantined: [],
    released: new Uint32Array(0),
    watermark: 0,
  };
  const series = {
    windows,
    length: BATCH,
    steps: 0,
    channels: 0,
    values: windows.values,
    mask: windows.mask,
    inactive: new Uint8Array(BATCH),
    centers: new Float32Array(0),
    scales: new Float32Array(0),
  };
  return { series, length: BATCH, embeddingSize, embeddings, latents: undefined, reconstructionErrors: undefined };
}

function initialModel(batches: readonly EmbeddingBatch[], size: number, k: number): ClusterModel {
  return {
    modelVersion: 'v1',
    centroidEpoch: 0,
    k,
    size,
    centroids: batches[0]!.embeddings.slice(0, k * size),
    weights: new Float64Array(k),
    segmentIds: Array.from({ length: k }, (_, j) => `s${j + 1}`),
    meanInertia: size,
  };
}
