/**
 * How well segments find those of simulated customers, half against half, under what makes it hard: unequal sizes, few
 * events, levels far apart, customers who join late, missing steps. A window is a customer's four weeks in steps of six
 * hours.
 *
 *   npx tsx bench/simulated-quality.ts [--customers 1200] [--seeds 1,2] [--methods default,kmeans-z] [--cases sparse] [--k auto]
 *
 * Prints mean ARI and NMI times 100 over seeds and halves; k is the number of simulated segments.
 */
import { parseArgs } from 'node:util';
import { createRandom } from '../src/numeric/random.js';
import { planSegments } from '../src/simulate/segment-plan.js';
import { resolveSimulation, type SimulationOptions } from '../src/simulate/simulation-options.js';
import { USAGE_SEGMENTS } from '../src/simulate/usage-segment.js';
import type { WindowTable } from '../src/transport/file/read-window-table.js';
import { MASK_MISSING } from '../src/window/window-batch.js';
import { isMethod, METHODS, type MethodScores, scoreMethod } from './measure/quality-methods.js';
import { mean } from './measure/statistics.js';
import { simulatedHours } from './measure/usage-hours.js';

const STEPS = 112;
const HOURS = 6;
const DAYS = (STEPS * HOURS) / 24;

interface Case {
  readonly simulation?: SimulationOptions;
  /** Part of the customers whose window begins with missing steps, up to three quarters of it. */
  readonly lateJoiners?: number;
  /** Part of the steps that are missing, each by chance. */
  readonly missing?: number;
}

const EQUAL = Object.fromEntries(USAGE_SEGMENTS.map((segment) => [segment, 1]));
const UNEQUAL = Object.fromEntries(USAGE_SEGMENTS.map((segment, i) => [segment, i < 2 ? 8 / (i + 1) : i < 5 ? 2 : 1]));

const CASES: Readonly<Record<string, Case>> = {
  equal: {},
  unequal: { simulation: { segments: UNEQUAL } },
  sparse: { simulation: { rate: 1 } },
  'far levels': { simulation: { rateSpread: 1.5 } },
  'late joiners': { lateJoiners: 0.3 },
  'missing steps': { missing: 0.2 },
  'all of it': { simulation: { segments: UNEQUAL, rate: 2, rateSpread: 1 }, lateJoiners: 0.3, missing: 0.2 },
};

await main();

async function main(): Promise<void> {
  const { values: flags } = parseArgs({
    options: {
      customers: { type: 'string', default: '1200' },
      seeds: { type: 'string', default: '1,2' },
      methods: {
        type: 'string',
        default: 'default,vrae,kmeans-raw,kmeans-z,kmeans-max,kmeans-log-z,catch24,kernels-z',
      },
      cases: { type: 'string', default: Object.keys(CASES).join() },
      k: { type: 'string' },
    },
  });
  const seeds = flags.seeds.split(',').map(Number);
  const methods = flags.methods.split(',').map((name) => {
    if (!isMethod(name)) throw new Error(`--methods knows ${Object.keys(METHODS).join(', ')}; got ${name}`);
    return name;
  });
  for (const method of methods) {
    for (const name of flags.cases.split(',')) {
      const given = CASES[name];
      if (given === undefined) throw new Error(`--cases knows ${Object.keys(CASES).join(', ')}; got ${name}`);
      const scores: MethodScores[] = [];
      for (const seed of seeds) {
        const table = simulate(given, Number(flags.customers), seed);
        for (const fold of [0, 1] as const) {
          scores.push(await scoreMethod(method, table, { seed, fold, autoK: flags.k === 'auto' }));
        }
      }
      const [ari, nmi, k] = (['ari', 'nmi', 'k'] as const).map((key) => mean(scores.map((score) => score[key])));
      const shown = [ari, nmi].map((share) => (100 * share!).toFixed(1).padStart(5));
      console.log(`${method.padEnd(14)} ${name.padEnd(14)} ARI ${shown[0]}  NMI ${shown[1]}  k ${k!.toFixed(1)}`);
    }
  }
}

function simulate({ simulation, lateJoiners = 0, missing = 0 }: Case, customers: number, seed: number): WindowTable {
  const options = { seed, customers, days: DAYS, segments: EQUAL, ...simulation };
  const hours = simulatedHours(options);
  const values = new Float32Array(customers * STEPS);
  for (const [at, value] of hours.values.entries()) values[Math.floor(at / HOURS)]! += value;
  const mask = new Uint8Array(values.length);
  const random = createRandom(seed);
  for (let i = 0; i < customers; i++) {
    const joins = random.next() < lateJoiners ? random.below((3 * STEPS) / 4) : 0;
    for (let step = 0; step < STEPS; step++) {
      if (step >= joins && random.next() >= missing) continue;
      mask[i * STEPS + step] = MASK_MISSING;
      values[i * STEPS + step] = 0;
    }
  }
  const labels = Array.from(planSegments(resolveSimulation(options)).segments, (segment) => USAGE_SEGMENTS[segment]!);
  return { length: customers, steps: STEPS, channels: 1, values, mask, labels };
}
