/** One channel of a series, with what several features ask of it. */
export interface LoadedSeries {
  readonly values: Float64Array; // (steps)
  /** Ascending. */
  readonly sorted: Float64Array; // (steps)
  readonly mean: number;
  /** Over all steps. */
  readonly variance: number;
}
