import { Agreement, type TimedRecord } from './agreement.js';

/**
 * Keeps events with a date in the future from driving the watermark ahead, after which all others would be late.
 *
 * With a clock, an event may lie `maxFutureMs` beyond it. In a replay it may lie `maxAheadMs` beyond the watermark;
 * further ones are refused until records of three customers agree (three records, where fewer customers are known)
 * within six records or so: wrong dates that are strewn over a stream may be alike, but a stream that has really moved
 * on says so with most of its records.
 */
export class FutureGuard {
  readonly #maxAheadMs: number;
  readonly #maxFutureMs: number;
  readonly #ahead: Agreement;
  /** A time that the stream is known to have reached, whatever the watermark says; epoch ms. */
  anchor: number;

  constructor(maxAheadMs: number, maxFutureMs: number, from: FutureGuardSnapshot = { anchor: -Infinity, ahead: [] }) {
    this.#maxAheadMs = maxAheadMs;
    this.#maxFutureMs = maxFutureMs;
    this.#ahead = new Agreement(maxAheadMs, CAPACITY, from.ahead);
    this.anchor = from.anchor;
  }

  /** Latest event time that is plausible, epoch ms. */
  horizon(watermark: number, nowMs: number | undefined): number {
    return nowMs === undefined ? Math.max(watermark, this.anchor) + this.#maxAheadMs : nowMs + this.#maxFutureMs;
  }

  /**
   * Hears a record beyond the horizon; tells whether it is to be believed after all.
   *
   * @param customers most customers known at a time
   * @param position records of the stream before this one
   */
  believes(customerId: string, eventTime: number, customers: number, position: number): boolean {
    this.#ahead.forgetBefore(position - MEMORY);
    const agreed = this.#ahead.add(customerId, eventTime, Math.min(3, customers), position);
    if (agreed === undefined) return false;
    this.anchor = Math.max(this.anchor, agreed);
    this.#ahead.clear();
    return true;
  }

  snapshot(): FutureGuardSnapshot {
    return { anchor: this.anchor, ahead: this.#ahead.snapshot() };
  }
}

export interface FutureGuardSnapshot {
  readonly anchor: number;
  readonly ahead: readonly TimedRecord[];
}

const CAPACITY = 16;
/** Records for which a date ahead is remembered: three that agree are then half of all. */
const MEMORY = 6;
