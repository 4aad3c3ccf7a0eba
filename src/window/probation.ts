import type { UsageBatch } from '../ingest/usage-batch.js';
import { Agreement } from './agreement.js';
import { type HeldRecord, holdRecord } from './held-records.js';

/**
 * Holds the first records of a replay back until it is clear what time it is: a wrong first date would otherwise set
 * the watermark.
 *
 * Decided when three customers agree, after 1,000 records, or at the end of the input; the last two by the median.
 */
export class Probation {
  readonly #agreement: Agreement;
  readonly held: HeldRecord[] = [];

  constructor(spreadMs: number, held: readonly HeldRecord[] = []) {
    this.#agreement = new Agreement(spreadMs, CAPACITY);
    for (const record of held) this.#take(record);
  }

  /** Holds record i; gives the time that the stream has reached once that is clear. */
  hold(batch: UsageBatch, i: number): number | undefined {
    const agreed = this.#take(holdRecord(batch, i));
    return agreed ?? (this.held.length === CAPACITY ? this.decide() : undefined);
  }

  #take(record: HeldRecord): number | undefined {
    this.held.push(record);
    return this.#agreement.add(DECODER.decode(record.id), record.eventTime, 3);
  }

  /** Settles it by the median of the records so far; -Infinity without any. */
  decide(): number {
    if (this.held.length === 0) return Number.NEGATIVE_INFINITY;
    const times = this.held.map((record) => record.eventTime).sort((a, b) => a - b);
    return times[(times.length - 1) >> 1]!;
  }
}

const CAPACITY = 1000;
const DECODER = new TextDecoder();
