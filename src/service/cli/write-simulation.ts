import { type FileHandle, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { encodeLabels } from '../../simulate/encode-labels.js';
import { toOutputError } from '../../transport/file/file-error.js';
import { makeFolder } from '../../transport/file/make-folder.js';
import { exampleSimulation, type SimulationFlags } from './example-simulation.js';
import { packagePath } from './package-path.js';
import { refuseExisting, toExisting } from './refuse-existing.js';

/** What was written, as paths. */
export interface WrittenSimulation {
  /** Usage events, NDJSON in the order of arrival. */
  readonly events: string;
  /** The true segment of each customer, and from when to when. */
  readonly labels: string;
  /** Planted anomalies: who behaved oddly, how, and from when to when. */
  readonly anomalies: string;
  /** What was made and what was spoilt, counted. */
  readonly manifest: string;
  /** A config that reads it. */
  readonly config: string;
}

/** Flags of `segtide simulate` for a folder, as written. */
export interface WrittenSimulationFlags extends SimulationFlags {
  /** Writes over files that are there. @default false */
  readonly force?: boolean | undefined;
}

/**
 * Writes a simulated stream into a folder. The same flags write the same bytes.
 *
 * @throws SegtideError `config` for a flag out of range, `output` when the folder can't be written, or a file is there
 * already and is not to be written over
 */
export async function writeSimulation(folder: string, flags: WrittenSimulationFlags): Promise<WrittenSimulation> {
  const { force = false } = flags;
  const simulation = exampleSimulation(flags);
  const written = {
    events: join(folder, 'events.ndjson'),
    labels: join(folder, 'labels.ndjson'),
    anomalies: join(folder, 'anomalies.ndjson'),
    manifest: join(folder, 'manifest.json'),
    config: join(folder, 'segtide.yaml'),
  };
  const example = await readFile(packagePath('config/simulated.yaml'), 'utf8');
  const { labelField } = simulation.settings;
  const config = example
    .replace('    eventId: eventId\n', (line) =>
      labelField === undefined ? line : `${line}    label: ${JSON.stringify(labelField)}\n`,
    )
    .replace(/^# yaml-language-server:.*\n#\n/, '')
    .replace('simulated/events.ndjson', written.events);
  // Of all files before the first is written, so that a refusal leaves nothing behind.
  if (!force) for (const path of Object.values(written)) await refuseExisting(path, ADVICE);
  await makeFolder(folder).catch((cause: unknown) => {
    throw toOutputError(cause, folder);
  });
  await write(written.events, simulation.events, force);
  await write(written.labels, encodeLabels(simulation.labels), force);
  await write(written.anomalies, encodeLabels(simulation.anomalies), force);
  // Its counts are known once the events were made.
  await write(written.manifest, [toBytes(`${JSON.stringify(simulation.manifest(), null, 2)}\n`)], force);
  await write(written.config, [toBytes(config)], force);
  return written;
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
