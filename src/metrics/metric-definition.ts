/** What one metric is: enough to make it, and to tell a person on call what it means. */
export interface MetricDefinition {
  /** `segtide_<stage>_<what>_<unit|total>`, in base units. */
  readonly name: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  /** Of closed sets: partitions, segments in force, and words that the code knows. Never a customer. */
  readonly labels?: readonly string[];
  /** Upper bounds of a histogram's buckets, in the metric's unit. */
  readonly buckets?: readonly number[];
}

/** From half a millisecond to half a minute. */
export const SECONDS_OF_WORK = [
  0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30,
] as const;
