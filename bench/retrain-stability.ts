// How much a retraining moves where nothing has changed: a simulated stream without drift, cut into weeks of 28 steps, and
// a chain of models, each fitted to four weeks of it, two weeks after the one before. Every model takes over, whatever the
// gate says. `--rate` is events per customer and day: the fewer, the less a week says of its customer.
//
//   npx tsx bench/retrain-stability.ts [--retrains 6] [--customers 500] [--k 6|auto] [--rate 6] [--seeds 1,2]
//
// Printed are, for chains that begin each layout at the champion's places and for chains that do not: the share of windows
// that change segment (churn), silhouette and agreement with the true segments, what the gate said, and the views' weights.
import { parseArgs } from 'node:util';
import { adjustedRandIndex } from '../src/cluster/adjusted-rand-index.js';
import { configSchema } from '../src/service/config/schema.js';
import { modelSettingsFor } from '../src/service/model/model-settings.js';
import { simulateUsage } from '../src/simulate/simulate-usage.js';
import { fromEncoderTensors } from '../src/train/encoder-tensors.js';
import { scoreWindows } from '../src/train/score-windows.js';
import { toGivenWindows } from '../src/window/given-windows.js';
import type { WindowBatch } from '../src/window/window-batch.js';
import { mean } from './measure/statistics.js';
import { createTrainingChain } from './measure/training-chain.js';

const DAY = 86_400_000;
const STEPS = 28;
const WEEKS_OF_A_MODEL = 4;
const WEEKS_BETWEEN = 2;
const CUSTOMERS_MIX = {
  flat: 1,
  weekday: 1,
  weekend: 1,
  evening: 1,
  nightly: 1,
  bursty: 1,
  growing: 0,
  declining: 0,
  inactive: 0,
};

const { values: flags } = parseArgs({
  options: {
    retrains: { type: 'string', default: '6' },
    customers: { type: 'string', default: '500' },
    k: { type: 'string', default: '6' },
    rate: { type: 'string', default: '6' },
    seeds: { type: 'string', default: '1,2' },
  },
});
const [retrains, customers] = [Number(flags.retrains), Number(flags.customers)];
const k = flags.k === 'auto' ? 'auto' : Number(flags.k);

for (const fresh of [false, true]) {
  const churns: number[] = [];
  const weights: number[][] = [];
  for (const seed of flags.seeds.split(',').map(Number)) await chain(seed, fresh, churns, weights);
  const spread = weights[0]!.map((_, view) => deviation(weights.map((of) => of[view]!)).toFixed(3));
  console.log(
    `${nameOf(fresh)}: churn ${percent(mean(churns))} in the mean, deviations of the weights ${spread.join(', ')}`,
  );
}

async function chain(seed: number, fresh: boolean, churns: number[], weights: number[][]): Promise<void> {
  const { weekOf, truth } = simulate(seed, WEEKS_OF_A_MODEL + WEEKS_BETWEEN * retrains);
  const settings = modelSettingsFor(configSchema.parse({ run: { seed } }), { steps: STEPS, channels: 1 }, k);
  const train = createTrainingChain(settings, seed);
  for (let n = 0; n <= retrains; n++) {
    const windows = weekOf(n * WEEKS_BETWEEN, WEEKS_OF_A_MODEL);
    const { result, artifact } = await train(windows, fresh);
    const { assignments } = await scoreWindows(artifact, windows, { seed });
    const ari = adjustedRandIndex(truth(windows), Array.from(assignments.nearest));
    const { churn, championSilhouette, challengerSilhouette, reconstructionGain } = result.values;
    if (churn !== null) churns.push(churn);
    const ofViews = fromEncoderTensors(artifact.encoder).viewMap?.weights ?? [];
    weights.push([...ofViews]);
    console.log(
      `${nameOf(fresh)} seed ${seed} model ${n + 1}: churn ${churn === null ? '–' : percent(churn)}, silhouette ` +
        `${championSilhouette?.toFixed(3) ?? '–'} → ${challengerSilhouette.toFixed(3)}, error ${percent(-(reconstructionGain ?? 0))}, ARI ${(100 * ari).toFixed(1)}, ` +
        `k ${artifact.clusterModel.k}, weights ${ofViews.map((weight) => weight.toFixed(2)).join(' ')}, ` +
        `${result.promoted ? 'promoted' : 'refused'}: ${result.why.join('; ')}`,
    );
  }
}

/** Weeks of every customer, and what each customer is. */
function simulate(seed: number, weeks: number) {
  const simulation = simulateUsage({
    seed,
    customers,
    days: 7 * weeks,
    rate: Number(flags.rate),
    segments: CUSTOMERS_MIX,
    ...{ outOfOrderShare: 0, lateShare: 0, duplicateShare: 0, corruptShare: 0, futureShare: 0 },
  });
  const labels = new Map([...simulation.labels].map(({ customerId, segment }) => [customerId, segment]));
  const names = [...labels.keys()];
  const row = new Map(names.map((name, i) => [name, i]));
  const cells = weeks * STEPS;
  const usage = new Float32Array(names.length * cells);
  const decoder = new TextDecoder();
  for (const chunk of simulation.events) {
    for (const line of decoder.decode(chunk).split('\n')) {
      if (line === '') continue;
      const { customerId, timestamp, value } = JSON.parse(line);
      const step = Math.floor((timestamp - simulation.settings.start) / ((7 * DAY) / STEPS));
      usage[row.get(customerId)! * cells + step]! += value;
    }
  }
  const weekOf = (first: number, count: number): WindowBatch => {
    const length = names.length * count;
    const values = new Float32Array(length * STEPS);
    for (let i = 0; i < length; i++) {
      const from = Math.floor(i / count) * cells + (first + (i % count)) * STEPS;
      values.set(usage.subarray(from, from + STEPS), i * STEPS);
    }
    const given = toGivenWindows({ length, steps: STEPS, channels: 1, values, mask: new Uint8Array(values.length) });
    const ids = { text: (slot: number) => names[slot]! };
    return { ...given, ids, customers: Uint32Array.from({ length }, (_, i) => Math.floor(i / count)) };
  };
  const truth = ({ customers: slots }: WindowBatch) => Array.from(slots, (slot) => labels.get(names[slot]!)!);
  return { weekOf, truth };
}

function nameOf(fresh: boolean): string {
  return fresh ? 'from new places' : "from the champion's places";
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

function deviation(values: readonly number[]): number {
  return Math.sqrt(mean(values.map((value) => (value - mean(values)) ** 2)));
}
