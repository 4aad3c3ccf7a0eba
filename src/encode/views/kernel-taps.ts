/** Taps of a kernel. */
export const TAPS = 9;

/** Ways to choose three of nine taps. */
export const KERNELS = 84;

/** The three taps of each kernel that weigh 2, where the other six weigh -1; in lexicographic order. */
export const HEAVY_TAPS: Uint8Array = toHeavyTaps(); // (KERNELS, 3)

function toHeavyTaps(): Uint8Array {
  const taps: number[] = [];
  for (let a = 0; a < TAPS; a++) {
    for (let b = a + 1; b < TAPS; b++) {
      for (let c = b + 1; c < TAPS; c++) taps.push(a, b, c);
    }
  }
  return Uint8Array.from(taps);
}
