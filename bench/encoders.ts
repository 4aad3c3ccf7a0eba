/**
 * Encoders and the clusterings of series beside what Python has for them, in one run: each side in a process of its own,
 * on the same windows, in rounds taken in turn.
 *
 *   npx tsx bench/encoders.ts --python PYTHON [--torch PYTHON] [--kinds raw,features,rocket,dtw,dae,cnn,transformer,
 *     k-shape,dtw-k-means] [--steps 24,140] [--windows 2000] [--threads 1] [--rounds 3] [--engine auto]
 *
 * PYTHON has numpy, scikit-learn, pycatch22, aeon and tslearn; the one for the autoencoders has torch. A kind whose python is missing
 * is measured alone. Prints for each kind and number of steps, as medians over rounds: windows per second of processor
 * time and by the clock, of fitting and of embedding (of clusterings: of the whole fit), and the largest resident memory,
 * with the median of the rounds' ratios. Compilers, ours and numba's, have had a run before.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { EncoderRun } from './measure/encoder-run.js';
import { isAutoencoder, isWorkload, WORKLOADS } from './measure/encoder-workloads.js';
import { createUsageWindows } from './measure/random-kernel-workload.js';
import { runChild } from './measure/run-child.js';
import { median } from './measure/statistics.js';

const { values: flags } = parseArgs({
  options: {
    python: { type: 'string' },
    torch: { type: 'string' },
    kinds: { type: 'string', default: Object.keys(WORKLOADS).join(',') },
    steps: { type: 'string', default: '24,140' },
    windows: { type: 'string', default: '2000' },
    threads: { type: 'string', default: '1' },
    rounds: { type: 'string', default: '3' },
    engine: { type: 'string', default: 'auto' },
  },
});
const OURS = join(import.meta.dirname, 'measure/encoder-run.ts');
const THEIRS = join(import.meta.dirname, 'reference/encoder_peers.py');
/** Of all that takes threads in Python, so that nothing has more than it was given. */
const THREADS = ['OMP_NUM_THREADS', 'OPENBLAS_NUM_THREADS', 'MKL_NUM_THREADS', 'NUMBA_NUM_THREADS'];

const kinds = flags.kinds.split(',').map((kind) => {
  if (!isWorkload(kind)) throw new Error(`--kinds knows ${Object.keys(WORKLOADS).join(', ')}; got ${kind}`);
  return kind;
});
const lengths = flags.steps.split(',').map(Number);
const folder = mkdtempSync(join(tmpdir(), 'segtide-encoders-'));
try {
  for (const steps of lengths) {
    const { values } = createUsageWindows({ steps, channels: 1 }, Number(flags.windows));
    writeFileSync(join(folder, `windows-${steps}.f32`), values);
  }
  for (const kind of kinds) {
    for (const steps of lengths) {
      const rounds = Array.from({ length: Number(flags.rounds) }, () => measureBoth(kind, steps));
      show(`${kind}, ${steps} steps`, rounds);
    }
  }
} finally {
  rmSync(folder, { recursive: true });
}

/** Ours, and theirs where there is a python for it. */
function measureBoth(kind: string, steps: number): readonly EncoderRun[] {
  const given = [folder, kind, `${steps}`, flags.threads];
  const env = Object.fromEntries(THREADS.map((name) => [name, flags.threads]));
  const python = isAutoencoder(kind) ? flags.torch : flags.python;
  const sides = [[process.execPath, '--import', 'tsx', OURS, ...given, flags.engine]];
  if (python !== undefined) sides.push([python, THEIRS, ...given]);
  return sides.map((command) => runChild(command, env).report as unknown as EncoderRun);
}

/** A line a measure: ours, theirs, and how many times as much ours is. */
function show(name: string, rounds: readonly (readonly EncoderRun[])[]): void {
  for (const measure of ['fitCpu', 'fitWall', 'embedCpu', 'embedWall', 'peak'] as const) {
    const sides = [0, 1].map((side) => rounds.flatMap((runs) => runs[side]?.[measure] ?? []));
    if (sides[0]!.length === 0) continue;
    const [ours, theirs] = sides.map((values) => (values.length === 0 ? '–' : toFigure(median(values))));
    const ratios = sides[1]!.map((value, round) => sides[0]![round]! / value);
    const ratio = ratios.length === 0 ? '' : `  ratio ${median(ratios).toPrecision(3)}`;
    console.log(`${name.padEnd(24)} ${measure.padEnd(9)} segtide ${ours!.padStart(9)}  ${theirs!.padStart(9)}${ratio}`);
  }
}

function toFigure(value: number): string {
  return value >= 100 ? Math.round(value).toLocaleString('en') : value.toPrecision(3);
}
