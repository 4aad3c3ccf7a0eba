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
import { viewMapOf } from '../src/encode/encoder-model.js';
import { configSchema } from '../src/service/config/schema.js';
import { modelSettingsFor } from '../src/service/model/model-settings.js';
import { fromEncoderTensors } from '../src/train/encoder-tensors.js';
import { scoreWindows } from '../src/train/score-windows.js';
import { toGivenWindows } from '../src/window/given-windows.js';
import type { WindowBatch } from '../src/window/window-batch.js';
import { simulateWeeks, WEEK_STEPS } from './measure/simulated-weeks.js';
import { mean } from './measure/statistics.js';
import { createTrainingChain } from './measure/training-chain.js';

const WEEKS_OF_A_MODEL = 4;
const WEEKS_BETWEEN = 2;
const CUSTOMERS_MIX = { flat: 1, weekday: 1, weekend: 1, evening: 1, nightly: 1, bursty: 1 };

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
  const weeks = WEEKS_OF_A_MODEL + WEEKS_BETWEEN * retrains;
  const stream = simulateWeeks({ seed, customers, weeks, rate: Number(flags.rate), mix: CUSTOMERS_MIX });
  const settings = modelSettingsFor(configSchema.parse({ run: { seed } }), { steps: WEEK_STEPS, channels: 1 }, k);
  const train = createTrainingChain(settings, seed);
  for (let n = 0; n <= retrains; n++) {
    const windows = timeless(stream.windowsOf(n * WEEKS_BETWEEN, WEEKS_OF_A_MODEL));
    const { result, artifact } = await train(windows, fresh);
    const { assignments } = await scoreWindows(artifact, windows, { seed });
    const ari = adjustedRandIndex(stream.truth(windows), Array.from(assignments.nearest));
    const { churn, championSilhouette, challengerSilhouette, reconstructionGain } = result.values;
    if (churn !== null) churns.push(churn);
    const ofViews = viewMapOf(fromEncoderTensors(artifact.encoder))?.weights ?? [];
    weights.push([...ofViews]);
    console.log(
      `${nameOf(fresh)} seed ${seed} model ${n + 1}: churn ${churn === null ? '–' : percent(churn)}, silhouette ` +
        `${championSilhouette?.toFixed(3) ?? '–'} → ${challengerSilhouette.toFixed(3)}, error ${percent(-(reconstructionGain ?? 0))}, ARI ${(100 * ari).toFixed(1)}, ` +
        `k ${artifact.clusterModel.k}, weights ${ofViews.map((weight) => weight.toFixed(2)).join(' ')}, ` +
        `${result.promoted ? 'promoted' : 'refused'}: ${result.why.join('; ')}`,
    );
  }
}

/** The same windows without their times: matching goes by the windows alone. */
function timeless(windows: WindowBatch): WindowBatch {
  const { ids, customers: slots } = windows;
  return { ...toGivenWindows(windows), ids, customers: slots };
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
