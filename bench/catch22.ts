/**
 * Features of windows against the packages that the field takes for them, in one run: CPU time on one core, rounds taken
 * in turn over fresh windows.
 *
 *   npx tsx bench/catch22.ts [--python python3] [--steps 24,60,140,500] [--rounds 5]
 *
 * Prints microseconds a window of each, the median ratio with its 95 % interval, and the share of features that differ
 * by more than 1e-6. The python must have numpy and pycatch22.
 */
import { parseArgs } from 'node:util';
import { catch22Round } from './measure/catch22-rounds.js';
import { median, showMedian } from './measure/statistics.js';

const { values: flags } = parseArgs({
  options: {
    python: { type: 'string', default: 'python3' },
    steps: { type: 'string', default: '24,60,140,500' },
    rounds: { type: 'string', default: '5' },
  },
});
const lengths = flags.steps.split(',').map(Number);
const seeds = Array.from({ length: Number(flags.rounds) }, (_, round) => round + 1);
/** Steps of all windows of a round together. */
const ROUND_STEPS = 60_000;

const rounds = seeds.map((seed) =>
  lengths.map((steps) => catch22Round(flags.python, steps, Math.ceil(ROUND_STEPS / steps), seed)),
);
for (const [i, steps] of lengths.entries()) {
  const runs = rounds.map((round) => round[i]!);
  const ours = median(runs.map((run) => run.ours)).toFixed(1);
  const theirs = median(runs.map((run) => run.theirs)).toFixed(1);
  const ratio = showMedian(
    runs.map((run) => run.theirs / run.ours),
    2,
  );
  const differing = Math.max(...runs.map((run) => run.differing));
  console.log(
    `catch22  ${String(steps).padStart(4)} steps  segtide ${ours.padStart(7)} us  pycatch22 ${theirs.padStart(7)} us  ` +
      `ratio ${ratio}  differing ${(100 * differing).toFixed(3)} %`,
  );
}
