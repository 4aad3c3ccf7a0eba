// Whether a rare segment survives retrainings in a small reservoir, and what the floor that keeps it does to the rest: a
// simulated stream without drift in weeks of 28 steps, and a chain of models, each fitted to a reservoir of what came so
// far, two weeks after the one before. `--share` of the customers are weekend, all others are spread over four segments.
// The first model is of a time when they were a tenth, and its centroids' weights learn from all windows since. Every model
// takes over, whatever the gate says.
//
//   npx tsx bench/rare-segments.ts [--share 0.002] [--reservoir 500] [--retrains 3] [--customers 3000] [--rate 30] [--seeds 1,2]
//
// Printed are, with the floor by default and with none: the rare windows in the reservoir, the F1 of the segment that fits
// them best among all windows of the last two weeks, the largest error of a segment's share in the profiles against its
// share of those weeks, churn, and agreement with the true segments.
import { parseArgs } from 'node:util';
import { adjustedRandIndex } from '../src/cluster/adjusted-rand-index.js';
import { statistics } from '../src/cluster/statistics.js';
import { update } from '../src/cluster/update.js';
import { configSchema } from '../src/service/config/schema.js';
import { modelSettingsFor } from '../src/service/model/model-settings.js';
import { decodeArtifact } from '../src/train/encode-artifact.js';
import { createReservoir } from '../src/train/reservoir.js';
import { toReservoirSnapshot } from '../src/train/reservoir-snapshot.js';
import { runTrainingJob } from '../src/train/run-training-job.js';
import { scoreWindows } from '../src/train/score-windows.js';
import type { Champion } from '../src/train/training-job.js';
import { selectWindows } from '../src/train/window-rows.js';
import type { WindowBatch } from '../src/window/window-batch.js';
import { samplingWeights } from '../src/worker/sampling-weights.js';
import { simulateWeeks, WEEK_STEPS, type Weeks } from './measure/simulated-weeks.js';

const WEEKS_BETWEEN = 2;

const { values: flags } = parseArgs({
  options: {
    share: { type: 'string', default: '0.002' },
    reservoir: { type: 'string', default: '500' },
    retrains: { type: 'string', default: '3' },
    customers: { type: 'string', default: '3000' },
    rate: { type: 'string', default: '30' },
    seeds: { type: 'string', default: '1,2' },
  },
});
const share = Number(flags.share);
const retrains = Number(flags.retrains);
const often = (1 - share) / 4;
const mix = { flat: often, weekday: often, nightly: often, evening: often, weekend: share };

interface Measured {
  readonly rare: number;
  readonly f1: number;
  readonly shareError: number;
  readonly churn: number;
  readonly ari: number;
}

for (const seed of flags.seeds.split(',').map(Number)) {
  const weeks = simulateWeeks({
    seed,
    customers: Number(flags.customers),
    weeks: WEEKS_BETWEEN * (retrains + 1),
    rate: Number(flags.rate),
    mix,
  });
  for (const capacity of flags.reservoir.split(',').map(Number)) {
    for (const floor of [Math.max(0.01, 100 / capacity), 0]) {
      const chain: Measured[] = [];
      for await (const model of train(weeks, seed, capacity, floor)) chain.push(model);
      const show = (of: (model: Measured) => number, digits: number): string =>
        chain.map((model) => of(model).toFixed(digits)).join(' ');
      console.log(
        `seed ${seed}, reservoir ${capacity}, ${floor === 0 ? 'no floor' : `floor ${floor}`}: rare ${show(({ rare }) => rare, 0)}; ` +
          `F1 ${show(({ f1 }) => f1, 2)}; error of shares ${show(({ shareError }) => 100 * shareError, 1)} %; ` +
          `churn ${show(({ churn }) => 100 * churn, 1)} %; ARI ${show(({ ari }) => 100 * ari, 0)}`,
      );
    }
  }
}

async function* train(weeks: Weeks, seed: number, capacity: number, floor: number): AsyncGenerator<Measured> {
  const config = configSchema.parse({ run: { seed }, encoder: { updates: 200 } });
  const settings = modelSettingsFor(config, { steps: WEEK_STEPS, channels: 1 }, 5);
  const halfLifeMs = 8 * 7 * 86_400_000;
  const reservoir = createReservoir({ capacity, steps: WEEK_STEPS, channels: 1, seed, halfLifeMs });
  let champion: Champion | undefined;
  let nextSegmentNumber = 1;
  for (let n = 0; n <= retrains; n++) {
    const windows = weeks.windowsOf(n * WEEKS_BETWEEN, WEEKS_BETWEEN);
    const truth = weeks.truth(windows);
    if (champion !== undefined) {
      const { assignments } = await assignBy(champion, windows, seed);
      const weightOf = samplingWeights(assignments, floor);
      for (let row = 0; row < windows.length; row++) reservoir.add(windows, row, weightOf(row));
    }
    const isRare = (row: number): boolean => truth[row] === 'weekend';
    const rows = Uint32Array.from(truth.keys());
    const former = rows.filter(
      (row) => isRare(row) || row % Math.round(truth.length / 9 / rows.filter(isRare).length) === 0,
    );
    const sampled = champion ? reservoir.snapshot() : toReservoirSnapshot(selectWindows(windows, former), seed);
    const result = await runTrainingJob({
      number: n + 1,
      reasons: [],
      seed: 1000 * seed + n,
      settings,
      reservoir: sampled,
      champion,
      fresh: false,
      nextSegmentNumber,
    });
    nextSegmentNumber = result.nextSegmentNumber;
    const { clusterModel } = decodeArtifact(result.artifact);
    const { assignments } = await assignBy({ artifact: result.artifact, clusterModel }, windows, seed);
    champion = {
      artifact: result.artifact,
      clusterModel: update(clusterModel, statistics(clusterModel, assignments)),
    };
    const nearest = Array.from(assignments.nearest);
    const shares = result.profiles.map(({ share: told }, j) =>
      Math.abs(told - nearest.filter((one) => one === j).length / nearest.length),
    );
    yield {
      rare: sampled.customers.filter((name) => weeks.segmentOf(name) === 'weekend').length,
      f1: Math.max(...result.profiles.map((_, j) => f1Of(nearest, truth, j))),
      shareError: Math.max(...shares),
      churn: result.values.churn ?? 0,
      ari: adjustedRandIndex(truth, nearest),
    };
  }
}

async function assignBy({ artifact, clusterModel }: Champion, windows: WindowBatch, seed: number) {
  return scoreWindows({ ...decodeArtifact(artifact), clusterModel }, windows, { seed });
}

function f1Of(nearest: readonly number[], truth: readonly string[], segment: number): number {
  let [both, assigned, rare] = [0, 0, 0];
  for (const [row, one] of nearest.entries()) {
    if (one === segment) assigned++;
    if (truth[row] === 'weekend') rare++;
    if (one === segment && truth[row] === 'weekend') both++;
  }
  return (2 * both) / (assigned + rare);
}
