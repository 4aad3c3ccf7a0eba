// Whether segments keep their identity over retrains where nothing has changed: chains of models, each fitted to four waves
// of a stream, two waves after the one before, and each in force whatever the gate would say. Every fourth begins from new
// weights and new places. Customers are assigned by both models in a wave that neither has seen.
//
//   npx tsx bench/identity.ts [--retrains 20] [--customers 500] [--seeds 1,2] [--rates 6,24] [--data DIR --sets A,B]
//     [--k true|auto] [--views '…'] [--updates 20]
//
// `kept` is the share of the customers that have the same segment id under both models, in the mean over the retrains and
// the least of them; `clear` those with a margin of at least 0.2 before; `since the first` compares the last model with the
// first; `found new` counts trainings that took what came for a new behaviour, of which there is none: waves are weeks.
// Segments of the default embedding do not rest on the VRAE, so that few updates do. DIR has files SET.csv.gz as of
// bench/embedding-quality.ts; a customer is of one class and shows any series of it in each wave.
import { parseArgs } from 'node:util';
import { adjustedRandIndex } from '../src/cluster/adjusted-rand-index.js';
import type { AssignmentBatch } from '../src/cluster/assignment-batch.js';
import { configSchema } from '../src/service/config/schema.js';
import { modelSettingsFor } from '../src/service/model/model-settings.js';
import { scoreWindows } from '../src/train/score-windows.js';
import type { WindowBatch } from '../src/window/window-batch.js';
import { labelledSet, type StationaryStream, simulatedWeeks } from './measure/stationary-streams.js';
import { mean } from './measure/statistics.js';
import { createTrainingChain } from './measure/training-chain.js';

const WAVES_OF_A_MODEL = 4;
const WAVES_BETWEEN = 2;
const FRESH_EVERY = 4;
const CLEAR_MARGIN = 0.2;
const WEEK_MS = 7 * 86_400_000;

const { values: flags } = parseArgs({
  options: {
    retrains: { type: 'string', default: '20' },
    customers: { type: 'string', default: '500' },
    seeds: { type: 'string', default: '1,2' },
    rates: { type: 'string', default: '6,24' },
    data: { type: 'string' },
    sets: { type: 'string', default: 'SyntheticControl,CBF,ECG5000,MelbournePedestrian,usage_synth56' },
    k: { type: 'string', default: 'true' },
    views: { type: 'string' },
    updates: { type: 'string', default: '20' },
    verbose: { type: 'boolean', default: false },
  },
});
const retrains = Number(flags.retrains);

console.log(
  'stream, seed: kept clear (least), of clear; kept all (least); since the first clear, all; ARI first, mean, last; ids; found new',
);
for (const seed of flags.seeds.split(',').map(Number)) {
  const options = {
    customers: Number(flags.customers),
    waves: WAVES_OF_A_MODEL + WAVES_BETWEEN * retrains + 1,
    seed,
  };
  for (const rate of flags.rates.split(',').filter(Boolean)) await chain(simulatedWeeks(options, Number(rate)), seed);
  for (const set of flags.data === undefined ? [] : flags.sets.split(',')) {
    await chain(await labelledSet(flags.data!, set, options), seed);
  }
}

async function chain(stream: StationaryStream, seed: number): Promise<void> {
  const encoder = {
    updates: Number(flags.updates),
    ...(flags.views !== undefined && { views: JSON.parse(flags.views) }),
  };
  const config = configSchema.parse({ run: { seed }, encoder });
  const settings = modelSettingsFor(
    config,
    { steps: stream.steps, channels: 1 },
    flags.k === 'auto' ? 'auto' : stream.kinds,
  );
  const train = createTrainingChain(settings, seed);
  let segments = 0;
  let found = 0;
  let score: ((wave: number) => Promise<AssignmentBatch>) | undefined;
  let first: typeof score;
  const steps: Kept[] = [];
  const aris: number[] = [];
  for (let n = 0; n <= retrains; n++) {
    const end = n * WAVES_BETWEEN + WAVES_OF_A_MODEL;
    const windows = inWeeks(stream.windows(end - WAVES_OF_A_MODEL, WAVES_OF_A_MODEL), end - WAVES_OF_A_MODEL);
    const fresh = n % FRESH_EVERY === 0;
    const { result, artifact } = await train(windows, fresh);
    segments = result.nextSegmentNumber - 1;
    if (result.found !== undefined) found++;
    const before = score;
    score = async (wave) => (await scoreWindows(artifact, stream.windows(wave, 1), { seed })).assignments;
    first ??= score;
    const after = await score(end);
    aris.push(adjustedRandIndex(stream.truth, Array.from(after.nearest)));
    if (before !== undefined) steps.push(kept(await before(end), after));
    if (flags.verbose) {
      const last = steps.at(-1);
      console.log(
        `  model ${n + 1}${fresh ? ' fresh' : ''}: clear ${percent(last?.clear)} of ${percent(last?.ofClear)}, all ${percent(last?.all)}, ` +
          `ARI ${(100 * aris.at(-1)!).toFixed(1)}, sil ${result.values.challengerSilhouette.toFixed(3)}, ${artifact.clusterModel.segmentIds.join(' ')}; ` +
          result.lineage
            .filter(({ kind }) => kind !== 'same')
            .map(({ segmentId, kind }) => `${segmentId} ${kind}`)
            .join(', '),
      );
    }
  }
  const wave = retrains * WAVES_BETWEEN + WAVES_OF_A_MODEL;
  const whole = kept(await first!(wave), await score!(wave));
  const [clear, all] = [steps.map((step) => step.clear), steps.map((step) => step.all)];
  console.log(
    `${stream.name}, ${seed}: ${percent(mean(clear))} (${percent(Math.min(...clear))}) of ${percent(mean(steps.map(({ ofClear }) => ofClear)))}; ` +
      `${percent(mean(all))} (${percent(Math.min(...all))}); ${percent(whole.clear)}, ${percent(whole.all)}; ` +
      `ARI ${[aris[0]!, mean(aris.slice(1)), aris.at(-1)!].map((ari) => (100 * ari).toFixed(1)).join(', ')}; ${segments} ids; found new ${found}`,
  );
}

/** Windows of whole waves at the times that they would have if each took a week. */
function inWeeks(windows: WindowBatch, firstWave: number): WindowBatch {
  const perWave = windows.length / WAVES_OF_A_MODEL;
  const starts = windows.starts.map((_, i) => (firstWave + Math.floor(i / perWave)) * WEEK_MS);
  return { ...windows, starts, ends: starts.map((start) => start + WEEK_MS) };
}

interface Kept {
  /** Share of the clear customers that keep their segment. */
  readonly clear: number;
  /** Share of all that are clear. */
  readonly ofClear: number;
  /** Share of all that keep theirs. */
  readonly all: number;
}

function kept(before: AssignmentBatch, after: AssignmentBatch): Kept {
  let [clear, clearKept, allKept] = [0, 0, 0];
  for (let i = 0; i < before.length; i++) {
    const same = before.model.segmentIds[before.nearest[i]!] === after.model.segmentIds[after.nearest[i]!];
    if (same) allKept++;
    if (before.margins[i]! < CLEAR_MARGIN) continue;
    clear++;
    if (same) clearKept++;
  }
  return { clear: clearKept / clear, ofClear: clear / before.length, all: allKept / before.length };
}

function percent(share: number | undefined): string {
  return share === undefined ? '–' : `${(100 * share).toFixed(1)} %`;
}
