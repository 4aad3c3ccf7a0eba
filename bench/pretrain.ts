/**
 * Trains the encoder that ships with the package, `config/pretrained.safetensors`: one VRAE for one channel and windows
 * of any length, on simulated usage and on the flights in `examples/data`. Same machine, same bytes.
 *
 *   npx tsx bench/pretrain.ts [--output config/pretrained.safetensors] [--rounds 160] [--updates 200] [--seed 1]
 *
 * A round is a short training on windows of one length, made ready in one way; lengths, sources and ways take turns, and
 * the learning rate falls over the rounds, so that none of them has the last word.
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { toPretrainedFile } from '../src/encode/pretrained/pretrained-file.js';
import { trainVrae } from '../src/encode/vrae/train-vrae.js';
import { createTrainingNetwork } from '../src/encode/vrae/vrae-engine.js';
import { resolveVrae } from '../src/encode/vrae/vrae-options.js';
import { toVraeShape } from '../src/encode/vrae/vrae-shape.js';
import type { VraeWeights } from '../src/encode/vrae/vrae-weights.js';
import { createRandom } from '../src/numeric/random.js';
import { shuffle } from '../src/numeric/shuffle.js';
import { fitScale } from '../src/series/fitted-scale.js';
import { prepareSeries } from '../src/series/prepare-series.js';
import { resolveSeries, type SeriesOptions } from '../src/series/series-settings.js';
import { drawWindows, flightHours, simulatedHours, type UsageHours } from './measure/usage-hours.js';

/** Steps of a window and hours of a step: a day, a week, a month, a quarter, a year, in steps that people choose. */
const CUTS = [
  [24, 1],
  [48, 1],
  [168, 1],
  [28, 6],
  [84, 6],
  [7, 24],
  [14, 24],
  [28, 24],
  [60, 24],
  [13, 168],
] as const;

/** The default first, and as often as the others together. */
const WAYS: readonly SeriesOptions[] = [
  {},
  { transform: 'none', scale: 'zscore', scope: 'own' },
  {},
  { transform: 'none', scale: 'max', scope: 'own' },
  {},
  { smooth: 'average', smoothWidth: 5 },
];

const WINDOWS = 1_000;

await main();

async function main(): Promise<void> {
  const { values: flags } = parseArgs({
    options: {
      output: { type: 'string', default: 'config/pretrained.safetensors' },
      rounds: { type: 'string', default: '160' },
      updates: { type: 'string', default: '200' },
      seed: { type: 'string', default: '1' },
    },
  });
  const [rounds, updates, seed] = [flags.rounds, flags.updates, flags.seed].map(Number) as [number, number, number];
  const random = createRandom(seed);
  const sources: UsageHours[] = [await flightHours()];
  for (const [i, rate] of [1, 6, 40].entries()) {
    sources.push(simulatedHours({ seed: seed + i, customers: 400, days: 112, rate, rateSpread: 1 }));
  }

  let weights: VraeWeights | undefined;
  let cuts: (typeof CUTS)[number][] = [];
  for (let round = 0; round < rounds; round++) {
    if (cuts.length === 0) cuts = shuffled(CUTS, random.below(0x7fffffff));
    const [steps, hours] = cuts.pop()!;
    const source = sources[random.below(sources.length)]!;
    const settings = resolveSeries(WAYS[round % WAYS.length]!, steps, 1);
    const windows = drawWindows(source, { steps, hours, length: WINDOWS, random });
    const scale = settings.scope === 'global' ? fitScale(settings, [windows]) : undefined;
    const series = prepareSeries(settings, scale, windows);
    const fall = 0.5 * (1 + Math.cos((Math.PI * round) / rounds));
    const vrae = resolveVrae({ updates, learningRate: 0.01 * (0.05 + 0.95 * fall), batch: 64, seed: seed + round });
    const shape = toVraeShape(vrae, series);
    const network = await createTrainingNetwork(shape, vrae, series.length);
    const fit = trainVrae({ settings: vrae, series, initial: weights && { ...weights, shape } }, { network });
    network.dispose();
    weights = fit.weights;
    console.log(
      `round ${round + 1}: ${source.name}, ${steps} x ${hours} h, error ${fit.heldOutReconstruction.toFixed(3)}, ${fit.activeUnits} active`,
    );
  }
  const bytes = toPretrainedFile(weights!);
  writeFileSync(flags.output, bytes);
  console.log(`${flags.output}: ${bytes.length} bytes`);
}

function shuffled<T>(items: readonly T[], seed: number): T[] {
  const order = Uint32Array.from({ length: items.length }, (_, i) => i);
  shuffle(order, createRandom(seed));
  return Array.from(order, (i) => items[i]!);
}
