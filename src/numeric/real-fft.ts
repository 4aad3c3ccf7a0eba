/** Fourier transform of real sequences of one length, a power of two from 2 on; it allocates nothing when it runs. */
export interface RealFft {
  readonly size: number;
  /** X_k = sum over j of x_j exp(-2 pi i j k / size); of the further half nothing is written, it mirrors this one. */
  transform(input: Float64Array, real: Float64Array, imaginary: Float64Array): void; // (size) → (size / 2 + 1) each
  /** The sequence whose transform it is. */
  invert(real: Float64Array, imaginary: Float64Array, output: Float64Array): void; // (size / 2 + 1) each → (size)
}

/**
 * Plans the transform: a complex one of half the size (Cooley and Tukey, 1965, radix 2) over pairs of samples, then the
 * split into the spectra of even and odd samples.
 */
export function createRealFft(size: number): RealFft {
  if (size < 2 || !Number.isInteger(Math.log2(size))) {
    throw new RangeError(`the size of a transform is a power of two from 2 on, got ${size}`);
  }
  const half = size / 2;
  const cosines = Float64Array.from({ length: half + 1 }, (_, k) => Math.cos((2 * Math.PI * k) / size));
  const sines = Float64Array.from({ length: half + 1 }, (_, k) => -Math.sin((2 * Math.PI * k) / size));
  const places = bitReversed(half);
  const pairs = { real: new Float64Array(half), imaginary: new Float64Array(half) };

  return {
    size,
    transform: (input, real, imaginary) => {
      for (let i = 0; i < half; i++) {
        const place = places[i]!;
        real[place] = input[2 * i]!;
        imaginary[place] = input[2 * i + 1]!;
      }
      for (let width = 1; width < half; width *= 2) butterflies(real, imaginary, cosines, sines, half, width);
      split(real, imaginary, cosines, sines, half);
    },
    invert: (real, imaginary, output) => {
      join(real, imaginary, cosines, sines, places, pairs);
      // With real and imaginary parts exchanged before and after, the transform is its own inverse, times its size.
      for (let width = 1; width < half; width *= 2) {
        butterflies(pairs.imaginary, pairs.real, cosines, sines, half, width);
      }
      for (let i = 0; i < half; i++) {
        output[2 * i] = pairs.real[i]! / half;
        output[2 * i + 1] = pairs.imaginary[i]! / half;
      }
    },
  };
}

/** One stage: joins spectra of `width` samples to spectra of twice as many. */
function butterflies(
  real: Float64Array,
  imaginary: Float64Array,
  cosines: Float64Array,
  sines: Float64Array,
  half: number,
  width: number,
): void {
  const stride = half / width;
  for (let start = 0; start < half; start += 2 * width) {
    for (let j = 0, twiddle = 0; j < width; j++, twiddle += stride) {
      const a = start + j;
      const b = a + width;
      const c = cosines[twiddle]!;
      const s = sines[twiddle]!;
      const x = real[b]! * c - imaginary[b]! * s;
      const y = real[b]! * s + imaginary[b]! * c;
      real[b] = real[a]! - x;
      imaginary[b] = imaginary[a]! - y;
      real[a] = real[a]! + x;
      imaginary[a] = imaginary[a]! + y;
    }
  }
}

function split(
  real: Float64Array,
  imaginary: Float64Array,
  cosines: Float64Array,
  sines: Float64Array,
  half: number,
): void {
  const sum = real[0]!;
  const difference = imaginary[0]!;
  real[0] = sum + difference;
  real[half] = sum - difference;
  imaginary[0] = 0;
  imaginary[half] = 0;
  for (let k = 1, m = half - 1; k <= m; k++, m--) {
    const evenReal = 0.5 * (real[k]! + real[m]!);
    const evenImaginary = 0.5 * (imaginary[k]! - imaginary[m]!);
    const oddReal = 0.5 * (imaginary[k]! + imaginary[m]!);
    const oddImaginary = 0.5 * (real[m]! - real[k]!);
    const x = oddReal * cosines[k]! - oddImaginary * sines[k]!;
    const y = oddReal * sines[k]! + oddImaginary * cosines[k]!;
    real[k] = evenReal + x;
    imaginary[k] = evenImaginary + y;
    real[m] = evenReal - x;
    imaginary[m] = y - evenImaginary;
  }
}

/** The spectrum of pairs of samples, in the order in which they are transformed: what `split` undoes. */
function join(
  real: Float64Array,
  imaginary: Float64Array,
  cosines: Float64Array,
  sines: Float64Array,
  places: Uint32Array,
  pairs: { readonly real: Float64Array; readonly imaginary: Float64Array },
): void {
  const half = places.length;
  for (let k = 0, m = half; k < half; k++, m--) {
    const x = 0.5 * (real[k]! - real[m]!);
    const y = 0.5 * (imaginary[k]! + imaginary[m]!);
    const oddReal = x * cosines[k]! + y * sines[k]!;
    const oddImaginary = y * cosines[k]! - x * sines[k]!;
    const place = places[k]!;
    pairs.real[place] = 0.5 * (real[k]! + real[m]!) - oddImaginary;
    pairs.imaginary[place] = 0.5 * (imaginary[k]! - imaginary[m]!) + oddReal;
  }
}

function bitReversed(size: number): Uint32Array {
  const places = new Uint32Array(size);
  for (let i = 1, place = 0; i < size; i++) {
    let bit = size >> 1;
    for (; place & bit; bit >>= 1) place ^= bit;
    place |= bit;
    places[i] = place;
  }
  return places;
}
