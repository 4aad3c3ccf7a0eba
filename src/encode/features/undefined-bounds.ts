/**
 * What pycatch22 gives, in the order of `CATCH22_FEATURES`, where a feature is undefined: the end of its range that such
 * a series comes closest to.
 */
export function undefinedBounds(steps: number): Float64Array {
  const bounds = new Float64Array(22);
  bounds[4] = steps - 1;
  bounds[5] = steps;
  bounds[6] = 1;
  bounds[16] = Math.min(40, Math.ceil(steps / 2));
  bounds[17] = 1 / 9;
  // Between a histogram of bins a thousandth wide and an exponential density about the largest mean distance.
  bounds[19] = 1000 / Math.SQRT2 + (steps - 2) * Math.sqrt(steps / (2 * (steps - 1)));
  bounds[20] = 1;
  bounds[21] = 1;
  return bounds;
}
