import { type FileHandle, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SegtideError } from '../../errors.js';
import { encodeLabels } from '../../simulate/encode-labels.js';
import { simulateUsage } from '../../simulate/simulate-usage.js';
import type { PlantedDrift } from '../../simulate/simulation-options.js';
import { makeFolder } from '../../transport/file/make-folder.js';
import { packagePath } from './package-path.js';

/** What was written, as paths. */
export interface WrittenSimulation {
  /** Usage events, NDJSON in the order of arrival. */
  readonly events: string;
  /** The true segment of each customer, and from when to when. */
  readonly labels: string;
  /** What was made and what was spoilt, counted. */
  readonly manifest: string;
  /** A config that reads it. */
  readonly config: string;
}

/** Flags of `segtide simulate`, as written. */
export interface SimulationFlags {
  readonly customers?: string | undefined;
  readonly days?: string | undefined;
  readonly seed?: string | undefined;
}

/**
 * Writes a simulated stream into a folder, over what an earlier one left there. The same flags write the same bytes.
 *
 * @throws SegtideError `config` for a flag out of range, `output` when the folder can't be written
 */
export async function writeSimulation(folder: string, flags: SimulationFlags): Promise<WrittenSimulation> {
  const days = toNumber('--days', flags.days) ?? 84;
  const simulation = simulateUsage({
    seed: toNumber('--seed', flags.seed) ?? 42,
    customers: toNumber('--customers', flags.customers) ?? 2000,
    days,
    // Later than a window of the config, so that a late event is late for all of them.
    lateMs: 8 * 86_400_000,
    drift: plantedDrift(days),
  });
  const written = {
    events: join(folder, 'events.ndjson'),
    labels: join(folder, 'labels.ndjson'),
    manifest: join(folder, 'manifest.json'),
    config: join(folder, 'segtide.yaml'),
  };
  const example = await readFile(packagePath('config/simulated.yaml'), 'utf8');
  const config = example
    .replace(/^# yaml-language-server:.*\n#\n/, '')
    .replace('simulated/events.ndjson', written.events);
  try {
    await makeFolder(folder);
    await write(written.events, simulation.events);
    await write(written.labels, encodeLabels(simulation.labels));
    await write(written.manifest, [toBytes(`${JSON.stringify(simulation.manifest(), null, 2)}\n`)]);
    await write(written.config, [toBytes(config)]);
  } catch (cause) {
    if (cause instanceof SegtideError) throw cause;
    throw new SegtideError('output', `can't write into '${folder}': ${(cause as Error).message}`, { cause });
  }
  return written;
}

/** At half time some weekday customers turn to weekends, and after three quarters a segment appears that nobody had. */
function plantedDrift(days: number): PlantedDrift[] {
  if (days < 4) return [];
  return [
    { atDay: Math.floor(days / 2), kind: 'switch', from: 'weekday', to: 'weekend', share: 0.4 },
    { atDay: Math.floor((days * 3) / 4), kind: 'new-segment', segment: 'nightly', share: 0.1 },
  ];
}

/** Refuses what is no number; ranges are the simulation's own. */
function toNumber(flag: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (text.trim() !== '' && Number.isFinite(value)) return value;
  throw new SegtideError('config', `${flag} must be a number; got '${text}'`);
}

async function write(path: string, chunks: Iterable<Uint8Array>): Promise<void> {
  let file: FileHandle | undefined;
  try {
    file = await open(path, 'w');
    for (const chunk of chunks) await file.writeFile(chunk);
  } finally {
    await file?.close();
  }
}

function toBytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
