import { SlabPages } from './slab-pages.js';

/**
 * Turns the readings of counters that only grow into what was used between them, per customer and channel.
 *
 * A reading below the one before is a reset: the counter began again at zero, so the reading itself is the usage. The
 * first reading tells nothing, and neither does one older than the newest, whose usage is part of a difference already.
 */
export class MeterReadings {
  readonly #channels: Int32Array;
  /** Newest reading and its event time, by slot and cumulative channel. */
  readonly #pages: SlabPages<Float64Array>;

  /** @param channels numbers of the cumulative channels */
  constructor(channels: readonly number[]) {
    this.#channels = Int32Array.from(channels);
    this.#pages = new SlabPages(Float64Array, channels.length * 2);
  }

  /** Makes room for a customer without readings. */
  admit(slot: number): void {
    this.#pages.admit(slot);
    const at = this.#pages.place(slot, 0);
    this.#pages.pageOf(slot).fill(Number.NaN, at, at + this.#pages.width);
  }

  /** Replaces the readings among an event's channels, from `values[at]` on, by differences; NaN where there is none. */
  difference(slot: number, values: Float64Array, at: number, eventTime: number): void {
    const page = this.#pages.pageOf(slot);
    let k = this.#pages.place(slot, 0);
    for (let i = 0; i < this.#channels.length; i++, k += 2) {
      const channel = at + this.#channels[i]!;
      const reading = values[channel]!;
      if (Number.isNaN(reading)) continue;
      const before = page[k]!;
      if (eventTime < page[k + 1]!) {
        values[channel] = Number.NaN;
        continue;
      }
      values[channel] = reading >= before ? reading - before : Number.isNaN(before) ? Number.NaN : reading;
      page[k] = reading;
      page[k + 1] = eventTime;
    }
  }

  get bytes(): number {
    return this.#pages.bytes;
  }

  snapshot(slots: Int32Array): Float64Array {
    return this.#pages.gather(slots);
  }

  restore(slots: Int32Array, readings: Float64Array): void {
    this.#pages.scatter(slots, readings);
  }
}
