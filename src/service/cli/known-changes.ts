import { readFile } from 'node:fs/promises';
import type { SimulationManifest } from '../../simulate/simulation-manifest.js';
import { DAY_MS, type PlantedDrift } from '../../simulate/simulation-options.js';
import { formatShare } from '../summary/format.js';
import type { KnownChange } from '../summary/render-story.js';

/**
 * The drift that was planted in a simulated stream, in words.
 *
 * @param manifest path of the simulation's manifest
 */
export async function knownChanges(manifest: string): Promise<readonly KnownChange[]> {
  const { settings } = JSON.parse(await readFile(manifest, 'utf8')) as SimulationManifest;
  return settings.drift.map((drift) => ({ time: settings.start + drift.atDay * DAY_MS, text: inWords(drift) }));
}

function inWords(drift: PlantedDrift): string {
  switch (drift.kind) {
    case 'switch':
      return `${formatShare(drift.share)} of the ${drift.from} customers turn ${drift.to} from here on`;
    case 'new-segment':
      return `${formatShare(drift.share)} of all customers turn ${drift.segment}, as nobody was before`;
    case 'level':
      return `the ${drift.segment} customers use ${drift.factor} times as much from here on`;
    case 'shape':
      return `the ${drift.segment} customers do all they do ${drift.shiftHours} h later from here on`;
  }
}
