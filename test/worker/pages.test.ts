import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DeadLetter } from '../../src/ingest/dead-letter.js';
import type { UsageBatch } from '../../src/ingest/usage-batch.js';
import type { Source } from '../../src/ports.js';
import { createScriptedSource } from '../../src/transport/memory/scripted-source.js';
import { isLearnt } from '../../src/window/is-learnt.js';
import { resolveWindow } from '../../src/window/window-settings.js';
import { createWindower } from '../../src/window/windower.js';
import { createPages, type Page, type Pages, type PagesOptions } from '../../src/worker/pages.js';
import { type TestEvent, toUsageBatch } from '../window/usage-events.js';
import { toRows } from '../window/window-rows.js';

const HOUR = 3_600_000;
const SETTINGS = resolveWindow({ step: '1h', steps: 2, outOfOrderness: '1s', allowedLateness: '2h' });

/** Ten customers, an event each in every hour; some come two hours late and revise their window. */
const EVENTS: readonly TestEvent[] = Array.from({ length: 240 }, (_, i) => {
  const hour = Math.floor(i / 10);
  const late = hour > 3 && i % 23 === 0 ? 2 * HOUR : 0;
  return { customer: `c${i % 10}`, time: hour * HOUR + i - late, values: [i] };
});

describe('pages', () => {
  it('never cross the end of a learning batch, and lose no window', async () => {
    const all = await readAll(pagesOf([toUsageBatch(EVENTS)], { learnEvery: 7 }));
    let learnt = 0;
    for (const { windows } of all) {
      const before = learnt;
      for (let i = 0; i < windows.length; i++) if (isLearnt(windows, i)) learnt++;
      expect(Math.floor((learnt - 1) / 7)).toBeLessThanOrEqual(Math.floor(before / 7));
    }
    const windower = createWindower(SETTINGS);
    const whole = [...windower.push(toUsageBatch(EVENTS)), ...windower.finish()];
    expect(all.flatMap(({ windows }) => toRows(windows))).toEqual(whole.flatMap(toRows));
  });

  it('cut the same windows at the same places, however records were batched', async () => {
    const cuts = (pages: readonly Page[]) => {
      const groups: string[][] = [[]];
      let learnt = 0;
      for (const { windows } of pages) {
        for (const [i, row] of toRows(windows).entries()) {
          groups.at(-1)!.push(JSON.stringify(row));
          if (isLearnt(windows, i) && ++learnt % 16 === 0) groups.push([]);
        }
      }
      return groups;
    };
    const whole = cuts(await readAll(pagesOf([toUsageBatch(EVENTS)], { learnEvery: 16 })));
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1, maxLength: 20 }), async (sizes) => {
        const pages = await readAll(pagesOf(inBatches(EVENTS, sizes), { learnEvery: 16 }));
        expect(cuts(pages)).toEqual(whole);
      }),
      { numRuns: 40 },
    );
  });

  it('end a wave where later windows come next or none are left to close, however records were batched', async () => {
    const options = { learnEvery: 16, waveLeast: 15 };
    const waves = (pages: readonly Page[]) => {
      const ends: Set<number>[] = [new Set()];
      for (const { windows, endsWave } of pages) {
        for (let i = 0; i < windows.length; i++) if (isLearnt(windows, i)) ends.at(-1)!.add(windows.ends[i]! / HOUR);
        if (endsWave === true) ends.push(new Set());
      }
      return ends.map((wave) => [...wave]);
    };
    const whole = waves(await readAll(pagesOf([toUsageBatch(EVENTS)], options)));
    // Ten windows close together: fewer than fifteen are looked at together with the next ones.
    expect(whole.slice(0, 3)).toEqual([
      [2, 4],
      [6, 8],
      [10, 12],
    ]);
    expect(whole.at(-1)).toEqual([]);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1, maxLength: 20 }), async (sizes) => {
        expect(waves(await readAll(pagesOf(inBatches(EVENTS, sizes), options)))).toEqual(whole);
      }),
      { numRuns: 20 },
    );
  });

  it('count learning batches on from a snapshot', async () => {
    const source = createScriptedSource(inBatches(EVENTS, [30]));
    const windower = createWindower(SETTINGS);
    let pulled = 0;
    const first = createPages(source, windower, { learnEvery: 16, isStopped: () => pulled++ === 4 });
    const pages = await readAll(first);
    const resumed = createPages(
      createScriptedSource(inBatches(EVENTS, [30]), source.position()),
      createWindower(SETTINGS, structuredClone(windower.snapshot())),
      { learnEvery: 16 },
      structuredClone(first.snapshot()),
    );
    pages.push(...(await readAll(resumed)));
    const whole = await readAll(pagesOf(inBatches(EVENTS, [30]), { learnEvery: 16 }));
    expect(pages.map(({ windows }) => toRows(windows))).toEqual(whole.map(({ windows }) => toRows(windows)));
    expect(resumed.records).toBe(EVENTS.length);
  });

  it('hand each dead letter and each late event over once, with the first page of their batch', async () => {
    const batches = inBatches(EVENTS, [80]).map((batch, i) => ({
      ...batch,
      deadLetters: [letter(2 * i), letter(2 * i + 1)],
    }));
    batches.push({ ...toUsageBatch([{ customer: 'late', time: 0 }]), deadLetters: [] });
    const all = await readAll(pagesOf(batches, { learnEvery: 4 }));
    expect(all.length).toBeGreaterThan(20);
    expect(all.flatMap(({ deadLetters }) => deadLetters.map(({ row }) => row))).toEqual([0, 1, 2, 3, 4, 5]);
    expect(all.flatMap(({ windows }) => windows.late.map(({ customerId }) => customerId))).toEqual(['late']);
  });

  it('hand over the dead letters of a batch without events', async () => {
    const batch = { ...toUsageBatch([]), deadLetters: [letter(1)] };
    const all = await readAll(pagesOf([batch], { learnEvery: 4 }));
    expect(all.flatMap(({ deadLetters }) => deadLetters)).toEqual([letter(1)]);
  });

  it('count records, readable or not', async () => {
    const pages = pagesOf([{ ...toUsageBatch(EVENTS.slice(0, 5)), deadLetters: [letter(1)] }], { learnEvery: 4 });
    await readAll(pages);
    expect(pages.records).toBe(6);
  });

  it('pull nothing while a page of the last batch is left', async () => {
    let pulls = 0;
    const inner = createScriptedSource([toUsageBatch(EVENTS)]);
    const source: Source = {
      ...inner,
      pull: () => {
        pulls++;
        return inner.pull();
      },
    };
    const pages = createPages(source, createWindower(SETTINGS), { learnEvery: 3 });
    for (let i = 0; i < 5; i++) await pages.next();
    expect(pulls).toBe(1);
  });

  it('end between two batches when stopped, without closing open windows', async () => {
    let betweens = 0;
    const windower = createWindower(SETTINGS);
    const pages = createPages(createScriptedSource(inBatches(EVENTS, [60])), windower, {
      learnEvery: 16,
      between: async () => void betweens++,
      isStopped: () => betweens >= 3,
    });
    await readAll(pages);
    expect(pages.records).toBe(120);
    expect(await pages.next()).toBeUndefined();
    expect(() => windower.snapshot()).not.toThrow();
  });

  it('end between two pages when cut short, and then have no snapshot', async () => {
    let asked = 0;
    const windower = createWindower(SETTINGS);
    const pages = createPages(createScriptedSource([toUsageBatch(EVENTS)]), windower, {
      learnEvery: 3,
      isStopped: () => asked > 0,
      isCutShort: () => asked++ === 4,
    });
    expect(await readAll(pages)).toHaveLength(4);
    expect(pages.isAtRest).toBe(false);
    expect(() => pages.snapshot()).toThrow(/before a snapshot/);
    expect(pages.records).toBe(EVENTS.length);
  });

  it('are at rest between two input batches', async () => {
    const pages = pagesOf([toUsageBatch(EVENTS)], { learnEvery: 3 });
    expect(pages.isAtRest).toBe(true);
    await pages.next();
    expect(pages.isAtRest).toBe(false);
    await readAll(pages);
    expect(pages.isAtRest).toBe(true);
  });

  it('give the event loop its turn between two pages, so that a signal to stop is heard', async () => {
    let isCutShort = false;
    const pages = pagesOf([toUsageBatch(EVENTS)], { learnEvery: 3, isCutShort: () => isCutShort });
    await pages.next();
    setImmediate(() => (isCutShort = true));
    expect((await readAll(pages)).length).toBeLessThanOrEqual(1);
  });

  it('ask for a checkpoint before every pull and at no other time', async () => {
    let betweens = 0;
    const pages = pagesOf(inBatches(EVENTS, [60]), { learnEvery: 16, between: async () => void betweens++ });
    await readAll(pages);
    expect(betweens).toBe(5);
  });

  it('close windows by the clock when a live source is idle', async () => {
    const batches = [toUsageBatch(EVENTS.slice(0, 20)), toUsageBatch([]), toUsageBatch([])];
    let now = 2 * HOUR;
    const pages = pagesOf(batches, { learnEvery: 100, clock: { now: () => (now += 10 * HOUR) } });
    const rows: number[] = [];
    for (let i = 0; i < 3; i++) rows.push((await pages.next())!.windows.length);
    expect(rows[0]).toBe(0);
    expect(rows[1]! + rows[2]!).toBeGreaterThanOrEqual(10);
  });

  it('pass on an error of the source', async () => {
    const pages = createPages(createScriptedSource([new Error('gone')]), createWindower(SETTINGS), { learnEvery: 4 });
    await expect(pages.next()).rejects.toThrow('gone');
  });
});

describe('isLearnt', () => {
  it('takes first results of closed windows alone', async () => {
    const all = await readAll(pagesOf([toUsageBatch(EVENTS)], { learnEvery: 7 }));
    const rows = all.flatMap(({ windows }) =>
      toRows(windows).map((row, i) => ({ ...row, learnt: isLearnt(windows, i) })),
    );
    expect(rows.some(({ revision }) => revision > 0)).toBe(true);
    for (const { revision, final, evicted, learnt } of rows) {
      expect(learnt).toBe(revision === 0 && final === 1 && evicted === 0);
    }
  });
});

function pagesOf(batches: readonly UsageBatch[], options: PagesOptions): Pages {
  return createPages(createScriptedSource(batches), createWindower(SETTINGS), options);
}

async function readAll(pages: Pages): Promise<Page[]> {
  const all: Page[] = [];
  for (let page = await pages.next(); page !== undefined; page = await pages.next()) all.push(page);
  return all;
}

/** Batches of the given sizes, the last one again and again. */
function inBatches(events: readonly TestEvent[], sizes: readonly number[]): UsageBatch[] {
  const batches: UsageBatch[] = [];
  for (let at = 0, i = 0; at < events.length; i++) {
    const size = sizes[Math.min(i, sizes.length - 1)]!;
    batches.push(toUsageBatch(events.slice(at, at + size), 1, at + 1));
    at += size;
  }
  return batches;
}

function letter(row: number): DeadLetter {
  const bytes = new Uint8Array([row]);
  return { reason: 'unreadable', detail: 'no JSON', source: 's', row, offset: row, bytes, truncated: false };
}
