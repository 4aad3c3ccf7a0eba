import { hashBytes } from '../numeric/hash.js';

/** Finds a text's place in a fixed list without making a string of it. */
export class ClosedList {
  readonly #texts: readonly Uint8Array[];
  /** Hash of each text to the indexes of those that have it. */
  readonly #byHash = new Map<number, number[]>();

  constructor(texts: readonly string[]) {
    this.#texts = texts.map((text) => new TextEncoder().encode(text));
    for (const [i, bytes] of this.#texts.entries()) {
      const hash = hashBytes(bytes, 0, bytes.length);
      this.#byHash.set(hash, [...(this.#byHash.get(hash) ?? []), i]);
    }
  }

  /** Index of the text in `bytes[start, end)`, or -1. */
  indexOf(bytes: Uint8Array, start: number, end: number): number {
    const candidates = this.#byHash.get(hashBytes(bytes, start, end));
    if (candidates === undefined) return -1;
    for (const i of candidates) {
      const text = this.#texts[i]!;
      if (text.length !== end - start) continue;
      let k = 0;
      while (k < text.length && text[k] === bytes[start + k]) k++;
      if (k === text.length) return i;
    }
    return -1;
  }
}
