const COEFFICIENTS = [1, 2, 3, 4] as const;

/**
 * Plans the features of a series' spectrum: magnitudes of its first coefficients, and centroid and variance of all, in
 * coefficients. The transform is of as many steps as there are, and grows with their square.
 */
export function createMagnitudes(steps: number): (values: Float64Array, out: Float64Array, at: number) => void {
  const cosines = Float64Array.from({ length: steps }, (_, i) => Math.cos((2 * Math.PI * i) / steps));
  const sines = Float64Array.from({ length: steps }, (_, i) => Math.sin((2 * Math.PI * i) / steps));
  const magnitudes = new Float64Array(Math.floor(steps / 2) + 1);

  return (values, out, at) => {
    let total = 0;
    let first = 0;
    let second = 0;
    for (let k = 0; k < magnitudes.length; k++) {
      let real = 0;
      let imaginary = 0;
      for (let i = 0, turn = 0; i < steps; i++) {
        real += values[i]! * cosines[turn]!;
        imaginary += values[i]! * sines[turn]!;
        turn += k;
        if (turn >= steps) turn -= steps;
      }
      const magnitude = Math.sqrt(real * real + imaginary * imaginary);
      magnitudes[k] = magnitude;
      total += magnitude;
      first += k * magnitude;
      second += k * k * magnitude;
    }
    for (const [i, k] of COEFFICIENTS.entries()) out[at + i] = magnitudes[k] ?? Number.NaN;
    const centroid = first / total;
    out[at + COEFFICIENTS.length] = centroid;
    out[at + COEFFICIENTS.length + 1] = second / total - centroid * centroid;
  };
}
