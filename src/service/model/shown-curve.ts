/**
 * A prototype as one curve, null where nobody knows the value: the first channel over its steps, or all channels where
 * windows have one step.
 *
 * @param prototype (steps, channels), NaN where nobody knows the value
 */
export function shownCurve(prototype: Float32Array, steps: number, channels: number): (number | null)[] {
  const [length, stride] = steps === 1 ? [channels, 1] : [steps, channels];
  return Array.from({ length }, (_, i) => {
    const value = prototype[i * stride] ?? Number.NaN;
    return Number.isNaN(value) ? null : value;
  });
}
