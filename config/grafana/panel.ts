/** One panel: what it asks, and how it is drawn. */
export interface Panel {
  readonly type: 'stat' | 'timeseries' | 'table';
  readonly title: string;
  readonly description: string;
  /** Unit by Grafana's names: `short`, `s`, `bytes`, `percentunit`, `cps`. */
  readonly unit: string;
  /** Of the 24 columns. */
  readonly width: number;
  /** Legend and expression. */
  readonly queries: readonly (readonly [legend: string, expression: string])[];
  readonly stacked?: boolean;
  readonly max?: number;
  /** From here on it is red. */
  readonly limit?: number;
  /** Shows what a series is called, not its value. */
  readonly named?: boolean;
}

/** Of the deployments that are chosen, and of the processes. */
export const JOB = '{job=~"$job"}';
export const OF = '{job=~"$job", instance=~"$instance"}';
export const RATE = '[$__rate_interval]';
/** Names stand in one metric alone; a takeover may show two trainers for a moment. */
export const NAMES = `on (job, segment) group_left (name) max by (job, segment, name) (segtide_segment_info${JOB})`;
/** Where no series at all is good news. */
export const OR_NONE = 'or vector(0)';

/** Of a histogram. */
export const quantile = (q: number, metric: string): string =>
  `histogram_quantile(${q}, sum by (le) (rate(${metric}_bucket${OF}${RATE})))`;
/** Of a counter, by labels. */
export const rate = (metric: string, by: string): string => `sum by (${by}) (rate(${metric}${OF}${RATE}))`;
/** Of two counters. */
export const mean = (sum: string, count: string): string =>
  `sum(rate(${sum}${OF}${RATE})) / (sum(rate(${count}${OF}${RATE})) > 0)`;

/** One number. */
export const stat = (
  title: string,
  description: string,
  unit: string,
  expression: string,
  more: Partial<Panel> = {},
): Panel => ({
  type: 'stat',
  title,
  description,
  unit,
  width: 4,
  queries: [[more.named === true ? '{{model_version}}' : '', expression]],
  ...more,
});
/** Lines over time. */
export const graph = (
  title: string,
  description: string,
  unit: string,
  queries: Panel['queries'],
  more: Partial<Panel> = {},
): Panel => ({ type: 'timeseries', title, description, unit, width: 8, queries, ...more });
