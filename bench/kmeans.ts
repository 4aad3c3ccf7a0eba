/**
 * Online k-means in windows per CPU second: assign, sum up and update in batches of 256, on each engine, beside a plain
 * typed-array loop that finds the nearest centroid and updates it, and nothing else (no distance, margin, confidence or
 * statistics), and beside programs that do the same elsewhere.
 *
 * `npx tsx bench/kmeans.ts [--seconds 0.3] [--rounds 7] [--limit BINARY] [--python PYTHON --script py_kmeans.py]` prints
 * medians and their ratios, rounds taken in turn. BINARY prints windows per second as JSON in `rates`, keyed `d8k5` and
 * so on, and so does the script, which is given `numpy` or `sklearn`; each runs once a round.
 */
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { assign } from '../src/cluster/assign.js';
import type { ClusterModel } from '../src/cluster/cluster-model.js';
import { statistics } from '../src/cluster/statistics.js';
import { update } from '../src/cluster/update.js';
import type { EmbeddingBatch } from '../src/encode/embedding-batch.js';
import { openEngine } from '../src/encode/vrae/engines/open-engine.js';
import type { NearestEngine } from '../src/numeric/nearest-engine.js';
import { createRandom } from '../src/numeric/random.js';

const BATCH = 256;
const ROWS = 32_768;
const { values: flags } = parseArgs({
  options: {
    seconds: { type: 'string', default: '0.3' },
    rounds: { type: 'string', default: '7' },
    limit: { type: 'string' },
    python: { type: 'string', default: 'python3' },
    script: { type: 'string' },
  },
});
const seconds = Number(flags.seconds);
const rounds = Number(flags.rounds);

const ENGINES = ['native', 'wasm', 'js'] as const;
const engines: Record<string, Partial<NearestEngine>> = {};
for (const name of ENGINES) engines[name] = (await openEngine(name)).engine;

const cells = [8, 20, 64].flatMap((size) => [5, 10, 50].map((k) => createCell(size, k)));
// The first round warms up.
for (let round = 0; round <= rounds; round++) {
  const others = round === 0 ? {} : { ...peer('limit', flags.limit, []), ...peer('numpy'), ...peer('sklearn') };
  for (const { key, steps, rates } of cells) {
    for (const [name, step] of Object.entries(steps)) note(rates, name, rate(step), round);
    for (const [name, found] of Object.entries(others)) note(rates, name, found[key]!, round);
  }
}
for (const { key, rates } of cells) {
  const medians = Object.fromEntries(Object.entries(rates).map(([name, values]) => [name, Math.round(median(values))]));
  const over = (a: string, b: string) => Number(median(rates[a]!.map((value, i) => value / rates[b]![i]!)).toFixed(2));
  const references = Object.keys(rates).filter((name) => ['plain', 'limit', 'numpy', 'sklearn'].includes(name));
  const ratios = ENGINES.flatMap((engine) => references.map((name) => [`${engine} / ${name}`, over(engine, name)]));
  console.log(JSON.stringify({ cell: key, ...medians, ...Object.fromEntries(ratios) }));
}

/** What is measured for one size and number of centroids, and the rates of its rounds. */
function createCell(size: number, k: number) {
  const batches = makeBatches(size);
  const initial = initialModel(batches, size, k);
  const plain = createPlain(initial);
  const steps: Record<string, (i: number) => unknown> = {
    plain: (i) => plain(batches[i % batches.length]!.embeddings),
  };
  for (const [name, engine] of Object.entries(engines)) {
    let model = initial;
    steps[name] = (i) => {
      const assignments = assign(model, batches[i % batches.length]!, engine);
      model = update(model, statistics(model, assignments), { halfLife: 50_000 });
    };
  }
  return { key: `d${size}k${k}`, steps, rates: {} as Record<string, number[]> };
}

function note(rates: Record<string, number[]>, name: string, value: number, round: number): void {
  if (round > 0) rates[name] = [...(rates[name] ?? []), value];
}

/** Rates of another program; none where it is not asked for. */
function peer(
  name: string,
  command = flags.script && flags.python,
  args: readonly string[] = [flags.script!, name],
): Record<string, Record<string, number>> {
  if (command === undefined) return {};
  const { status, stdout, stderr } = spawnSync(command, args, {
    encoding: 'utf8',
    env: { ...process.env, OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1' },
  });
  if (status !== 0) throw new Error(`${command} failed: ${stderr}`);
  return { [name]: JSON.parse(stdout.trim().split('\n').at(-1)!).rates };
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
