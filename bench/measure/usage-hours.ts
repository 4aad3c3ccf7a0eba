import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet';
import type { Random } from '../../src/numeric/random.js';
import { planSegments } from '../../src/simulate/segment-plan.js';
import { resolveSimulation, type SimulationOptions } from '../../src/simulate/simulation-options.js';
import { createUsageProcess } from '../../src/simulate/usage-process.js';
import { toGivenWindows } from '../../src/window/given-windows.js';
import { MASK_ZERO, type WindowBatch } from '../../src/window/window-batch.js';

/** What customers used, hour by hour, from a Monday on. */
export interface UsageHours {
  readonly name: string;
  readonly customers: number;
  readonly hours: number;
  readonly values: Float32Array; // (customers, hours)
}

const HOUR_MS = 3_600_000;

export function simulatedHours(options: SimulationOptions): UsageHours {
  const settings = resolveSimulation(options);
  const { customers, start, days } = settings;
  const hours = 24 * days;
  const values = new Float32Array(customers * hours);
  const usage = createUsageProcess(settings, planSegments(settings));
  while (usage.next()) {
    values[usage.customer * hours + Math.floor((usage.time - start) / HOUR_MS)]! += usage.value / 1000;
  }
  return { name: `simulated ${settings.rate} a day`, customers, hours, values };
}

/** Minutes in the air of the aircraft in `examples/data`. */
export async function flightHours(): Promise<UsageHours> {
  const { compressors } = await import('hyparquet-compressors');
  const rows = (await parquetReadObjects({
    file: await asyncBufferFromFile('examples/data/flights.parquet'),
    columns: ['tailnum', 'time_hour', 'air_time'],
    compressors,
  })) as { tailnum: string; time_hour: Date; air_time: number }[];
  const start = Date.UTC(2012, 11, 31);
  const hours = 53 * 168;
  const slots = new Map<string, number>();
  for (const { tailnum } of rows) if (!slots.has(tailnum)) slots.set(tailnum, slots.size);
  const values = new Float32Array(slots.size * hours);
  for (const { tailnum, time_hour, air_time } of rows) {
    const hour = Math.floor((time_hour.getTime() - start) / HOUR_MS);
    if (hour >= 0 && hour < hours) values[slots.get(tailnum)! * hours + hour]! += air_time;
  }
  return { name: 'flights', customers: slots.size, hours, values };
}

export interface WindowCut {
  /** Steps of a window. */
  readonly steps: number;
  /** Hours of a step. */
  readonly hours: number;
  /** Windows to draw. */
  readonly length: number;
  readonly random: Random;
}

/** Draws windows of any customer, each beginning with any whole step. */
export function drawWindows(source: UsageHours, { steps, hours, length, random }: WindowCut): WindowBatch {
  const values = new Float32Array(length * steps);
  const begins = Math.floor(source.hours / hours) - steps + 1;
  for (let i = 0; i < length; i++) {
    const from = random.below(source.customers) * source.hours + random.below(begins) * hours;
    for (let at = 0; at < steps * hours; at++) values[i * steps + Math.floor(at / hours)]! += source.values[from + at]!;
  }
  const mask = Uint8Array.from(values, (value) => (value === 0 ? MASK_ZERO : 0));
  return toGivenWindows({ length, steps, channels: 1, values, mask });
}
