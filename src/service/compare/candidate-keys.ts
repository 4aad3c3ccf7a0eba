import { dirname, relative, sep } from 'node:path';
import type { Assignment } from '../config/assignment.js';
import type { Config } from '../config/schema.js';
import type { EncoderCandidate } from './encoder-candidates.js';

type Keys = Readonly<Record<string, unknown>>;

/** Keys of `encoder` that mean the same to every kind. */
const OF_ALL_KINDS: readonly string[] = ['shift', 'init', 'engine', 'threads'];

/**
 * What sets a candidate's keys. What is given of another kind of encoder says nothing to it and is left out.
 *
 * @param given the keys of the config, without defaults
 */
export function candidateAssignments({ set }: Pick<EncoderCandidate, 'set'>, given: Keys): readonly Assignment[] {
  const where = '--encoders';
  const own = Object.entries(set).map(([key, value]) => ({ key, value, where }));
  const encoder = (given.encoder ?? {}) as Keys;
  const kind = set['encoder.kind'];
  if (kind === undefined || kind === (encoder.kind ?? 'vrae')) return own;
  const kept = Object.fromEntries(Object.entries(encoder).filter(([key]) => OF_ALL_KINDS.includes(key)));
  return [{ key: 'encoder', value: kept, where }, ...own];
}

/**
 * Given keys for a config in another folder, from which its plug-ins are found.
 *
 * @param located as they were found
 * @param output path of that config
 */
export function keysForFile(given: Keys, located: Config['plugins'], output: string): Keys {
  if (located.length === 0) return given;
  const plugins = located.map((plugin, i) => ({
    ...(given.plugins as readonly Keys[])[i],
    module: pathFrom(dirname(output), plugin.module),
  }));
  return { ...given, plugins };
}

function pathFrom(folder: string, path: string): string {
  const found = relative(folder, path).split(sep).join('/');
  return found.startsWith('..') || /^[a-z]:/i.test(found) ? found : `./${found}`;
}
