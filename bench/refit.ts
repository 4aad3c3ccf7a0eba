/**
 * First fit and refit of centroids on a reservoir, as trainings do in processes of their own.
 *
 * `npx tsx bench/refit.ts [rows] [size] [k]` prints CPU seconds, and by how much the process grew at its peak.
 */
import { exchangeCentroids } from '../src/cluster/exchange-centroids.js';
import { refitCentroids } from '../src/cluster/refit-centroids.js';
import { seedCentroids } from '../src/cluster/seed-centroids.js';
import { createRandom } from '../src/numeric/random.js';

const [rows = 100_000, size = 20, k = 10] = process.argv.slice(2).map(Number);
const random = createRandom(1);
const centres = Float64Array.from({ length: k * size }, () => 4 * random.normal());
const embeddings = new Float32Array(rows * size);
for (let i = 0; i < rows; i++) {
  const blob = random.below(k) * size;
  for (let m = 0; m < size; m++) embeddings[i * size + m] = centres[blob + m]! + random.normal();
}
const moved = Float32Array.from(centres, (c) => c + random.normal());

const refit = await step('refit', () => refitCentroids(embeddings, size, moved));
await step('exchange', () => exchangeCentroids(embeddings, refit));
await step('first fit', () => seedCentroids(embeddings, size, k, { seed: 1 }));

async function step<T>(what: string, work: () => Promise<T>): Promise<T> {
  const before = process.resourceUsage().maxRSS;
  const start = process.cpuUsage();
  const result = await work();
  const { user, system } = process.cpuUsage(start);
  const grown = Math.round((process.resourceUsage().maxRSS - before) / 1024);
  console.log(JSON.stringify({ what, cpuSeconds: Number(((user + system) / 1e6).toFixed(2)), grownMb: grown }));
  return result;
}
