import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { createRandom } from '../../src/numeric/random.js';
import { shuffle } from '../../src/numeric/shuffle.js';
import { ANOMALY_KINDS, type AnomalyLabel } from '../../src/simulate/planted-anomaly.js';
import { planSegments } from '../../src/simulate/segment-plan.js';
import { resolveSimulation, type SimulationOptions } from '../../src/simulate/simulation-options.js';
import { createUsageProcess } from '../../src/simulate/usage-process.js';
import { toGivenWindows } from '../../src/window/given-windows.js';
import { MASK_OBSERVED, MASK_ZERO, type WindowBatch } from '../../src/window/window-batch.js';

/** Windows to fit a model to, and others whose anomalies are known. */
export interface AnomalySet {
  readonly name: string;
  readonly fitted: WindowBatch;
  readonly scored: WindowBatch;
  /** 1 where a scored window is anomalous, 0 where it is not. */
  readonly labels: Uint8Array;
  /** Steps of scored windows that are anomalous, [first, end); undefined where that is not known. */
  readonly steps: readonly (readonly [first: number, end: number] | undefined)[] | undefined;
}

const HOUR_MS = 3_600_000;
/** As in `config/simulated.yaml`: a week in steps of six hours. */
const STEP_MS = 6 * HOUR_MS;
const STEPS = 28;

/**
 * Weeks of simulated customers: the first half of the stream to fit to, the other with planted anomalies; one set for each
 * kind beside what is usual, and one of all. A window is anomalous where it holds a day of the anomaly, or all of it.
 */
export function simulatedSets(options: SimulationOptions): AnomalySet[] {
  const settings = resolveSimulation(options);
  const { customers, start, days } = settings;
  const weeks = Math.floor(days / 7);
  const values = new Float32Array(customers * weeks * STEPS);
  const plan = planSegments(settings);
  const usage = createUsageProcess(settings, plan);
  while (usage.next()) {
    const step = Math.floor((usage.time - start) / STEP_MS);
    if (step < weeks * STEPS) values[usage.customer * weeks * STEPS + step]! += usage.value / 1000;
  }
  const half = Math.ceil(weeks / 2);
  const odd = new Map(plan.anomalies.map((anomaly) => [anomaly.customer, anomaly]));
  const cut = (from: number, to: number, isTaken: (customer: number, week: number) => boolean) => {
    const rows: [customer: number, week: number][] = [];
    for (let customer = 0; customer < customers; customer++) {
      for (let week = from; week < to; week++) if (isTaken(customer, week)) rows.push([customer, week]);
    }
    const taken = new Float32Array(rows.length * STEPS);
    for (const [i, [customer, week]] of rows.entries()) {
      const at = (customer * weeks + week) * STEPS;
      taken.set(values.subarray(at, at + STEPS), i * STEPS);
    }
    return { rows, windows: toWindows(taken, STEPS) };
  };
  const fitted = cut(0, half, () => true).windows;
  const overlap = (customer: number, week: number) => {
    const anomaly = odd.get(customer);
    return anomaly && overlapOf(anomaly, start + week * STEPS * STEP_MS);
  };
  return [...ANOMALY_KINDS, 'all' as const].map((kind): AnomalySet => {
    const { rows, windows } = cut(half, weeks, (customer, week) => {
      const found = overlap(customer, week);
      return found === undefined || (found.isPlain && (kind === 'all' || odd.get(customer)!.kind === kind));
    });
    const steps = rows.map(([customer, week]) => overlap(customer, week)?.steps);
    const labels = Uint8Array.from(steps, (span) => (span === undefined ? 0 : 1));
    return { name: `simulated ${kind}`, fitted, scored: windows, labels, steps };
  });
}

/** A set of labelled windows: half of them to fit to, drawn by the seed; its rare classes are the anomalies. */
export function rareClassSet(name: string, path: string, common: readonly string[], seed: number): AnomalySet {
  const rows = gunzipSync(readFileSync(path)).toString().trim().split('\n').slice(1);
  const order = Uint32Array.from({ length: rows.length }, (_, i) => i);
  shuffle(order, createRandom(seed));
  const cells = rows.map((row) => row.split(','));
  const steps = cells[0]!.length - 1;
  const take = (chosen: Uint32Array) =>
    toWindows(Float32Array.from(Array.from(chosen).flatMap((row) => cells[row]!.slice(1).map(Number))), steps);
  const half = Math.floor(rows.length / 2);
  const scored = order.subarray(half);
  return {
    name,
    fitted: take(order.subarray(0, half)),
    scored: take(scored),
    labels: Uint8Array.from(scored, (row) => (common.includes(cells[row]![0]!) ? 0 : 1)),
    steps: undefined,
  };
}

function overlapOf({ from, to }: AnomalyLabel, start: number) {
  const end = start + STEPS * STEP_MS;
  const shared = Math.min(end, to) - Math.max(start, from);
  if (shared <= 0) return undefined;
  const first = Math.max(0, Math.floor((from - start) / STEP_MS));
  const last = Math.min(STEPS, Math.ceil((to - start) / STEP_MS));
  return { isPlain: shared >= Math.min(to - from, 24 * HOUR_MS), steps: [first, last] as const };
}

function toWindows(values: Float32Array, steps: number): WindowBatch {
  const mask = Uint8Array.from(values, (value) => (value === 0 ? MASK_ZERO : MASK_OBSERVED));
  return toGivenWindows({ length: values.length / steps, steps, channels: 1, values, mask });
}
