// What encoder threads give: windows per second of batches of 256 windows, and for how long the event loop of the
// stream stands still meanwhile.
//
//   npx tsx bench/encode-threads.ts [--rounds 5] [--steps 24] [--hidden 32] [--engine js]
//
// Build first: npm run build. Rounds of all numbers of threads take turns.
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import type { VraeModel } from '../src/encode/encoder-model.js';
import type * as openEncoder from '../src/encode/open-encoder.js';
import type * as encodePool from '../src/encode/threads/encode-pool.js';
import type * as trainVrae from '../src/encode/vrae/train-vrae.js';
import type * as vraeOptions from '../src/encode/vrae/vrae-options.js';
import type { VraeEngine } from '../src/encode/vrae/vrae-options.js';
import { createRandom } from '../src/numeric/random.js';
import type { SeriesBatch } from '../src/series/series-batch.js';
import { showMedian } from './measure/statistics.js';

const { values: flags } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    steps: { type: 'string', default: '24' },
    hidden: { type: 'string', default: '32' },
    engine: { type: 'string', default: 'js' },
  },
});
const DIST = join(import.meta.dirname, '../dist/encode');
const load = async <T>(path: string): Promise<T> => (await import(join(DIST, path))) as T;
const { createEncodePool } = await load<typeof encodePool>('threads/encode-pool.js');
const { openEncoder: open } = await load<typeof openEncoder>('open-encoder.js');
const { trainVrae: train } = await load<typeof trainVrae>('vrae/train-vrae.js');
const { resolveVrae } = await load<typeof vraeOptions>('vrae/vrae-options.js');

const BATCH = 256;
const ROUND_MS = 2000;
const random = createRandom(1);
const [steps, engine] = [Number(flags.steps), flags.engine as VraeEngine];
const values = Float32Array.from({ length: BATCH * steps }, () => random.normal());
const series = { length: BATCH, steps, channels: 1, values, mask: new Uint8Array(values.length) };
const settings = resolveVrae({ hidden: Number(flags.hidden), updates: 1, batch: 8 });
const model: VraeModel = { kind: 'vrae', vrae: train({ settings, series }).weights, viewMap: undefined };

const CASES = [0, 1, 2].map((threads) => {
  const pool = threads > 0 ? createEncodePool(threads) : undefined;
  const encoder = pool ? pool.open(model, 'bench', engine) : open(model, 'bench', engine);
  return { threads, pool, encoder, rates: [] as number[], stalls: [] as number[] };
});
for (const { encoder } of CASES) await encoder.encode(series as SeriesBatch);
for (let round = 0; round < Number(flags.rounds); round++) {
  for (const { encoder, rates, stalls } of CASES) {
    const delay = monitorEventLoopDelay({ resolution: 1 });
    delay.enable();
    const began = performance.now();
    let windows = 0;
    while (performance.now() - began < ROUND_MS) {
      await encoder.encode(series as SeriesBatch);
      windows += BATCH;
      await new Promise((resolve) => setImmediate(resolve));
    }
    rates.push((1000 * windows) / (performance.now() - began));
    delay.disable();
    stalls.push(delay.percentile(99) / 1e6);
  }
}
for (const { threads, rates, stalls } of CASES) {
  console.log(
    `${threads} threads: ${showMedian(rates, 0)} windows/s; event loop late by ${showMedian(stalls, 1)} ms (99th percentile)`,
  );
}
await Promise.all(CASES.map(({ pool }) => pool?.close()));
