// Microseconds a window of the views (batches of 256 windows, one thread), and seconds to fit them to 5,000 windows.
//
//   npx tsx bench/views.ts [--views shape-kernels,usage-kernels,profile,level,latents] [--steps 24,140,500] [--channels 1]
//
// Printed are all views together and each alone, on every engine: the median of many calls.
import { parseArgs } from 'node:util';
import { fitViews } from '../src/encode/views/fit-views.js';
import type { ViewKind } from '../src/encode/views/view-kind.js';
import { createViewTransform } from '../src/encode/views/view-transform.js';
import { inspectEngines, openEngine } from '../src/encode/vrae/engines/open-engine.js';
import type { RecurrentEngine } from '../src/encode/vrae/recurrent-engine.js';
import { createUsageWindows } from './measure/random-kernel-workload.js';
import { median } from './measure/statistics.js';

const WINDOWS = 5000;
const BATCH = 256;
const LATENTS = 16;
const SECONDS = 0.3;

const { values: options } = parseArgs({
  options: {
    views: { type: 'string', default: 'shape-kernels,usage-kernels,profile,level,latents' },
    steps: { type: 'string', default: '24,140,500' },
    channels: { type: 'string', default: '1' },
  },
});
const kinds = options.views.split(',') as ViewKind[];
const channels = Number(options.channels);

for (const steps of options.steps.split(',').map(Number)) {
  for (const report of await inspectEngines()) {
    if (!report.runs || report.name === 'tfjs') continue;
    const { engine } = await openEngine(report.name);
    const { seconds, size, all } = await measureViews(kinds, steps, engine);
    const alone = [];
    for (const kind of kinds) alone.push(`${kind} ${(await measureViews([kind], steps, engine)).all.toFixed(2)}`);
    console.log(
      `T=${steps} C=${channels} ${report.name}: ${size} numbers fitted in ${seconds.toFixed(1)} s; ` +
        `µs a window: ${all.toFixed(2)} | ${alone.join(' | ')}`,
    );
    engine.dispose();
  }
}

async function measureViews(
  kinds: readonly ViewKind[],
  steps: number,
  engine: RecurrentEngine,
): Promise<{ seconds: number; size: number; all: number }> {
  const windows = {
    ...createUsageWindows({ steps, channels }, WINDOWS),
    mask: new Uint8Array(WINDOWS * steps * channels),
  };
  const latents = Float32Array.from({ length: WINDOWS * LATENTS }, (_, i) => Math.sin(i * i));
  // As a model with log1p and one scale for each channel has it.
  const scale = { centers: Array(channels).fill(1), scales: Array(channels).fill(0.5), log: true };
  const start = performance.now();
  const fitted = await fitViews(
    windows,
    { kinds, scale, seed: 1, latents: { length: WINDOWS, latentSize: LATENTS, values: latents } },
    engine,
  );
  const seconds = (performance.now() - start) / 1000;
  const { size, transform } = createViewTransform(fitted, engine);
  const out = new Float32Array(BATCH * size);
  const times: number[] = [];
  const end = performance.now() + SECONDS * 1000;
  while (performance.now() < end) {
    const before = performance.now();
    transform(windows.values, windows.mask, BATCH, latents, out);
    times.push(((performance.now() - before) * 1000) / BATCH);
  }
  return { seconds, size, all: median(times) };
}
