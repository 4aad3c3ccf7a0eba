import { map, NEVER, type Observable, of, Subject, throwError } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { describe, expect, it } from 'vitest';
import type { WindowBatch } from '../../src/window/window-batch.js';
import { windowByEventTime } from '../../src/window/window-by-event-time.js';
import { resolveWindow } from '../../src/window/window-settings.js';
import { createWindower } from '../../src/window/windower.js';
import { toUsageBatch } from './usage-events.js';
import { toRows } from './window-rows.js';

const HOUR = 3_600_000;
const create = (pageWindows = 4096) =>
  createWindower(resolveWindow({ step: '1h', steps: 1, outOfOrderness: 0, pageWindows }));
const hour = (k: number) =>
  toUsageBatch(['a', 'b', 'c'].map((customer) => ({ customer, time: k * HOUR, values: [k] })));
const scheduler = () => new TestScheduler((actual, expected) => expect(actual).toEqual(expected));
/** The marbles below show how many windows a page holds. */
const sizesOf = (pages: Observable<WindowBatch>): Observable<number> => pages.pipe(map((page) => page.length));

describe('windowByEventTime', () => {
  it('emits a page for each batch, and at the end those that it completes', () => {
    scheduler().run(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('  -a--b--c--|', { a: hour(0), b: hour(1), c: hour(2) });
      const subscription = ' ^---------!';
      const expected = '     -p--q--q--(q|)';
      const windows = source.pipe(windowByEventTime(create()));
      expectObservable(sizesOf(windows)).toBe(expected, { p: 0, q: 3 });
      expectSubscriptions(source.subscriptions).toBe(subscription);
    });
  });

  it('completes after one empty page where the source is empty', () => {
    scheduler().run(({ cold, expectObservable }) => {
      const windows = cold<ReturnType<typeof hour>>('---|').pipe(windowByEventTime(create()));
      expectObservable(sizesOf(windows)).toBe('---(p|)', { p: 0 });
    });
  });

  it('never emits where the source never does', () => {
    scheduler().run(({ expectObservable }) => {
      expectObservable(NEVER.pipe(windowByEventTime(create()))).toBe('-');
    });
  });

  it('passes an error on, and finishes nothing', () => {
    scheduler().run(({ cold, expectObservable }) => {
      const source = cold('-a-#', { a: hour(0) });
      expectObservable(sizesOf(source.pipe(windowByEventTime(create())))).toBe('-p-#', { p: 0 });
    });
  });

  it('turns what the windower throws into an error', () => {
    const windower = create();
    [...windower.finish()];
    let caught: unknown;
    of(hour(0))
      .pipe(windowByEventTime(windower))
      .subscribe({
        error: (error) => {
          caught = error;
        },
      });
    expect(String(caught)).toMatch(/finished/);
  });

  it('unsubscribes from the source, and stops between two pages', () => {
    const source = new Subject<ReturnType<typeof hour>>();
    const seen: string[] = [];
    const subscription = source.pipe(windowByEventTime(create(1))).subscribe((page) => {
      for (const row of toRows(page)) {
        seen.push(row.customer);
        subscription.unsubscribe();
      }
    });
    source.next(hour(0));
    source.next(hour(1));
    expect(seen).toEqual(['a']);
    expect(source.observed).toBe(false);
  });

  it('closes windows of an idle input by the ticks of a clock', () => {
    scheduler().run(({ cold, hot, expectObservable }) => {
      const day = 24 * HOUR;
      const source = cold('-a-------', { a: hour(0) });
      const ticks = hot('  t--u--v--', { t: 0, u: 1000, v: day });
      // Three customers: their hour, and four of silence before they are forgotten.
      const expected = '   pp-p--q--';
      const windows = source.pipe(windowByEventTime(create(), ticks));
      expectObservable(sizesOf(windows)).toBe(expected, { p: 0, q: 15 });
    });
  });

  it('fails when the clock does', () => {
    let caught: unknown;
    NEVER.pipe(
      windowByEventTime(
        create(),
        throwError(() => new Error('no clock')),
      ),
    ).subscribe({
      error: (error) => {
        caught = error;
      },
    });
    expect(String(caught)).toMatch(/no clock/);
  });
});
