import { type CustomerTable, FIRST, LAST } from './customer-table.js';
import type { Revisions } from './revisions.js';
import type { StepClock } from './step-clock.js';
import type { StepRings } from './step-rings.js';
import { MASK_ABSENT } from './window-batch.js';
import type { RowMarks, WindowPage } from './window-page.js';
import type { WindowSchedule } from './window-schedule.js';
import type { WindowSettings } from './window-settings.js';

/** Why windows are emitted. */
export type Emission = 'final' | 'revised' | 'provisional' | 'evicted';

interface Order {
  readonly emission: Emission;
  readonly last: number;
  readonly slots: Int32Array;
  readonly count: number;
  /** Where to go on. */
  window: number;
  k: number;
}

/**
 * Writes windows into pages, as many as a page holds at a time: orders are worked off in turn and may go on in the
 * next page. No record may be added in between.
 */
export class WindowEmitter {
  readonly #settings: WindowSettings;
  readonly #schedule: WindowSchedule;
  readonly #customers: CustomerTable;
  readonly #rings: StepRings;
  readonly #revisions: Revisions;
  #orders: Order[] = [];
  /** Window rows written, and those of them that revise a result. */
  emitted = 0;
  revised = 0;

  constructor(
    settings: WindowSettings,
    schedule: WindowSchedule,
    customers: CustomerTable,
    rings: StepRings,
    revisions: Revisions,
  ) {
    this.#settings = settings;
    this.#schedule = schedule;
    this.#customers = customers;
    this.#rings = rings;
    this.#revisions = revisions;
  }

  get isIdle(): boolean {
    return this.#orders.length === 0;
  }

  /** Orders the windows [first, last] of the given slots, or of all customers in the order in which they joined. */
  order(emission: Emission, first: number, last: number, slots?: Int32Array): void {
    const { order, live } = this.#customers;
    const window = Math.max(first, this.#schedule.firstEmitted);
    const count = slots?.length ?? live;
    if (window <= last && count > 0) {
      this.#orders.push({ emission, last, slots: slots ?? order, count, window, k: 0 });
    }
  }

  /** Writes what is ordered; false when the page is full before all of it is written. */
  fill(page: WindowPage, now: number): boolean {
    for (;;) {
      const order = this.#orders[0];
      if (order === undefined) return true;
      for (; order.window <= order.last; order.window++, order.k = 0) {
        if (!this.#fillWindow(order, page, now)) return false;
      }
      this.#orders.shift();
    }
  }

  #fillWindow(order: Order, page: WindowPage, now: number): boolean {
    const { emission, window, slots, count } = order;
    const { steps, clock, channels } = this.#settings;
    const startStep = this.#schedule.geometry.startOf(window);
    const start = clock.startOf(startStep);
    const end = clock.startOf(startStep + steps);
    const skipped = clock.skips ? skippedSteps(clock, startStep, steps) : NONE;
    const present = emission === 'final' || emission === 'revised' ? Number.POSITIVE_INFINITY : now;
    const marks = MARKS[emission];
    for (; order.k < count; order.k++) {
      if (page.isFull) return false;
      const slot = slots[order.k]!;
      if (!this.#isDue(emission, slot, startStep)) continue;
      const at = page.nextRow();
      const observed = this.#rings.read(slot, startStep, steps, present, page.values, page.mask, at);
      if (observed < this.#settings.minObserved) {
        page.discard();
        continue;
      }
      for (const step of skipped) {
        const cell = at + step * channels.length;
        page.mask.fill(MASK_ABSENT, cell, cell + channels.length);
      }
      const revision = emission === 'revised' ? (this.#revisions.get(window, slot) ?? 0) : 0;
      if (emission === 'revised') this.#revisions.set(window, slot, revision + 1);
      page.keep(slot, start, end, observed, marks, revision);
      this.emitted++;
      if (revision > 0) this.revised++;
    }
    return true;
  }

  #isDue(emission: Emission, slot: number, startStep: number): boolean {
    const rows = this.#customers.rows;
    const last = rows[slot * this.#customers.stride + LAST]!;
    // Most customers of a large store are silent in a window: no need to read their rings.
    if (last < startStep && (emission === 'evicted' || this.#settings.minObserved > 0)) return false;
    return this.isSeen(slot, startStep);
  }

  /** Whether the customer is to be seen in the window: had begun before its end, and was not silent for too long. */
  isSeen(slot: number, startStep: number): boolean {
    const { rows, stride } = this.#customers;
    const { steps, customerTtlSteps } = this.#settings;
    const end = startStep + steps;
    return rows[slot * stride + FIRST]! < end && end - 1 - rows[slot * stride + LAST]! <= customerTtlSteps;
  }

  /** Whether the window would be emitted for the customer, as things are. */
  isEmitted(slot: number, startStep: number): boolean {
    const { steps, minObserved } = this.#settings;
    if (!this.isSeen(slot, startStep)) return false;
    return minObserved === 0 || this.#rings.countObserved(slot, startStep, steps) >= minObserved;
  }

  /** Rows that an order of all customers would write. */
  count(first: number, last: number): number {
    let rows = 0;
    for (let window = Math.max(first, this.#schedule.firstEmitted); window <= last; window++) {
      const start = this.#schedule.geometry.startOf(window);
      for (let k = 0; k < this.#customers.live; k++) if (this.isEmitted(this.#customers.order[k]!, start)) rows++;
    }
    return rows;
  }
}

const NONE: readonly number[] = [];

const MARKS: Record<Emission, RowMarks> = {
  final: { final: 1, evicted: 0 },
  revised: { final: 1, evicted: 0 },
  provisional: { final: 0, evicted: 0 },
  evicted: { final: 0, evicted: 1 },
};

/** Steps of a window that the local calendar leaves out, counted from its first. */
function skippedSteps(clock: StepClock, start: number, steps: number): readonly number[] {
  const skipped: number[] = [];
  let begin = clock.startOf(start);
  for (let k = 0; k < steps; k++) {
    const end = clock.startOf(start + k + 1);
    if (end === begin) skipped.push(k);
    begin = end;
  }
  return skipped;
}
