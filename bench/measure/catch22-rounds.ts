import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCatch22 } from '../../src/encode/features/catch22.js';
import { createRandom } from '../../src/numeric/random.js';
import { runChild } from './run-child.js';

/** Runs in a round, of which the least counts. */
const REPEATS = 3;
const SCRIPT = join(import.meta.dirname, '..', 'reference', 'catch22_pycatch22.py');

/** Of one round, on one core: CPU microseconds a window of each, and the share of features that differ. */
export interface Catch22Round {
  readonly ours: number;
  readonly theirs: number;
  readonly differing: number;
}

/**
 * One round of the catch22 features of the same windows, by ours and by pycatch22: a quarter each of random walks, noise,
 * noisy sines and counts with many zeros.
 */
export function catch22Round(python: string, steps: number, windows: number, seed: number): Catch22Round {
  const values = createWindows(steps, windows, seed);
  const catch22 = createCatch22({ steps, channels: 1 });
  const features = new Float64Array(windows * catch22.names.length);
  const folder = mkdtempSync(join(tmpdir(), 'segtide-catch22-'));
  try {
    writeFileSync(join(folder, 'values.f64'), values);
    const script = [python, SCRIPT, folder, String(windows), String(steps), String(REPEATS)];
    const theirs = runChild(script, { OMP_NUM_THREADS: '1' }).report.seconds!;
    let ours = Number.POSITIVE_INFINITY;
    // The first run is for the compiler.
    for (let repeat = 0; repeat <= REPEATS; repeat++) {
      const before = process.cpuUsage();
      catch22.transform(values, windows, features);
      const used = process.cpuUsage(before);
      if (repeat > 0) ours = Math.min(ours, used.user + used.system);
    }
    const reference = readFileSync(join(folder, 'features.f64'));
    return {
      ours: ours / windows,
      theirs: (theirs * 1e6) / windows,
      differing: shareDiffering(features, new Float64Array(reference.buffer, reference.byteOffset, features.length)),
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function createWindows(steps: number, windows: number, seed: number): Float64Array {
  const random = createRandom(seed);
  const values = new Float64Array(windows * steps);
  for (let window = 0; window < windows; window++) {
    const frequency = 0.05 + random.next();
    for (let step = 0, at = window * steps; step < steps; step++, at++) {
      const noise = random.normal();
      if (window % 4 === 0) values[at] = noise + (step === 0 ? 0 : values[at - 1]!);
      else if (window % 4 === 1) values[at] = noise;
      else if (window % 4 === 2) values[at] = Math.sin(step * frequency) + 0.3 * noise;
      else values[at] = random.next() < 0.6 ? 0 : Math.floor(-3 * Math.log(1 - random.next()));
    }
  }
  return values;
}

function shareDiffering(ours: Float64Array, theirs: Float64Array): number {
  let differing = 0;
  for (let i = 0; i < ours.length; i++) {
    const expected = Number.isNaN(theirs[i]!) ? 0 : theirs[i]!;
    if (!(Math.abs(ours[i]! - expected) <= Math.max(1e-9, 1e-6 * Math.abs(expected)))) differing++;
  }
  return differing / ours.length;
}
