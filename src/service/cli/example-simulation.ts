import { SegtideError } from '../../errors.js';
import { type Simulation, simulateUsage } from '../../simulate/simulate-usage.js';
import type { PlantedDrift } from '../../simulate/simulation-options.js';

/** Flags of `segtide simulate` that shape the stream, as written. */
export interface SimulationFlags {
  readonly customers?: string | undefined;
  readonly days?: string | undefined;
  readonly seed?: string | undefined;
  readonly anomalies?: string | undefined;
  readonly joins?: string | undefined;
  readonly label?: string | undefined;
}

/** Where no flag says how many. */
const DEFAULT_DAYS = 84;

/**
 * The stream of `segtide simulate`: late, duplicate and corrupt events, and drift at half time and after three quarters.
 *
 * @param toStart midnight UTC of the first day, epoch ms, of the number of days. @default 2024-01-01
 * @throws SegtideError `config` for a flag that is no number, or out of range
 */
export function exampleSimulation(flags: SimulationFlags, toStart?: (days: number) => number): Simulation {
  const days = toNumber('--days', flags.days) ?? DEFAULT_DAYS;
  return simulateUsage({
    seed: toNumber('--seed', flags.seed) ?? 42,
    customers: toNumber('--customers', flags.customers) ?? 2000,
    days,
    ...(toStart !== undefined && { start: toStart(days) }),
    // Later than a window of the config, so that a late event is late for all of them.
    lateMs: 8 * 86_400_000,
    drift: plantedDrift(days),
    anomalyShare: toNumber('--anomalies', flags.anomalies) ?? 0,
    joinShare: toNumber('--joins', flags.joins) ?? 0,
    labelField: flags.label,
  });
}

/** At half time some weekday customers turn to weekends, and after three quarters a segment appears that nobody had. */
function plantedDrift(days: number): PlantedDrift[] {
  if (days < 4) return [];
  return [
    { atDay: Math.floor(days / 2), kind: 'switch', from: 'weekday', to: 'weekend', share: 0.4 },
    { atDay: Math.floor((days * 3) / 4), kind: 'new-segment', segment: 'nightly', share: 0.3 },
  ];
}

/** Refuses what is no number; ranges are the simulation's own. */
export function toNumber(flag: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (text.trim() !== '' && Number.isFinite(value)) return value;
  throw new SegtideError('config', `${flag} must be a number; got '${text}'`);
}
