import { type FileHandle, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SegtideError } from '../../errors.js';
import { encodeLabels } from '../../simulate/encode-labels.js';
import { simulateUsage } from '../../simulate/simulate-usage.js';
import type { PlantedDrift } from '../../simulate/simulation-options.js';
import { toOutputError } from '../../transport/file/file-error.js';
import { makeFolder } from '../../transport/file/make-folder.js';
import { packagePath } from './package-path.js';
import { refuseExisting, toExisting } from './refuse-existing.js';

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
  /** Writes over files that are there. @default false */
  readonly force?: boolean | undefined;
}

/**
 * Writes a simulated stream into a folder. The same flags write the same bytes.
 *
 * @throws SegtideError `config` for a flag out of range, `output` when the folder can't be written, or a file is there
 * already and is not to be written over
 */
export async function writeSimulation(folder: string, flags: SimulationFlags): Promise<WrittenSimulation> {
  const { force = false } = flags;
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
  // Of all files before the first is written, so that a refusal leaves nothing behind.
  if (!force) for (const path of Object.values(written)) await refuseExisting(path, ADVICE);
  await makeFolder(folder).catch((cause: unknown) => {
    throw toOutputError(cause, folder);
  });
  await write(written.events, simulation.events, force);
  await write(written.labels, encodeLabels(simulation.labels), force);
  // Its counts are known once the events were made.
  await write(written.manifest, [toBytes(`${JSON.stringify(simulation.manifest(), null, 2)}\n`)], force);
  await write(written.config, [toBytes(config)], force);
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

/** @param force whether to write over a file that is there, also over one that came meanwhile */
async function write(path: string, chunks: Iterable<Uint8Array>, force: boolean): Promise<void> {
  let file: FileHandle | undefined;
  try {
    file = await open(path, force ? 'w' : 'wx');
    for (const chunk of chunks) await file.writeFile(chunk);
  } catch (cause) {
    throw (cause as NodeJS.ErrnoException).code === 'EEXIST' ? toExisting(path, ADVICE) : toOutputError(cause, path);
  } finally {
    await file?.close();
  }
}

const ADVICE = 'Name another folder, or write over the files there by --force';

function toBytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
