import { join } from 'node:path';
import { createRandom } from '../../src/numeric/random.js';
import { planSegments } from '../../src/simulate/segment-plan.js';
import { resolveSimulation } from '../../src/simulate/simulation-options.js';
import { USAGE_SEGMENTS, type UsageSegment } from '../../src/simulate/usage-segment.js';
import { readWindowTable } from '../../src/transport/file/read-window-table.js';
import { toGivenWindows } from '../../src/window/given-windows.js';
import { MASK_ZERO, type WindowBatch } from '../../src/window/window-batch.js';
import { simulatedHours } from './usage-hours.js';

/** Customers of known kinds who go on as they are: one window of each in every wave. */
export interface StationaryStream {
  readonly name: string;
  readonly steps: number;
  readonly kinds: number;
  /** Kind of each customer. */
  readonly truth: readonly string[];
  /** Windows of all customers in some waves, wave by wave. */
  windows(firstWave: number, waves: number): WindowBatch;
}

interface StreamOptions {
  readonly customers: number;
  readonly waves: number;
  readonly seed: number;
}

/** Weeks of simulated customers, in quarters of a day. Kinds that change over the whole simulation are no part of it. */
export function simulatedWeeks(options: StreamOptions, rate: number): StationaryStream {
  const steady: readonly UsageSegment[] = ['flat', 'weekday', 'weekend', 'evening', 'nightly', 'bursty'];
  const { customers, seed, waves } = options;
  const simulation = {
    seed,
    customers,
    rate,
    days: 7 * waves,
    segments: Object.fromEntries(steady.map((s) => [s, 1])),
  };
  const { values } = simulatedHours(simulation);
  const truth = Array.from(planSegments(resolveSimulation(simulation)).segments, (segment) => USAGE_SEGMENTS[segment]!);
  const steps = 28;
  const hours = 168 / steps;
  return toStream(`simulated, ${rate} a day`, steps, truth, (customer, wave) =>
    Float32Array.from({ length: steps }, (_, step) => {
      const from = (customer * waves + wave) * 168 + step * hours;
      return values.subarray(from, from + hours).reduce((sum, value) => sum + value, 0);
    }),
  );
}

/** Customers each of one class of a labelled set, who show any series of their class in each wave. */
export async function labelledSet(folder: string, set: string, options: StreamOptions): Promise<StationaryStream> {
  const {
    steps,
    values,
    length,
    labels = [],
  } = await readWindowTable(join(folder, `${set}.csv.gz`), {
    labelColumn: 'label',
  });
  const rowsOf = new Map<string, number[]>();
  for (let row = 0; row < length; row++) {
    const label = labels[row]!;
    rowsOf.set(label, [...(rowsOf.get(label) ?? []), row]);
  }
  const random = createRandom(options.seed);
  const truth = Array.from({ length: options.customers }, () => labels[random.below(length)]!);
  const shown = Array.from({ length: options.waves * options.customers }, (_, at) => {
    const rows = rowsOf.get(truth[at % options.customers]!)!;
    return rows[random.below(rows.length)]!;
  });
  return toStream(set, steps, truth, (customer, wave) => {
    const row = shown[wave * options.customers + customer]!;
    return values.subarray(row * steps, (row + 1) * steps);
  });
}

function toStream(
  name: string,
  steps: number,
  truth: readonly string[],
  windowOf: (customer: number, wave: number) => Float32Array,
): StationaryStream {
  const customers = truth.length;
  const ids = { text: (slot: number) => `c${slot}` };
  return {
    name,
    steps,
    truth,
    kinds: new Set(truth).size,
    windows(firstWave, waves) {
      const length = customers * waves;
      const values = new Float32Array(length * steps);
      for (let i = 0; i < length; i++) {
        values.set(windowOf(i % customers, firstWave + Math.floor(i / customers)), i * steps);
      }
      const mask = Uint8Array.from(values, (value) => (value === 0 ? MASK_ZERO : 0));
      const given = toGivenWindows({ length, steps, channels: 1, values, mask });
      return { ...given, ids, customers: Uint32Array.from({ length }, (_, i) => i % customers) };
    },
  };
}
