import type { DriftRow } from '../drift-streams.js';
import { mean, median } from './statistics.js';

/** Scenarios in which shapes change for all: what a model can recover from. */
const CHANGED = ['shape', 'reshape', 'gradual'];
const RECOVERED = 0.95;
const BLOCK = 200;

/**
 * Prints, of each method, the mean ARI after the change by scenario; of scenarios that change shapes, how many runs
 * recovered and the median lag; and how stable ids were.
 *
 * @param references rows of the method whose level before the change counts as recovery
 */
export function printDriftTables(rows: readonly DriftRow[], references: readonly DriftRow[]): void {
  const methods = [...new Set(rows.map(({ method }) => method))];
  const scenarios = [...new Set(rows.map(({ scenario }) => scenario))];
  const changed = scenarios.filter((scenario) => CHANGED.includes(scenario));
  const lines = methods.map((method) => {
    const own = rows.filter((row) => row.method === method);
    return {
      method,
      before: show(mean(own.map((row) => row.ari_before))),
      after: show(mean(own.map(ariAfter))),
      end: show(mean(own.map((row) => row.ari_end))),
      ...Object.fromEntries(
        scenarios.map((scenario) => [
          scenario,
          show(mean(own.filter((row) => row.scenario === scenario).map(ariAfter))),
        ]),
      ),
      ...Object.fromEntries(
        changed.map((scenario) => [
          `${scenario} lag`,
          recovery(
            own.filter((row) => row.scenario === scenario),
            references,
          ),
        ]),
      ),
      'same id': show(mean(own.map((row) => row.id_stability))),
      'false moves': show(mean(own.map((row) => row.false_move_rate))),
    };
  });
  if (lines.length === 0) return;
  const heads = Object.keys(lines[0]!);
  console.log(`| ${heads.join(' | ')} |\n|${heads.map((_, i) => (i === 0 ? ' --- ' : ' --: ')).join('|')}|`);
  for (const line of lines) console.log(`| ${Object.values(line).join(' | ')} |`);
}

/** Mean over all blocks that have windows from after the change. */
function ariAfter({ curve, drift_at }: DriftRow): number {
  return mean(curve.filter(([end]) => end > drift_at).map(([, ari]) => ari));
}

function recovery(rows: readonly DriftRow[], references: readonly DriftRow[]): string {
  const lags = rows.map((row) => {
    const reference = references.find(
      ({ set, scenario, seed }) => set === row.set && scenario === row.scenario && seed === row.seed,
    );
    if (reference === undefined) return Number.NaN;
    const level = RECOVERED * reference.ari_before;
    const found = row.curve.find(([end, ari]) => end >= row.drift_at + BLOCK && ari >= level);
    return found === undefined ? Number.POSITIVE_INFINITY : found[0] - row.drift_at;
  });
  const recovered = lags.filter(Number.isFinite).length;
  return `${recovered}/${rows.length}, ${median(lags)}`;
}

function show(share: number): string {
  return share.toFixed(3);
}
