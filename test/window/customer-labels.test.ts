import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CustomerLabels } from '../../src/window/customer-labels.js';
import type { WindowBatch } from '../../src/window/window-batch.js';
import { resolveWindow } from '../../src/window/window-settings.js';
import { createWindower, type Windower } from '../../src/window/windower.js';
import { type TestEvent, toUsageBatch } from './usage-events.js';

const HOUR = 3_600_000;
const SETTINGS = resolveWindow({ step: '1h', steps: 2, hop: 1, outOfOrderness: '3h', customerTtl: '12h' });

describe('labels of customers', () => {
  it('hold from the first event that told them on, whatever comes late', () => {
    const labels = new CustomerLabels();
    labels.admit(0);
    expect(labels.before(0, 100)).toBe(0);
    labels.note(0, 7, 50);
    labels.note(0, 0, 60);
    expect([labels.before(0, 50), labels.before(0, 51)]).toEqual([0, 7]);
    labels.note(0, 9, 80);
    labels.note(0, 7, 70);
    expect([labels.before(0, 80), labels.before(0, 81)]).toEqual([7, 9]);
    labels.note(0, 9, 75);
    expect([labels.before(0, 75), labels.before(0, 76)]).toEqual([7, 9]);
    labels.admit(0);
    expect(labels.before(0, 100)).toBe(0);
  });

  it('are those of the last labelled event before a window ends, in whichever order events come and batches are cut', () => {
    const events = fc.array(
      fc.record({
        hours: fc.double({ min: 0, max: 1.5, noNaN: true }),
        jitter: fc.double({ min: 0, max: 2.5, noNaN: true }),
        customer: fc.constantFrom('a', 'b', 'c'),
        isLabelled: fc.boolean(),
      }),
      { minLength: 1, maxLength: 60 },
    );
    fc.assert(
      fc.property(events, fc.integer({ min: 1, max: 9 }), fc.boolean(), (walk, size, restarts) => {
        // Each tells its first class long before the next: to begin with one counts as a change, too.
        const firsts = ['a', 'b', 'c'].map((customer) => ({ hours: 0, jitter: 0, customer, isLabelled: true }));
        let hour = 99;
        const drawn = [...firsts, ...walk].map(({ hours, jitter, customer, isLabelled }) => {
          hour += hours;
          const time = Math.floor(hour * HOUR);
          // A class lasts longer than events are out of order.
          const label = isLabelled ? 1 + Math.floor((time / HOUR + customer.charCodeAt(0)) / 7) : 0;
          return { customer, time, label, arrival: hour + jitter };
        });
        const arrived = drawn.toSorted((a, b) => a.arrival - b.arrival);
        const windows = labelledWindows(arrived, size, restarts);
        for (const { customer, end, label } of windows) {
          const told = drawn.filter((event) => event.customer === customer && event.time < end && event.label > 0);
          const last = told.toSorted((a, b) => a.time - b.time).at(-1);
          expect(label).toBe(last?.label ?? 0);
        }
        expect(windows).toEqual(labelledWindows(arrived, arrived.length, false));
      }),
    );
  });

  it('are forgotten with the customer', () => {
    const windower = createWindower(SETTINGS);
    const at = (customer: string, hour: number, label?: number): TestEvent => ({
      customer,
      time: hour * HOUR,
      ...(label !== undefined && { label }),
    });
    // Three customers agree on what time it is.
    push(windower, [at('a', 100, 5), at('b', 100, 6), at('c', 100), at('b', 103)]);
    for (const _ of windower.forget(Buffer.from('a')));
    const windows = push(windower, [at('a', 103.5), at('b', 112)]).filter(({ end }) => end > 103 * HOUR);
    const labelsOf = (name: string) => new Set(windows.flatMap((row) => (row.customer === name ? [row.label] : [])));
    expect(labelsOf('a')).toEqual(new Set([0]));
    expect(labelsOf('b')).toEqual(new Set([6]));
    // Silent for longer than the customers' time to live.
    push(windower, [at('c', 140, 1)]);
    expect(push(windower, [at('b', 140.5), at('c', 160)]).filter(({ customer }) => customer === 'b')).toContainEqual({
      customer: 'b',
      end: 141 * HOUR,
      label: 0,
    });
  });

  it('are no part of windows, snapshots and memory where no event has one', () => {
    const windower = createWindower(SETTINGS);
    const events = [100, 101, 110].map((hour) => ({ customer: `c${hour}`, time: hour * HOUR }));
    const pages = [
      ...windower.push(toUsageBatch(events)),
      ...windower.push(toUsageBatch([{ customer: 'a', time: 120 * HOUR }])),
    ];
    expect(pages.some((page) => page.length > 0)).toBe(true);
    expect(pages.every((page) => !('labels' in page))).toBe(true);
    expect(windower.snapshot()).not.toHaveProperty('labels');
    const held = createWindower(SETTINGS);
    for (const _ of held.push(toUsageBatch(events.slice(0, 1))));
    expect(held.snapshot().held![0]).not.toHaveProperty('label');
  });
});

interface LabelledWindow {
  readonly customer: string;
  readonly end: number;
  readonly label: number;
}

function toWindows(pages: Iterable<WindowBatch>): LabelledWindow[] {
  return [...pages].flatMap((page) =>
    Array.from({ length: page.length }, (_, i) => ({
      customer: page.ids.text(page.customers[i]!),
      end: page.ends[i]!,
      label: page.labels?.[i] ?? 0,
    })),
  );
}

function push(windower: Windower, events: readonly TestEvent[]): LabelledWindow[] {
  return toWindows(windower.push(toUsageBatch(events)));
}

function labelledWindows(events: readonly TestEvent[], size: number, restarts: boolean): LabelledWindow[] {
  let windower = createWindower(SETTINGS);
  const windows: LabelledWindow[] = [];
  for (let at = 0; at < events.length; at += size) {
    const batch = toUsageBatch(events.slice(at, at + size), 1, at + 1);
    windows.push(...toWindows(windower.push(batch)));
    if (restarts) windower = createWindower(SETTINGS, structuredClone(windower.snapshot()));
  }
  windows.push(...toWindows(windower.finish()));
  return windows;
}
