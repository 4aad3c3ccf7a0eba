import type { Aggregate } from '../../src/window/window-options.js';
import type { NaiveCalendar } from './naive-calendar.js';
import type { TestEvent } from './usage-events.js';
import type { WindowRow } from './window-rows.js';

/** What the naive windows need to know; durations in ms, silence and hops in steps. */
export interface NaiveOptions {
  readonly calendar: NaiveCalendar;
  readonly steps: number;
  readonly hop: number;
  readonly phase: number;
  readonly outOfOrderness: number;
  readonly lateness: number;
  readonly minObserved: number;
  readonly ttl: number;
  readonly maxCustomers: number;
  readonly deduplicate: boolean;
  readonly every: number | undefined;
  readonly atEnd: 'complete' | 'partial';
  readonly aggregates: readonly Aggregate[];
}

interface Customer {
  readonly name: string;
  first: number;
  last: number;
  readonly events: { readonly step: number; readonly event: TestEvent }[];
  /** Next revision of the windows that were emitted. */
  readonly emitted: Map<number, number>;
}

/**
 * Windows as their definition reads: all events are kept, every window is looked at one by one, nothing is shared.
 * No quarantine: dates are taken as they are.
 */
export function naiveWindows(options: NaiveOptions, events: readonly TestEvent[]) {
  const { calendar, steps, hop, phase, ttl, minObserved, lateness } = options;
  const rows: WindowRow[] = [];
  const fates = { in: 0, accepted: 0, late: 0, duplicate: 0, deadLettered: 0, quarantined: 0, skipped: 0 };
  const late: number[] = [];
  const customers: Customer[] = [];
  const ids = new Map<number, number>();
  const startOf = (window: number) => phase + window * hop;
  const endOf = (window: number) => startOf(window) + steps;
  const endTime = (window: number) => calendar.startOf(endOf(window));
  const earliest = Math.min(...events.map((event) => calendar.stepOf(event.time)));
  let latest = Number.NEGATIVE_INFINITY;
  let streamFirst = Number.POSITIVE_INFINITY;
  let latestStep = Number.NEGATIVE_INFINITY;
  let tick: number | undefined;
  let evictedByTtl = 0;
  let evictedByCap = 0;
  let incomplete = 0;
  const leftOut = new Set<number>();
  let nextFire = Math.floor((earliest - phase - steps) / hop) - 3;
  let nextClose = nextFire;

  const isSeen = (customer: Customer, window: number): boolean =>
    startOf(window) >= streamFirst &&
    !leftOut.has(window) &&
    customer.first < endOf(window) &&
    endOf(window) - 1 - customer.last <= ttl;

  const build = (customer: Customer, window: number, now: number) => {
    const values: number[] = [];
    const mask: number[] = [];
    let observedSteps = 0;
    for (let step = startOf(window); step < endOf(window); step++) {
      let observed = 0;
      for (const [c, aggregate] of options.aggregates.entries()) {
        const here = customer.events
          .filter((entry) => entry.step === step && !Number.isNaN(entry.event.values![c]!))
          .map((entry) => ({ time: entry.event.time, value: entry.event.values![c]! }));
        if (calendar.startOf(step) === calendar.startOf(step + 1) || step < customer.first) mask.push(3);
        else if (here.length > 0) mask.push(0);
        else if (step > now) mask.push(2);
        else mask.push(aggregate === 'sum' || aggregate === 'count' ? 1 : 2);
        values.push(here.length === 0 ? 0 : aggregated(aggregate, here));
        if (here.length > 0) observed = 1;
      }
      observedSteps += observed;
    }
    return { values, mask, observedSteps };
  };

  const emit = (customer: Customer, window: number, kind: 'final' | 'revised' | 'provisional' | 'evicted'): void => {
    const isFinal = kind === 'final' || kind === 'revised';
    const row = build(customer, window, isFinal ? Number.POSITIVE_INFINITY : latestStep);
    if (row.observedSteps < minObserved) return;
    const revision = kind === 'revised' ? (customer.emitted.get(window) ?? 0) : 0;
    if (isFinal) customer.emitted.set(window, revision + 1);
    rows.push({
      customer: customer.name,
      start: calendar.startOf(startOf(window)),
      end: endTime(window),
      revision,
      final: isFinal ? 1 : 0,
      evicted: kind === 'evicted' ? 1 : 0,
      ...row,
    });
  };

  const emitOpen = (kind: 'provisional' | 'evicted', who: readonly Customer[]): void => {
    for (let window = nextFire; startOf(window) <= latestStep; window++) {
      for (const customer of who) {
        if (!isSeen(customer, window)) continue;
        if (kind === 'provisional' || customer.last >= startOf(window)) emit(customer, window, kind);
      }
    }
  };

  const fire = (): void => {
    const window = nextFire++;
    if (startOf(window) < streamFirst) leftOut.add(window);
    for (const customer of customers) if (isSeen(customer, window)) emit(customer, window, 'final');
  };

  const remove = (who: readonly Customer[]): void => {
    for (const customer of who) customers.splice(customers.indexOf(customer), 1);
  };

  const advance = (watermark: number): void => {
    for (;;) {
      const fireAt = endTime(nextFire);
      const closeAt = endTime(nextClose) + lateness;
      if (Math.min(fireAt, closeAt) > watermark) return;
      if (fireAt <= closeAt) {
        fire();
        continue;
      }
      nextClose++;
      const silent = customers.filter((customer) => endOf(nextClose) - 1 - customer.last > ttl);
      evictedByTtl += silent.length;
      remove(silent);
    }
  };

  const windowsOf = (step: number): number[] => {
    const list: number[] = [];
    for (let window = Math.floor((step - phase - steps) / hop); startOf(window) <= step; window++) {
      if (endOf(window) > step) list.push(window);
    }
    return list;
  };

  const take = (event: TestEvent): void => {
    fates.in++;
    const clock = event.clock ?? event.time;
    if (clock > latest) {
      latest = clock;
      const watermark = latest - options.outOfOrderness;
      advance(watermark);
      if (options.every !== undefined) {
        const now = Math.floor(watermark / options.every);
        if (tick !== undefined && now > tick) emitOpen('provisional', customers);
        tick = now;
      }
    }
    const step = calendar.stepOf(event.time);
    const windows = windowsOf(step);
    if (windows.length === 0) {
      fates.skipped++;
      streamFirst = Math.min(streamFirst, step);
      latestStep = Math.max(latestStep, step);
      return;
    }
    if (windows.every((window) => window < nextClose)) {
      fates.late++;
      late.push(event.time);
      return;
    }
    if (options.deduplicate) {
      const before = ids.get(event.id!);
      if (before !== undefined && windowsOf(before).some((window) => window >= nextClose)) {
        fates.duplicate++;
        return;
      }
      ids.set(event.id!, step);
    }
    let customer = customers.find((one) => one.name === event.customer);
    if (customer === undefined && customers.length === options.maxCustomers) {
      const bySilence = customers.map((one, k) => ({ one, k })).sort((a, b) => a.one.last - b.one.last || a.k - b.k);
      const leaving = bySilence.slice(0, Math.max(1, Math.floor(options.maxCustomers / 64))).map(({ one }) => one);
      emitOpen('evicted', leaving);
      remove(leaving);
      evictedByCap += leaving.length;
    }
    fates.accepted++;
    streamFirst = Math.min(streamFirst, step);
    latestStep = Math.max(latestStep, step);
    const isNew = customer === undefined;
    if (customer === undefined) {
      customer = { name: event.customer, first: step, last: step, events: [], emitted: new Map() };
      customers.push(customer);
    }
    const open: { readonly window: number; readonly wasSeen: boolean; readonly begins: boolean }[] = [];
    for (let window = nextClose; window < nextFire; window++) {
      if (endOf(window) <= step) continue;
      const begins = step < customer.first && startOf(window) < customer.first;
      open.push({ window, wasSeen: !isNew && isSeen(customer, window), begins });
    }
    customer.events.push({ step, event });
    customer.first = Math.min(customer.first, step);
    customer.last = Math.max(customer.last, step);
    for (const { window, wasSeen, begins } of open) {
      if (isSeen(customer, window) && (!wasSeen || begins || startOf(window) <= step))
        emit(customer, window, 'revised');
    }
  };

  for (const event of events) take(event);
  while (endOf(nextFire) - 1 <= latestStep) fire();
  if (options.atEnd === 'partial') emitOpen('provisional', customers);
  else {
    const before = rows.length;
    emitOpen('provisional', customers);
    incomplete = rows.length - before;
    rows.length = before;
  }
  return { rows, late, fates, evictedByTtl, evictedByCap, incomplete, customers: customers.length };
}

function aggregated(
  aggregate: Aggregate,
  events: readonly { readonly time: number; readonly value: number }[],
): number {
  const values = events.map((event) => event.value);
  const sum = values.reduce((total, value) => Math.fround(total + value), 0);
  switch (aggregate) {
    case 'sum':
      return sum;
    case 'count':
      return values.length;
    case 'min':
      return Math.fround(Math.min(...values));
    case 'max':
      return Math.fround(Math.max(...values));
    case 'mean':
      return Math.fround(sum / values.length);
    case 'last':
      return Math.fround(events.reduce((latest, event) => (event.time >= latest.time ? event : latest)).value);
  }
}
