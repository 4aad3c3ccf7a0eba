/**
 * A model swap in a worker that knows a million customers: how long the stream pauses, and how long the event loop does.
 *
 * `npx tsx bench/swap.ts [customers] [swaps]` prints, in ms of wall and of CPU time, what a page of 256 windows takes
 * (series, encoder, centroids, segments, transitions), what taking the model into force takes, and the first page after it,
 * in which the model before is asked about every customer who changed.
 */
import { DEFAULT_VIEWS } from '../src/encode/encoder-options.js';
import { createRandom } from '../src/numeric/random.js';
import { encodeArtifact, withModelVersion } from '../src/train/encode-artifact.js';
import type { WindowBatch } from '../src/window/window-batch.js';
import { NO_MARKS } from '../src/worker/alerting.js';
import { createPublisher, type WorkerOutputs } from '../src/worker/publisher.js';
import { createScorer } from '../src/worker/scorer.js';
import { trainUsage, usageWindows } from '../test/train/onnx/train-usage.js';

const PAGE = 256;
const customers = Number(process.argv[2] ?? 1_000_000);
const swaps = Number(process.argv[3] ?? 10);
const shape = { steps: 24, channels: 1 };

const model = await trainUsage(shape, { views: DEFAULT_VIEWS });
const sink = { write: async () => undefined, flush: async () => undefined, close: async () => undefined };
const outputs: WorkerOutputs = { assignments: sink, transitions: sink, late: sink, deadLetters: sink };
const scorer = createScorer(model.series, model.seriesHash);
const publisher = createPublisher(outputs, scorer);
const random = createRandom(1);
let start = 0;

// All customers are known, each with a segment at random: whoever is seen again has changed.
const { segmentIds } = model.clusterModel;
for (let slot = 0; slot < customers; slot += 10_000) {
  const windows = pageOf(slot, Math.min(10_000, customers - slot));
  const nearest = Uint16Array.from({ length: windows.length }, () => random.below(segmentIds.length));
  const margins = new Float32Array(windows.length);
  publisher.recall(
    { windows, deadLetters: [] },
    { windows, modelVersion: 'v1', segmentIds, nearest, margins },
    NO_MARKS,
  );
}

const seen: Record<string, Measure[]> = { page: [], 'take into force': [], 'first page after it': [] };
for (let swap = 1; swap <= swaps + 1; swap++) {
  const modelVersion = `v${swap}`;
  const artifact = encodeArtifact(withModelVersion(model, modelVersion));
  const taken = await measured(async () =>
    scorer.apply({ kind: 'model', modelVersion, artifact, previousVersion: `v${swap - 1}` }),
  );
  const first = await measured(publishPage);
  const pages = [];
  for (let i = 0; i < 20; i++) pages.push(await measured(publishPage));
  // The first is the start of the run, not a swap.
  if (swap === 1) continue;
  seen['take into force']!.push(taken);
  seen['first page after it']!.push(first);
  seen.page!.push(...pages);
}
for (const [what, measures] of Object.entries(seen)) {
  const of = (key: keyof Measure) => measures.map((measure) => measure[key]).sort((a, b) => a - b);
  const round = (value: number | undefined) => Number(value?.toFixed(1));
  const middle = (values: number[]) => round(values[Math.floor(values.length / 2)]);
  const [wall, cpu] = [of('wall'), of('cpu')];
  console.log(
    JSON.stringify({
      what,
      wall: middle(wall),
      most: round(wall.at(-1)),
      cpu: middle(cpu),
      mostCpu: round(cpu.at(-1)),
    }),
  );
}

interface Measure {
  readonly wall: number;
  readonly cpu: number;
}

async function measured(work: () => Promise<unknown>): Promise<Measure> {
  const [begin, used] = [performance.now(), process.cpuUsage()];
  await work();
  const { user, system } = process.cpuUsage(used);
  return { wall: performance.now() - begin, cpu: (user + system) / 1000 };
}

async function publishPage(): Promise<void> {
  const windows = pageOf(random.below(customers - PAGE), PAGE);
  await publisher.publish({ windows, deadLetters: [] }, await scorer.score(windows));
}

/** Customers from a slot on, in windows that end later than all before. */
function pageOf(slot: number, length: number): WindowBatch {
  start += 1;
  return {
    ...usageWindows(shape, length, start),
    customers: Uint32Array.from({ length }, (_, i) => slot + i),
    ids: { text: (customer) => `c${customer}` },
    starts: new Float64Array(length).fill(start),
    ends: new Float64Array(length).fill(start + 1),
  };
}
