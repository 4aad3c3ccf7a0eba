/** What a convolution looks at: `kernel` steps at each of `places`, of series of `steps` steps of `channels` channels. */
export interface Taps {
  readonly steps: number;
  readonly places: number;
  readonly channels: number;
  readonly kernel: number;
  readonly stride: number;
  /** Steps before the series that the first place looks at; they are zero. */
  readonly before: number;
}

/** Places `stride` apart over series, with as many zeros before as behind them, or one more behind. */
export function toTaps(steps: number, channels: number, kernel: number, stride: number): Taps {
  const places = Math.ceil(steps / stride);
  const beyond = Math.max(0, (places - 1) * stride + kernel - steps);
  return { steps, places, channels, kernel, stride, before: Math.floor(beyond / 2) };
}
