/** A straight line through a series by least squares, over the index of its cells. */
export interface LinearTrend {
  /** Change per cell. */
  readonly slope: number;
  /** Value of the line at cell 0. */
  readonly intercept: number;
}

/** Fits the line to the cells that are not NaN; flat through the mean when fewer than two are left. */
export function linearTrend(series: Float64Array): LinearTrend {
  let n = 0;
  let sumX = 0;
  let sumY = 0;
  for (let i = 0; i < series.length; i++) {
    const y = series[i]!;
    if (Number.isNaN(y)) continue;
    n++;
    sumX += i;
    sumY += y;
  }
  if (n === 0) return { slope: 0, intercept: 0 };
  const meanX = sumX / n;
  const meanY = sumY / n;
  let products = 0;
  let squares = 0;
  for (let i = 0; i < series.length; i++) {
    const y = series[i]!;
    if (Number.isNaN(y)) continue;
    products += (i - meanX) * (y - meanY);
    squares += (i - meanX) ** 2;
  }
  const slope = squares === 0 ? 0 : products / squares;
  return { slope, intercept: meanY - slope * meanX };
}
