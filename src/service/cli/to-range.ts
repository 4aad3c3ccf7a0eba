import { SegtideError } from '../../errors.js';
import type { KRange } from '../cluster/cluster-rows.js';

/**
 * Reads `--k`: a number, or a range such as `2..10`.
 *
 * @throws SegtideError `config`
 */
export function toRange(text: string | undefined): KRange | undefined {
  if (text === undefined) return undefined;
  const [, from, to = from] = /^(\d+)(?:\.\.(\d+))?$/.exec(text) ?? [];
  const range = { from: Number(from), to: Number(to) };
  if (range.from >= 1 && range.from <= range.to && range.to <= 1000) return range;
  throw new SegtideError('config', `--k must be a number from 1 to 1000, or a range such as 2..10; got '${text}'`);
}
