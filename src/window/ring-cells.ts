import { SlabPages } from './slab-pages.js';
import type { Aggregate } from './window-options.js';

/**
 * The cells of all customers' rings: a 4-byte value each, and beside it what its aggregate needs besides: the number of
 * events of a mean, the event time of a last.
 */
export class RingCells {
  readonly columns: number;
  readonly channels: number;
  readonly values: SlabPages<Float32Array>;
  readonly #aggregates: readonly Aggregate[];
  readonly #counts: SlabPages<Float32Array> | undefined;
  readonly #times: SlabPages<Float64Array> | undefined;
  /** A channel's number among those of its aggregate. */
  readonly #ranks: Int32Array; // (channels)
  readonly #means: number;
  readonly #lasts: number;

  constructor(aggregates: readonly Aggregate[], columns: number) {
    this.columns = columns;
    this.channels = aggregates.length;
    this.#aggregates = aggregates;
    this.#ranks = Int32Array.from(aggregates, (a, c) => aggregates.slice(0, c).filter((b) => b === a).length);
    this.#means = aggregates.filter((a) => a === 'mean').length;
    this.#lasts = aggregates.filter((a) => a === 'last').length;
    this.values = new SlabPages(Float32Array, columns * this.channels);
    this.#counts = this.#means === 0 ? undefined : new SlabPages(Float32Array, columns * this.#means);
    this.#times = this.#lasts === 0 ? undefined : new SlabPages(Float64Array, columns * this.#lasts);
  }

  /** Makes room for a slot. */
  admit(slot: number): void {
    this.values.admit(slot);
    this.#counts?.admit(slot);
    this.#times?.admit(slot);
  }

  /** Adds a value to a cell; `seen` tells whether the cell holds anything yet. */
  add(slot: number, column: number, channel: number, value: number, eventTime: number, seen: boolean): void {
    const page = this.values.pageOf(slot);
    const at = this.values.place(slot, column * this.channels + channel);
    const old = seen ? page[at]! : 0;
    switch (this.#aggregates[channel]) {
      case 'sum':
        page[at] = old + value;
        break;
      case 'count':
        page[at] = old + 1;
        break;
      case 'min':
        page[at] = seen && old < value ? old : value;
        break;
      case 'max':
        page[at] = seen && old > value ? old : value;
        break;
      case 'mean': {
        const counts = this.#counts!;
        const k = counts.place(slot, column * this.#means + this.#ranks[channel]!);
        counts.pageOf(slot)[k] = seen ? counts.pageOf(slot)[k]! + 1 : 1;
        page[at] = old + value;
        break;
      }
      case 'last': {
        const times = this.#times!;
        const k = times.place(slot, column * this.#lasts + this.#ranks[channel]!);
        if (seen && times.pageOf(slot)[k]! > eventTime) break;
        times.pageOf(slot)[k] = eventTime;
        page[at] = value;
        break;
      }
    }
  }

  /** What a cell that holds something comes to. */
  result(slot: number, column: number, channel: number): number {
    const sum = this.values.pageOf(slot)[this.values.place(slot, column * this.channels + channel)]!;
    if (this.#aggregates[channel] !== 'mean') return sum;
    const counts = this.#counts!;
    return sum / counts.pageOf(slot)[counts.place(slot, column * this.#means + this.#ranks[channel]!)]!;
  }

  /** Takes over a cell of rings of another length. */
  take(from: RingCells, slot: number, fromColumn: number, column: number, channel: number): void {
    const rank = this.#ranks[channel]!;
    copy(from.values, fromColumn * this.channels + channel, this.values, column * this.channels + channel, slot);
    if (this.#aggregates[channel] === 'mean') {
      copy(from.#counts!, fromColumn * this.#means + rank, this.#counts!, column * this.#means + rank, slot);
    } else if (this.#aggregates[channel] === 'last') {
      copy(from.#times!, fromColumn * this.#lasts + rank, this.#times!, column * this.#lasts + rank, slot);
    }
  }

  get bytes(): number {
    return this.values.bytes + (this.#counts?.bytes ?? 0) + (this.#times?.bytes ?? 0);
  }

  /** Cells of the given slots, one ring after another. */
  snapshot(slots: Int32Array): RingsSnapshot {
    return {
      columns: this.columns,
      values: this.values.gather(slots),
      counts: this.#counts?.gather(slots),
      times: this.#times?.gather(slots),
    };
  }

  restore(slots: Int32Array, from: RingsSnapshot): void {
    this.values.scatter(slots, from.values);
    if (from.counts !== undefined) this.#counts?.scatter(slots, from.counts);
    if (from.times !== undefined) this.#times?.scatter(slots, from.times);
  }
}

export interface RingsSnapshot {
  readonly columns: number;
  readonly values: Float32Array; // (live, columns, channels)
  readonly counts: Float32Array | undefined; // (live, columns, channels with a mean)
  readonly times: Float64Array | undefined; // (live, columns, channels with a last)
}

function copy<A extends Float32Array | Float64Array>(
  from: SlabPages<A>,
  cell: number,
  to: SlabPages<A>,
  toCell: number,
  slot: number,
): void {
  to.pageOf(slot)[to.place(slot, toCell)] = from.pageOf(slot)[from.place(slot, cell)]!;
}
