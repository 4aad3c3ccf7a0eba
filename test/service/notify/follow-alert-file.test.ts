import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Alert } from '../../../src/anomaly/alert.js';
import { SegtideError } from '../../../src/errors.js';
import { followAlertFile } from '../../../src/service/notify/follow-alert-file.js';
import type { PositionedAlert } from '../../../src/service/notify/told-alerts.js';
import { raised } from './raised-alert.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'segtide-alerts-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const path = (): string => join(folder, 'alerts.ndjson');
const linesOf = (...customers: readonly string[]): string =>
  customers.map((customer) => `${JSON.stringify(raised(customer) satisfies Alert)}\n`).join('');

/** Follows the file until it is told that the run has ended; a receiver that takes no more when it is told to stop. */
function follow({ takes = true } = {}) {
  const ended = new AbortController();
  const delivered: PositionedAlert[] = [];
  const done = followAlertFile({
    path: path(),
    positionPath: join(folder, 'alerts-sent-webhook'),
    async deliver(alerts) {
      if (!takes) throw new SegtideError('aborted', 'told to stop');
      delivered.push(...alerts);
    },
    ended: ended.signal,
    lookEveryMs: 5,
  });
  return {
    customers: () => delivered.map(({ alert }) => alert.customerId),
    delivered,
    async end() {
      ended.abort();
      await done;
    },
  };
}

describe('the alerts of a run', () => {
  it('are delivered as they are written, to the last, with the line that they stand in', async () => {
    const following = follow();
    await writeFile(path(), linesOf('a'));
    while (following.delivered.length < 1) await new Promise((resolve) => setTimeout(resolve, 5));
    await appendFile(path(), linesOf('b', 'c'));
    await following.end();
    expect(following.customers()).toEqual(['a', 'b', 'c']);
    expect(following.delivered.map(({ position }) => position)).toEqual([1, 2, 3].map((line) => `${path()}:${line}`));
  });

  it('are not delivered again by a run that goes on from a checkpoint, and writes some of them once more', async () => {
    await writeFile(path(), linesOf('a', 'b', 'c'));
    await follow().end();
    // Cut back to the first, as the checkpoint had it.
    await writeFile(path(), linesOf('a'));
    const resumed = follow();
    await appendFile(path(), linesOf('b', 'c', 'd'));
    await resumed.end();
    expect(resumed.customers()).toEqual(['d']);
    expect(await readFile(join(folder, 'alerts-sent-webhook'), 'utf8')).toBe('4\n');
  });

  it('are delivered by the next run where this one had to stop before', async () => {
    await writeFile(path(), linesOf('a'));
    await follow({ takes: false }).end();
    const resumed = follow();
    await resumed.end();
    expect(resumed.customers()).toEqual(['a']);
  });

  it('may be none', async () => {
    const following = follow();
    await following.end();
    expect(following.customers()).toEqual([]);
  });
});
