import type { Random } from './random.js';

/** `most` of a list without replacement, in their order (Knuth's selection sampling); the list itself where it is as short. */
export function sample(list: Uint32Array, most: number, random: Pick<Random, 'below'>): Uint32Array {
  if (list.length <= most) return list;
  const drawn = new Uint32Array(most);
  for (let i = 0, taken = 0; taken < most; i++) {
    if (random.below(list.length - i) < most - taken) drawn[taken++] = list[i]!;
  }
  return drawn;
}
