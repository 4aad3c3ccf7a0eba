// What metrics cost: CPU seconds of a pipeline with a registry that is scraped each second against one without, in pairs
// that take turns; and how long a scrape takes at 50 segments on 100 partitions.
//
//   node --expose-gc --import tsx bench/metrics.ts [--pairs 20] [--days 60]
import { parseArgs } from 'node:util';
import { Registry } from 'prom-client';
import { lastValueFrom } from 'rxjs';
import { toUsageBatch, type UsageEvent } from '../src/ingest/usage-event.js';
import { createSegmentationMeter } from '../src/metrics/segmentation-meter.js';
import { createWorkerMeter } from '../src/metrics/worker-meter.js';
import { createRandom } from '../src/numeric/random.js';
import type { AssignedWindows } from '../src/publish/assignment-record.js';
import { createSegmentation, type SegmentationOutputs } from '../src/segmentation.js';
import { resolveSegmentation } from '../src/stage-settings.js';
import { adoptModel } from '../src/train/adopt-model.js';
import { decodeArtifact } from '../src/train/encode-artifact.js';
import { createScriptedSource } from '../src/transport/memory/scripted-source.js';
import { NO_FATES } from '../src/window/fates.js';
import type { Windower } from '../src/window/windower.js';
import { median, showMedian } from './measure/statistics.js';

const { values: flags } = parseArgs({
  options: { pairs: { type: 'string', default: '20' }, days: { type: 'string', default: '60' } },
});
const DAY_MS = 86_400_000;
const START = Date.UTC(2026, 0, 1);
const CUSTOMERS = 300;
const random = createRandom(1);

const events: UsageEvent[] = [];
for (let hour = 0; hour < Number(flags.days) * 24; hour++) {
  for (let i = 0; i < CUSTOMERS; i++) {
    const isActive = i % 2 === 0 ? hour % 24 < 8 : hour % 24 >= 8;
    const eventTime = START + hour * 3_600_000 + random.below(3_600_000);
    events.push({ customerId: `c${i}`, eventTime, values: (isActive ? 10 : 1) * (0.5 + random.next()) });
  }
}
const batches = Array.from({ length: Math.ceil(events.length / 1500) }, (_, i) =>
  toUsageBatch(events.slice(1500 * i, 1500 * (i + 1))),
);
const settings = resolveSegmentation(
  {
    window: { step: 'hour', steps: 24 },
    cluster: { k: 8 },
    encoder: { updates: 50, views: [] },
    model: { firstFit: 2000, retrain: { everyWindows: 10_000_000, everyWindowLengths: 100_000, onDrift: false } },
  },
  true,
);
const sink = { write: async () => undefined, flush: async () => undefined, close: async () => undefined };
let pages = 0;
const assignments = { ...sink, write: async () => void pages++ };
const outputs: SegmentationOutputs = {
  ...{ assignments, transitions: sink, alerts: sink, late: sink, deadLetters: sink },
  ...{ segments: sink, drift: sink, modelEvents: sink },
};

let now = START;
const clock = { now: () => now };
const first = createSegmentation(settings, createScriptedSource(batches), outputs, {});
await lastValueFrom(first.page$, { defaultValue: undefined });
await first.end();
const artifact = first.trainer.snapshot().champion!.artifact;
await first.stop();

/** CPU seconds of this process for the whole stream. */
async function run(metrics: Registry | undefined): Promise<number> {
  const initialModel = adoptModel(decodeArtifact(artifact), settings.trainer.model);
  now = START + Number(flags.days) * DAY_MS;
  const source = createScriptedSource(batches);
  const segmentation = createSegmentation(settings, source, outputs, { clock, initialModel, metrics });
  const timer = metrics && setInterval(() => void metrics.metrics(), 1000);
  // What the run before left is not this one's to clear away.
  globalThis.gc?.();
  const before = process.cpuUsage();
  await lastValueFrom(segmentation.page$, { defaultValue: undefined });
  const { user, system } = process.cpuUsage(before);
  clearInterval(timer);
  await segmentation.stop();
  return (user + system) / 1e6;
}

for (let i = 0; i < 3; i++) {
  await run(undefined);
  await run(new Registry());
}
pages = 0;
await run(undefined);
const pagesOfRun = pages;
const ratios: number[] = [];
const plainSeconds: number[] = [];
for (let pair = 0; pair < Number(flags.pairs); pair++) {
  const seconds = { plain: 0, measured: 0 };
  for (const kind of pair % 2 === 0 ? (['plain', 'measured'] as const) : (['measured', 'plain'] as const)) {
    seconds[kind] = await run(kind === 'measured' ? new Registry() : undefined);
  }
  ratios.push(seconds.measured / seconds.plain);
  plainSeconds.push(seconds.plain);
}
console.log(
  `${events.length} events, ${flags.pairs} pairs, ${median(plainSeconds).toFixed(2)} s of CPU without metrics`,
);
console.log(`with metrics by without: ${showMedian(ratios)}`);
console.log(`ratios: ${ratios.map((ratio) => ratio.toFixed(4)).join(' ')}`);

/** A page's windows as they leave, in 8 segments. */
const ofPage = {
  series: { length: 32 },
  assignments: {
    ...{ length: 32, nearest: Array.from({ length: 32 }, (_, i) => i % 8), distances: new Float32Array(32) },
    model: { modelVersion: 'v1', centroidEpoch: 1, k: 8, segmentIds: Array.from({ length: 8 }, (_, j) => `s${j}`) },
    embeddings: { reconstructionErrors: new Float32Array(32) },
  },
} as unknown as AssignedWindows;

/** Microseconds of CPU that what measures takes of a page, over 20,000 of them. */
async function partOfPage(): Promise<number> {
  const of = createSegmentationMeter(new Registry(), outputs, clock);
  let fates = NO_FATES;
  const windower = {
    watermark: START,
    counters: first.windower.counters,
    get fates() {
      fates = { ...fates, in: fates.in + 1000, accepted: fates.accepted + 990, late: fates.late + 10 };
      return fates;
    },
  };
  of.began(windower as unknown as Windower, first.trainer);
  const { user, system } = process.cpuUsage();
  for (let i = 0; i < 20_000; i++) {
    of.pulled();
    await of.outputs.assignments.write(ofPage, START);
    of.done();
  }
  const after = process.cpuUsage();
  of.close();
  return (after.user + after.system - user - system) / 20_000;
}

const microseconds = (1e6 * median(plainSeconds)) / pagesOfRun;
const parts: number[] = [];
for (let i = 0; i < 25; i++) parts.push((100 * (await partOfPage())) / microseconds);
console.log(`a page takes ${microseconds.toFixed(0)} µs; of it metrics take ${showMedian(parts.slice(5))} %`);

const registry = new Registry();
const meter = createWorkerMeter(registry, clock, () => performance.now());
const ids = Array.from({ length: 50 }, (_, j) => `s${j}`);
for (let i = 0; i < 100; i++) {
  const windower = { watermark: START, counters: first.windower.counters };
  const lag = { records: 5, seconds: 1 };
  const partition = meter.partition(String(i), () => ({
    windower,
    lag,
    logEntries: 3,
    turnedAt: START,
    answeredAt: START,
  }));
  const model = { modelVersion: 'v1', centroidEpoch: 1, k: 50, segmentIds: ids };
  const zeros = new Float32Array(50);
  const columns = {
    series: { length: 50 },
    assignments: { length: 50, model, nearest: ids.map((_, j) => j), distances: zeros, embeddings: {} },
  };
  await partition.outputs(outputs).assignments.write(columns as unknown as AssignedWindows, 0);
}
const scrapes: number[] = [];
let text = '';
for (let i = 0; i < 200; i++) {
  const begun = performance.now();
  text = await registry.metrics();
  scrapes.push(performance.now() - begun);
}
const series = text.split('\n').filter((line) => line.startsWith('segtide')).length;
console.log(`a scrape of ${series} series, ${text.length} bytes: ${showMedian(scrapes.slice(20), 2)} ms`);
