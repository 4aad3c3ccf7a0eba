import { describe, expect, it } from 'vitest';
import { createRandom } from '../../src/numeric/random.js';
import { resolveWindow } from '../../src/window/window-settings.js';
import { createWindower } from '../../src/window/windower.js';
import { HOUR } from '../support/small-stream.js';
import { type TestEvent, toUsageBatch } from './usage-events.js';
import { collect, join } from './window-rows.js';

const OUT_OF_ORDER_MS = 3 * HOUR;
const SETTINGS = resolveWindow({ step: '1h', steps: 8, outOfOrderness: '3h', idleTimeout: '1000d' });

describe('events out of order by less than what is waited for', () => {
  it('give the windows of sorted events, for a hundred seeds', () => {
    for (let seed = 1; seed <= 100; seed++) {
      const random = createRandom(seed);
      const sorted: TestEvent[] = [];
      for (let time = 0; sorted.length < 250; time += random.below(HOUR / 2)) {
        // Sums of whole numbers are the same in any order.
        sorted.push({ customer: `c${random.below(7)}`, time, values: [random.below(50)] });
      }
      // Each comes so much later than it was: none is behind a newer one by more than that.
      const arrival = new Map(sorted.map((event) => [event, event.time + random.next() * OUT_OF_ORDER_MS]));
      const shuffled = sorted.toSorted((a, b) => arrival.get(a)! - arrival.get(b)!);
      expect(shuffled.some((event, i) => event !== sorted[i])).toBe(true);
      // Thousands of rows are compared soonest as text.
      expect(windowsOf(shuffled)).toBe(windowsOf(sorted));
    }
  });
});

/** In order of begin and customer: in a window, customers come as they joined. */
function windowsOf(events: readonly TestEvent[]): string {
  const windower = createWindower(SETTINGS);
  const { rows, late } = join([collect(windower.push(toUsageBatch(events))), collect(windower.finish())]);
  expect(late).toEqual([]);
  expect(rows.length).toBeGreaterThan(30);
  const ordered = rows.toSorted((a, b) => a.start - b.start || (a.customer < b.customer ? -1 : 1));
  return ordered.map((row) => JSON.stringify(row)).join('\n');
}
