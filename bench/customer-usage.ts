/**
 * The study of customer usage that `segtide init --preset customer-usage` is for, on simulated customers: a year and a half
 * of days, five kinds of usage, and three customers in ten who joined on the way. What came before they did is unknown.
 *
 *   npx tsx bench/customer-usage.ts [--customers 10000] [--days 579] [--seed 1] [--set encoder.dae.embedding=reconstruction]…
 *     [--write windows.csv]
 *
 * Prints the time and processor time of the training, windows encoded a second, the largest resident memory, and the ARI
 * of five segments against the kinds, of all windows and of the fifth that was held out. `--write` writes the windows for
 * `segtide evaluate` and `compare` instead.
 */

import { once } from 'node:events';
import { createWriteStream, readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { adjustedRandIndex } from '../src/cluster/adjusted-rand-index.js';
import { assign } from '../src/cluster/assign.js';
import { createRandom, type Random } from '../src/numeric/random.js';
import { loadConfig } from '../src/service/config/load-config.js';
import { modelSettingsFor } from '../src/service/model/model-settings.js';
import { drawGamma } from '../src/simulate/gamma.js';
import { BURST_CHANCE, seasonFactor, weekProfile } from '../src/simulate/usage-segment.js';
import { toTrainingWindows } from '../src/train/challenger/training-windows.js';
import { embedWindows } from '../src/train/embed-windows.js';
import { decodeArtifact } from '../src/train/encode-artifact.js';
import { firstJob } from '../src/train/first-job.js';
import { openModel } from '../src/train/loaded-model.js';
import { toReservoirSnapshot } from '../src/train/reservoir-snapshot.js';
import { runTrainingJob } from '../src/train/run-training-job.js';
import { toGivenWindows } from '../src/window/given-windows.js';
import { MASK_ABSENT } from '../src/window/window-batch.js';

const KINDS = ['weekday', 'weekend', 'growing', 'declining', 'bursty'] as const;
const JOINED_LATE = 0.3;

const { values: flags } = parseArgs({
  options: {
    customers: { type: 'string', default: '10000' },
    days: { type: 'string', default: '579' },
    seed: { type: 'string', default: '1' },
    set: { type: 'string', multiple: true, default: [] },
    write: { type: 'string' },
  },
});
const [customers, days, seed] = [flags.customers, flags.days, flags.seed].map(Number) as [number, number, number];
const { windows, kinds } = drawWindows();
if (flags.write === undefined) await measure();
else await write(flags.write);

async function measure(): Promise<void> {
  const config = loadConfig({
    file: { path: 'config/customer-usage.yaml', text: readFileSync('config/customer-usage.yaml', 'utf8') },
    flags: flags.set.map((text) => {
      const [key, value] = text.split('=') as [string, string];
      return { key, value, where: `--set ${key}` };
    }),
  });
  const settings = modelSettingsFor(config, windows, 5);
  const job = firstJob({ reasons: ['bench'], seed, settings, reservoir: toReservoirSnapshot(windows, seed) });
  const began = process.cpuUsage();
  const start = performance.now();
  const result = await runTrainingJob(job);
  const seconds = (performance.now() - start) / 1000;
  const { user, system } = process.cpuUsage(began);
  const model = decodeArtifact(result.artifact);
  const opened = openModel(model, config.encoder);
  await embedWindows(opened, windows);
  const encodeBegan = process.cpuUsage();
  const embedded = await embedWindows(opened, windows);
  const encoding = process.cpuUsage(encodeBegan);
  const { nearest } = assign(model.clusterModel, embedded);
  const { heldOutRows } = toTrainingWindows(job).split;
  const ari = (rows: Iterable<number>): number => {
    const list = [...rows];
    const found = Uint32Array.from(list, (row) => nearest[row]!);
    return adjustedRandIndex(
      found,
      Uint32Array.from(list, (row) => kinds[row]!),
    );
  };
  console.log({
    promoted: result.promoted,
    why: result.why,
    updates: model.training.updates,
    heldOutLoss: model.training.heldOutLoss,
    activeUnits: model.training.activeUnits,
    trainSeconds: seconds,
    trainCpuSeconds: (user + system) / 1e6,
    preparedAndEncodedPerCpuSecond: customers / ((encoding.user + encoding.system) / 1e6),
    modelMiB: result.artifact.length / 2 ** 20,
    largestResidentMiB: process.resourceUsage().maxRSS / 1024,
    ari: ari(kinds.keys()),
    ariOfHeldOut: ari(heldOutRows),
    segments: result.profiles.map(({ name, size }) => `${name}: ${size}`),
  });
}

async function write(path: string): Promise<void> {
  const file = createWriteStream(path);
  file.write(`kind,${Array.from({ length: days }, (_, day) => `s${day}`).join()}\n`);
  for (let row = 0; row < customers; row++) {
    const cells = Array.from({ length: days }, (_, day) => {
      const at = row * days + day;
      return windows.mask[at] === MASK_ABSENT ? '' : windows.values[at]!.toFixed(3);
    });
    if (!file.write(`${KINDS[kinds[row]!]},${cells.join()}\n`)) await once(file, 'drain');
  }
  file.end();
  await once(file, 'finish');
}

/** Usage of each day: what the kind does on such a day, times the customer's own level, times chance. */
function drawWindows() {
  const random = createRandom(seed);
  const values = new Float32Array(customers * days);
  const mask = new Uint8Array(values.length);
  const profiles = KINDS.map((kind) => dailyProfile(weekProfile(kind)));
  const kinds = Uint8Array.from({ length: customers }, () => random.below(KINDS.length));
  for (let row = 0; row < customers; row++) {
    const kind = KINDS[kinds[row]!]!;
    const level = 6 * Math.exp(0.5 * random.normal());
    const joined = random.next() < JOINED_LATE ? random.below(Math.floor(0.6 * days)) : 0;
    let burst = 0;
    for (let day = 0, at = row * days; day < days; day++, at++) {
      burst = nextBurst(burst, random);
      const season = kind === 'bursty' && burst === 0 ? 0 : seasonFactor(kind, day, days);
      // Some eight events a day, and their values.
      const usage = (level * profiles[kinds[row]!]![day % 7]! * season * drawGamma(random, 4)) / 4;
      if (day < joined) mask[at] = MASK_ABSENT;
      else values[at] = usage;
    }
  }
  return { kinds, windows: toGivenWindows({ length: customers, steps: days, channels: 1, values, mask }) };
}

/** Days that are left of a burst. */
function nextBurst(left: number, random: Random): number {
  if (left > 0) return left - 1;
  return random.next() < BURST_CHANCE ? 1 + random.below(3) : 0;
}

function dailyProfile(hours: Float64Array): Float64Array {
  return Float64Array.from({ length: 7 }, (_, day) => {
    let sum = 0;
    for (let hour = 0; hour < 24; hour++) sum += hours[24 * day + hour]!;
    return sum / 24;
  });
}
