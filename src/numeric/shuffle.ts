import type { Random } from './random.js';

/** Puts a list into a random order, in place (Fisher & Yates; Durstenfeld, 1964). */
export function shuffle(list: Uint8Array | Uint32Array, random: Pick<Random, 'below'>): void {
  for (let i = list.length - 1; i > 0; i--) {
    const j = random.below(i + 1);
    const swapped = list[i]!;
    list[i] = list[j]!;
    list[j] = swapped;
  }
}
