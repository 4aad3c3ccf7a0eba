import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { createRandom } from '../../src/numeric/random.js';

export const DAY = 86_400_000;
const START = Date.UTC(2024, 0, 1);

/**
 * Usage of some customers over some days, a line an event, in the order of time but for a few that come late; some
 * lines are broken. The same arguments give the same lines.
 *
 * @param padding bytes of a field that nobody reads: files are read by 1 MiB, and a run can be resumed between those
 */
export function* usageLines(customers: number, days: number, seed = 3, padding = 0): Generator<string> {
  const random = createRandom(seed);
  const note = padding > 0 ? `,"note":"${'-'.repeat(padding)}"` : '';
  for (let day = 0; day < days; day++) {
    for (let i = 0; i < customers; i++) {
      const weekend = day % 7 >= 5;
      const level = i % 4 === 0 ? 8 : (i % 4 === 1) === weekend ? 20 : 2 + (i % 4) * (day / days);
      if (random.next() < 0.35) continue;
      const time = START + day * DAY + Math.floor((i / customers) * DAY);
      const late = random.next() < 0.001 ? 9 * DAY : 0;
      const value = random.next() < 0.0005 ? 'NaN' : (level * (0.5 + random.next())).toFixed(3);
      yield `{"customer":"c${i}","time":${time - late},"value":${value}${note}}\n`;
    }
  }
}

/** Flags that make `segtide run` read those lines, in windows of a week. */
export const USAGE_FLAGS = [
  ...['--customer', 'customer', '--time', 'time', '--value', 'value', '--step', 'day', '--steps', '7'],
  ...['--set', 'input.time.unit=ms', '--segments', '4', '--quiet'],
];

/** Flags that make training quick. */
export const QUICK_TRAINING = [
  ...['--set', 'encoder.updates=60', '--set', 'encoder.hidden=12', '--set', 'encoder.latent=4'],
  ...['--set', 'encoder.views=[profile,level]', '--set', 'model.reservoir=2000', '--set', 'model.firstFit=1500'],
  ...['--set', 'model.retrain.everyWindows=3000', '--set', 'model.retrain.minInterval=1d'],
];

export async function writeLines(path: string, lines: Iterable<string>): Promise<void> {
  const file = createWriteStream(path);
  for (const line of lines) if (!file.write(line)) await once(file, 'drain');
  file.end();
  await once(file, 'close');
}
