/**
 * Tells when records of several customers agree about the time, so that one wrong clock is not believed.
 *
 * Keeps the last few records; a record agrees when, with it, enough of them lie within `spreadMs` of each other.
 */
export class Agreement {
  readonly #spreadMs: number;
  readonly #capacity: number;
  readonly #records: TimedRecord[];

  constructor(spreadMs: number, capacity: number, records: readonly TimedRecord[] = []) {
    this.#spreadMs = spreadMs;
    this.#capacity = capacity;
    this.#records = [...records];
  }

  /**
   * Takes a record in.
   *
   * @param position records of the stream before this one
   * @param customers different customers among the three or more records that must agree
   * @returns the earliest time of those that agree, or undefined
   */
  add(customerId: string, eventTime: number, customers: number, position = 0): number | undefined {
    // One customer alone must not push out all others.
    const own = this.#records.filter((record) => record.customerId === customerId);
    if (own.length === RECORDS) this.#records.splice(this.#records.indexOf(own[0]!), 1);
    else if (this.#records.length === this.#capacity) this.#records.shift();
    this.#records.push({ customerId, eventTime, position });
    const spread = this.#spreadMs;
    const near = this.#records.filter((record) => Math.abs(record.eventTime - eventTime) <= spread);
    if (!suffices(near, customers)) return undefined;
    for (const { eventTime: low } of near) {
      if (low > eventTime) continue;
      if (
        suffices(
          near.filter((r) => r.eventTime >= low && r.eventTime <= low + spread),
          customers,
        )
      )
        return low;
    }
    return undefined;
  }

  clear(): void {
    this.#records.length = 0;
  }

  /** Forgets records that came before `position`. */
  forgetBefore(position: number): void {
    while (this.#records.length > 0 && this.#records[0]!.position < position) this.#records.shift();
  }

  snapshot(): readonly TimedRecord[] {
    return [...this.#records];
  }
}

export interface TimedRecord {
  readonly customerId: string;
  readonly eventTime: number;
  /** Records of the stream before this one. */
  readonly position: number;
}

const RECORDS = 3;

function suffices(records: readonly TimedRecord[], customers: number): boolean {
  return records.length >= RECORDS && new Set(records.map((record) => record.customerId)).size >= customers;
}
