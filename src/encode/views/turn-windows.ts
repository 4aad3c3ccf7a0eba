import type { WindowShape } from './restore-usage.js';

/**
 * Writes windows turned, the last step followed by the first, so that their crest lies in the middle: windows that
 * differ by a cyclic shift leave as one.
 *
 * @param usage (rows, steps, channels), without gaps
 * @param mask (rows, steps, channels)
 * @param turned (rows, steps, channels), not `usage`
 * @param turnedMask (rows, steps, channels), not `mask`
 */
export type TurnWindows = (
  usage: Float32Array,
  mask: Uint8Array,
  rows: number,
  turned: Float32Array,
  turnedMask: Uint8Array,
) => void;

/** Harmonics of a window that its crest is found by, at most: what is finer is noise more often than behaviour. */
const MOST_HARMONICS = 16;

/**
 * Of the largest harmonic: a lower one that is at least as large gives fewer crests to choose from. Less than a quarter by
 * what rounding leaves, so that one of exactly a quarter counts however the window is turned.
 */
const LEAST_SHARE = 0.25 * (1 - 1e-9);

/**
 * Added to a crest before it is rounded down, or held against another one. Crests of symmetric usage lie on a step, or at
 * a half, quarter or third of one, and some are equally high; a golden share of a step later nothing is equal that is not
 * the same, and no rounding error decides.
 */
const ASIDE = 0.382;

/** In units of channels' largest values: a harmonic below it is what rounding left. */
const ROUNDING = 1e-9;

/**
 * Makes what turns windows. The crest is that of the lowest of a window's first harmonics that is not small against the
 * largest; of the several crests of a second or higher harmonic it is the one at which all of them together are highest.
 * All channels turn together, each counted in units of its largest value. A window without these harmonics stays as it
 * is.
 */
export function createWindowTurn({ steps, channels }: WindowShape): TurnWindows {
  const cells = steps * channels;
  const sums = new Float64Array(steps);
  const spectrum = createSpectrum(steps);
  const middle = Math.floor(steps / 2);
  return (usage, mask, rows, turned, turnedMask) => {
    for (let at = 0; at < rows * cells; at += cells) {
      sumChannels(usage, at, channels, sums);
      const crest = spectrum.crestOf(sums);
      const from = crest === undefined ? at : at + ((crest - middle + steps) % steps) * channels;
      const end = at + cells;
      turned.set(usage.subarray(from, end), at);
      turned.set(usage.subarray(at, from), at + end - from);
      turnedMask.set(mask.subarray(from, end), at);
      turnedMask.set(mask.subarray(at, from), at + end - from);
    }
  };
}

function sumChannels(usage: Float32Array, at: number, channels: number, sums: Float64Array): void {
  const end = at + sums.length * channels;
  sums.fill(0);
  for (let first = at; first < at + channels; first++) {
    let most = 0;
    for (let p = first; p < end; p += channels) most = Math.max(most, Math.abs(usage[p]!));
    if (most === 0) continue;
    for (let p = first, t = 0; p < end; p += channels, t++) sums[t]! += usage[p]! / most;
  }
}

/** @returns `crestOf`, the step of the crest; undefined where there is none */
function createSpectrum(steps: number): { crestOf(values: Float64Array): number | undefined } {
  const harmonics = Math.min(MOST_HARMONICS, Math.floor(steps / 2));
  const angle = (2 * Math.PI) / steps;
  const cosines = Float64Array.from({ length: steps }, (_, t) => Math.cos(angle * t));
  const sines = Float64Array.from({ length: steps }, (_, t) => Math.sin(angle * t));
  // Of harmonic h at h.
  const real = new Float64Array(harmonics + 1);
  const imaginary = new Float64Array(harmonics + 1);
  const sizes = new Float64Array(harmonics + 1);

  /** All harmonics together at a place between steps. */
  const heightAt = (place: number): number => {
    const cosine = Math.cos(angle * place);
    const sine = Math.sin(angle * place);
    let height = 0;
    for (let h = 1, c = cosine, s = sine; h <= harmonics; h++) {
      height += real[h]! * c + imaginary[h]! * s;
      const next = c * cosine - s * sine;
      s = s * cosine + c * sine;
      c = next;
    }
    return height;
  };

  return {
    crestOf(values) {
      let largest = 0;
      for (let h = 1; h <= harmonics; h++) {
        let re = 0;
        let im = 0;
        for (let t = 0, a = 0; t < steps; t++) {
          re += values[t]! * cosines[a]!;
          im += values[t]! * sines[a]!;
          a += h;
          if (a >= steps) a -= steps;
        }
        real[h] = re;
        imaginary[h] = im;
        sizes[h] = Math.sqrt(re * re + im * im);
        largest = Math.max(largest, sizes[h]!);
      }
      if (!(largest > ROUNDING * steps)) return undefined;
      let chosen = 1;
      while (sizes[chosen]! < LEAST_SHARE * largest) chosen++;

      const period = steps / chosen;
      const phase = Math.atan2(imaginary[chosen]!, real[chosen]!) / (2 * Math.PI);
      let place = (phase < 0 ? phase + 1 : phase) * period;
      let highest = heightAt(place + ASIDE);
      for (let n = 1, other = place; n < chosen; n++) {
        other += period;
        const height = heightAt(other + ASIDE);
        if (height <= highest) continue;
        highest = height;
        place = other;
      }
      return Math.floor(place + ASIDE) % steps;
    },
  };
}
