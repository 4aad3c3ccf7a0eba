import type { WindowBatch } from '../../src/window/window-batch.js';
import { createWindower } from '../../src/window/windower.js';
import { toUsageBatch } from '../window/usage-events.js';
import { smallSettings, smallStream } from './small-stream.js';

/** Windows of a small stream in the order in which they close, in one batch. */
export function streamWindows(customers: number, count: number): WindowBatch {
  const { window } = smallSettings();
  const windower = createWindower({ ...window, outOfOrdernessMs: 1e12, maxAheadMs: 1e13, pageWindows: 10_000 });
  const events = smallStream(customers, count).filter(({ customer }) => customer !== 'late');
  const pages = [...windower.push(toUsageBatch(events)), ...windower.finish()];
  return pages.reduce((longest, page) => (page.length > longest.length ? page : longest));
}
