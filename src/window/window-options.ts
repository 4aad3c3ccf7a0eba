/** Steps that follow the local calendar of `timeZone`, where days have 23 to 25 hours and months their own length. */
export type CalendarStep = 'hour' | 'day' | 'week' | 'month';

/** How a channel's values within one step become one value. */
export type Aggregate = 'sum' | 'mean' | 'min' | 'max' | 'last' | 'count';

/** A length of time: milliseconds, or text such as `5m`, `1h30m`, `30d`. */
export type Duration = number | string;

export interface ChannelOptions {
  readonly name: string;
  /**
   * - `sum`, `count`: a step without events is a zero.
   * - `mean`, `min`, `max`, `last`: a step without events is missing. `last` is the value with the latest event time; of
   *   equal times the one that came last. In memory `mean` costs 4 bytes more a cell and `last` 8.
   * @default 'sum'
   */
  readonly aggregate?: Aggregate;
  /**
   * The values are readings of a counter that only grows, such as an energy meter: what is aggregated is the difference
   * to the customer's reading before. A smaller reading is a reset and counts from zero; the first reading, and one
   * that is older than the newest, tell no difference. Costs 16 bytes a customer.
   * @default false
   */
  readonly cumulative?: boolean;
}

/** What windows are cut, and how long the stream's disorder is waited for. */
export interface WindowOptions {
  /**
   * Length of a step: `hour`, `day`, `week` (from Monday) or `month` of the local calendar, or a duration of at least
   * 1 s. Hours are bins of the wall clock: a repeated hour adds to its bin, a skipped one is absent.
   */
  readonly step: CalendarStep | Duration;
  /** Steps of a window, 1 to 65,535. Memory per customer grows with it. */
  readonly steps: number;
  /**
   * From one window's begin to the next one's: a number of steps, or a duration that is a whole number of steps. Less
   * than `steps` makes windows overlap, which costs no memory; more leaves gaps, whose events are counted as skipped.
   * @default `steps`
   */
  readonly hop?: number | string;
  /**
   * A time at which a window begins: ISO 8601 (local in `timeZone` where it has no offset) or epoch ms. Steps of a fixed
   * length align to it, too.
   * @default the epoch: 1970-01-01T00:00 local; the week of Monday 1969-12-29
   */
  readonly origin?: string | number;
  /** IANA zone of calendar steps and of `origin`. @default 'UTC' */
  readonly timeZone?: string;
  /** How much later than its successors an event may come. Delays every result by as much. @default '5m' */
  readonly outOfOrderness?: Duration;
  /**
   * For how long after its result a window still takes events; each one that changes it emits it again at once, with
   * the next revision. Costs memory for as many steps.
   * @default 0
   */
  readonly allowedLateness?: Duration;
  /** Observed steps that a window needs to be emitted, 0 to `steps`. 0 emits windows of silent customers. @default 0 */
  readonly minObserved?: number;
  /**
   * Silence after which a customer is forgotten, rounded up to whole steps; at least a window, so that the one of its
   * last event still closes. Until then silent customers yield windows of zeros.
   * @default four windows
   */
  readonly customerTtl?: Duration;
  /**
   * Customers kept at a time. One more evicts the longest silent 64th part (at least one), whose open windows are
   * emitted as they are, marked.
   * @default 1_000_000
   */
  readonly maxCustomers?: number;
  /**
   * In a replay: an event further beyond the watermark is quarantined until, of some six records in a row, those of
   * three customers lie within `maxAhead` of each other (three records, where fewer customers are known). More than `outOfOrderness`.
   * @default 30 days; three steps or twice `outOfOrderness` where that is longer
   */
  readonly maxAhead?: Duration;
  /** With a clock: an event further beyond it is quarantined. @default '1h' */
  readonly maxFuture?: Duration;
  /**
   * Refuse events whose id was accepted before. Ids are kept until their step can take no more events; 20 bytes each at
   * a load of a half to a quarter.
   * @default false
   */
  readonly deduplicate?: boolean;
  /**
   * `onClose`: results when windows close. A duration: besides, whenever the watermark enters the next one of that
   * length, results of the open windows so far, with `finals` 0.
   * @default 'onClose'
   */
  readonly emit?: 'onClose' | Duration;
  /**
   * With a clock: after this long without input the watermark follows the clock, `idleTimeout` and `outOfOrderness`
   * behind it, so that windows of an idle input close.
   * @default '1m'
   */
  readonly idleTimeout?: Duration;
  /**
   * What becomes, at the end of the input, of windows whose last step is after the step of the latest event:
   * `complete` counts them as incomplete, `partial` emits them with `finals` 0.
   * @default 'complete'
   */
  readonly atEnd?: 'complete' | 'partial';
  /** One to 4,096. @default one channel `value` that is summed */
  readonly channels?: readonly ChannelOptions[];
  /** Windows of a page, the most that `push` hands over at once. @default 4096 */
  readonly pageWindows?: number;
}
