/** Keeps a few numbers and knows the least of them; among equals the one with the lowest index. */
export interface LeastOf {
  /** Index of the least number. */
  index(): number;
  value(): number;
  set(index: number, value: number): void;
}

/**
 * A tournament tree over `length` numbers, at first all Infinity: the least in constant, a change in logarithmic time.
 *
 * Knuth, The Art of Computer Programming 3, 5.4.1 (replacement selection by a tree of winners).
 */
export function createLeastOf(length: number): LeastOf {
  let width = 1;
  while (width < length) width *= 2;
  const values = new Float64Array(width).fill(Infinity);
  // winners[1] is the root; node n has children 2n and 2n + 1; leaf i is node width + i.
  const winners = new Uint32Array(2 * width);
  for (let i = 0; i < width; i++) winners[width + i] = i;
  for (let node = width - 1; node > 0; node--) winners[node] = winners[2 * node]!;

  return {
    index: () => winners[1]!,
    value: () => values[winners[1]!]!,
    set(index, value) {
      values[index] = value;
      for (let node = (width + index) >> 1; node > 0; node >>= 1) {
        const left = winners[2 * node]!;
        const right = winners[2 * node + 1]!;
        winners[node] = values[right]! < values[left]! ? right : left;
      }
    },
  };
}
