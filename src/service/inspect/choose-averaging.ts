/** How wide a moving average should be. */
export interface Averaging {
  /** Steps; 1 for none. */
  readonly width: number;
  /** Expected squared error of a step that is told from its neighbours within the width, as a part of the variance. */
  readonly error: number;
}

/**
 * Chooses the width of a centred moving average by leave-one-out cross-validation (Stone, "Cross-validatory choice and
 * assessment of statistical predictions", 1974): that whose neighbours tell a step best. With autocorrelations r the
 * mean of h neighbours on either side misses it by 1 - 2/h (r_1 + … + r_h) + 1/(2h)^2 of the sum of r over all pairs.
 *
 * A width of 3 means that the nearest neighbours tell it best: the series is smooth, and needs no averaging. Nor does one
 * that no neighbours tell, which is noise or as sharp as it should be.
 *
 * @param autocorrelation by lag, from 0
 * @param most widest, in steps
 */
export function chooseAveraging(autocorrelation: Float64Array, most: number): Averaging {
  let best: Averaging = { width: 1, error: 1 };
  for (let half = 1; 2 * half + 1 <= most && 2 * half < autocorrelation.length; half++) {
    const error = missOf(autocorrelation, half);
    if (error < best.error - 1e-9) best = { width: 2 * half + 1, error };
  }
  return best.width > 3 ? best : { width: 1, error: best.error };
}

function missOf(r: Float64Array, half: number): number {
  let toStep = 0;
  for (let lag = 1; lag <= half; lag++) toStep += r[lag]!;
  let among = 0;
  for (let i = -half; i <= half; i++) {
    if (i === 0) continue;
    for (let j = -half; j <= half; j++) if (j !== 0) among += r[Math.abs(i - j)]!;
  }
  return 1 - (2 / half) * toStep + among / (2 * half) ** 2;
}
