import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type StartedSegtide, scratchFolder, startSegtide } from '../command/segtide.js';
import {
  alert,
  assignment,
  createSampleRun,
  drift,
  embedding,
  modelEvent,
  segment,
  transition,
} from '../service/view/sample-run.js';
import { freePorts } from '../support/free-ports.js';
import { findAccessProblems, openBrowser, openPage } from './browser.js';

const VIEWS = ['Now', 'Segments', 'Map', 'Flows', 'Drift', 'Alerts', 'Models', 'Customers'];

const scratch = scratchFolder();
let browser: Browser;
beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(async () => {
  await browser.close();
  scratch.remove();
});

/** Starts `segtide view`; resolves when it serves. */
async function startView(folder: string, port: number, ...more: readonly string[]): Promise<StartedSegtide> {
  const started = startSegtide(['view', '--folder', folder, '--port', String(port), ...more]);
  await new Promise<void>((resolve, reject) => {
    started.child.stdout!.once('data', () => resolve());
    started.ended.then(({ stderr }) => reject(new Error(stderr)), reject);
  });
  return started;
}

/** Goes to a view; resolves when it shows something of its own, and nothing of the one before. */
async function showView(page: Page, port: number, title: string): Promise<void> {
  await page.goto(`http://127.0.0.1:${port}/#/${title.toLowerCase()}`);
  await page.locator('h1', { hasText: new RegExp(`^${title}$`) }).waitFor({ state: 'attached' });
  await page.locator('main :is(canvas, .rows, .grid, .empty)').first().waitFor();
}

async function stop({ child, ended }: StartedSegtide): Promise<void> {
  child.kill('SIGTERM');
  await ended;
}

/** A run with customers whose ids are hostile, made by hand. */
async function hostileRun(ids: readonly string[]) {
  const run = await createSampleRun();
  await run.append('model-events', modelEvent('v1-00000000', 'promoted', 2));
  await run.append('segments', segment('s1', { name: '<img src=x onerror=alert(1)>' }), segment('s2'));
  await run.append('assignments', ...ids.flatMap((id) => [assignment(id, 2, 's1'), assignment(id, 3, 's2')]));
  await run.append('transitions', ...ids.map((id) => transition(id, 3, 's1', 's2')));
  await run.append('alerts', ...ids.map((id) => alert(id, 3)));
  // What drifts and what does not, with a course, of subjects short and long.
  const subjects = ['usage', 's1', 'a channel that somebody gave a name of many letters'];
  for (const day of [2, 3]) {
    await run.append('drift', ...subjects.map((subject, i) => drift(subject, day, [0.4, 0.05, 12345.678][i]!)));
  }
  return run;
}

describe('the page of the demo', () => {
  it('fills while it replays, shows a training, and outlives the demo and a restart of the view', async () => {
    const folder = join(scratch.path, 'demo');
    const [port] = await freePorts(1);
    const url = `http://127.0.0.1:${port}/`;
    const demo = startSegtide(['demo', 'flights', '--output', folder, '--set', `view.port=${port}`]);
    const { page, problems } = await openPage(browser);
    await expect
      .poll(
        () =>
          page.goto(url).then(
            (answer) => answer?.status(),
            () => undefined,
          ),
        { timeout: 60_000, interval: 200 },
      )
      .toBe(200);
    await page
      .getByText(/training v\d/)
      .first()
      .waitFor({ timeout: 120_000 });
    await page.getByRole('link', { name: 'Segments' }).click();
    await page.locator('.card canvas').first().waitFor({ timeout: 120_000 });
    await expect.poll(() => page.locator('.card').count()).toBeGreaterThan(1);
    // Where nobody sits at a terminal, it stops with its signal and does not stay.
    demo.child.kill('SIGINT');
    expect((await demo.ended).code).toBe(130);
    await page.getByText('reconnecting').waitFor();

    const view = await startView(folder, port!);
    await page.getByText('reconnecting').waitFor({ state: 'hidden' });
    await page.getByRole('searchbox', { name: 'Customer id' }).fill('N14228');
    await page.getByRole('button', { name: 'Open' }).click();
    await page.getByRole('heading', { name: 'Customer N14228' }).waitFor();
    await page.locator('.strip li').first().waitFor();
    await stop(view);
    await page.getByText('reconnecting').waitFor();
    const again = await startView(folder, port!);
    await page.getByText('reconnecting').waitFor({ state: 'hidden' });
    await page.getByRole('link', { name: 'Map' }).click();
    await page.locator('main canvas').first().waitFor();
    await stop(again);
    expect(problems).toEqual([]);
  });
});

describe('the page of any run', () => {
  it('has nothing that axe finds, in the light, in the dark and on a phone', async () => {
    const run = await hostileRun(Array.from({ length: 200 }, (_, i) => `c${i}`));
    await run.append('embeddings', ...Array.from({ length: 200 }, (_, i) => embedding(`c${i}`, 3, [i % 7, i % 11])));
    const [port] = await freePorts(1);
    const view = await startView(run.folder, port!, '--set', 'view.token=sesame');
    const found: string[] = [];
    for (const mode of [
      { colorScheme: 'light' as const },
      { colorScheme: 'dark' as const },
      { viewport: { width: 390, height: 844 } },
    ]) {
      // Axe itself is a script that the page's policy forbids.
      const { page } = await openPage(browser, { ...mode, bypassCSP: true });
      for (const name of [...VIEWS, 'Customer c7']) {
        if (name === 'Customer c7') {
          await page.goto(`http://127.0.0.1:${port}/#/customers/c7`);
          await page.getByRole('heading', { name }).waitFor();
        } else await showView(page, port!, name);
        found.push(...(await findAccessProblems(page)).map((problem) => `${name} ${JSON.stringify(mode)} ${problem}`));
        if (name === 'Drift') await expect.poll(() => page.locator('.drift tbody tr').count()).toBe(3);
        const overflow = await page.evaluate('document.documentElement.scrollWidth - innerWidth');
        expect(overflow, `${name} scrolls sideways`).toBeLessThanOrEqual(0);
      }
    }
    expect(found).toEqual([]);
    await stop(view);
    await run.remove();
  });

  it('takes hostile ids and names for text', async () => {
    const ids = [
      '<script>alert(1)</script>',
      '"><img src=x onerror=alert(1)>',
      'x'.repeat(10_000),
      '\u202eevil',
      '🛰️',
      '../..',
      '%00',
      ' ',
    ];
    const run = await hostileRun(ids);
    const [port] = await freePorts(1);
    const view = await startView(run.folder, port!);
    const { page, problems } = await openPage(browser);
    for (const title of VIEWS) await showView(page, port!, title);
    await expect.poll(() => page.locator('.grid li').count()).toBe(ids.length);
    for (const id of ids.filter((one) => one.length < 1000)) {
      await page.goto(`http://127.0.0.1:${port}/#/customers/${encodeURIComponent(id)}`);
      await page.getByText('the customer changed').first().waitFor();
      expect(await page.locator('main script, main img').count()).toBe(0);
    }
    expect(problems).toEqual([]);
    await stop(view);
    await run.remove();
  });

  it('tries a token before it takes it', async () => {
    const run = await hostileRun(['a']);
    const [port] = await freePorts(1);
    const view = await startView(run.folder, port!, '--set', 'view.token=sesame');
    const { page } = await openPage(browser);
    await page.goto(`http://127.0.0.1:${port}/#/models`);
    await page.getByLabel('Token').fill('sesam');
    await page.getByRole('button', { name: 'Use token' }).click();
    await page.getByText('not taken: ').waitFor();
    await page.getByLabel('Token').fill('sesame');
    await page.getByRole('button', { name: 'Use token' }).click();
    await page.getByRole('button', { name: 'Retrain now' }).waitFor();
    await stop(view);
    await run.remove();
  });

  it('can be used by keyboard alone', async () => {
    const run = await hostileRun(['a', 'b']);
    const [port] = await freePorts(1);
    const view = await startView(run.folder, port!);
    const { page } = await openPage(browser);
    await page.goto(`http://127.0.0.1:${port}/`);
    await page.getByText('Latest alerts').waitFor();
    await page.keyboard.press('Tab');
    await expect.poll(() => page.evaluate('document.activeElement.textContent')).toContain('Skip to content');
    await page.keyboard.press('Tab');
    await page.keyboard.type('b');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Customer b' }).waitFor();
    await expect.poll(() => page.evaluate('document.activeElement.id')).toBe('content');
    await stop(view);
    await run.remove();
  });

  it('shows 100,000 points; tells how long its frames take', async () => {
    const run = await createSampleRun();
    const ids = Array.from({ length: 100_000 }, (_, i) => `c${i}`);
    const lines = (toRecord: (id: string, i: number) => object) =>
      ids.map((id, i) => `${JSON.stringify(toRecord(id, i))}\n`).join('');
    await appendFile(
      join(run.folder, 'assignments.ndjson'),
      lines((id, i) => assignment(id, 2, `s${1 + (i % 50)}`)),
    );
    await appendFile(
      join(run.folder, 'embeddings.ndjson'),
      lines((id, i) => embedding(id, 2, [Math.sin(i) * (i % 50), Math.cos(i) * (i % 50)])),
    );
    const [port] = await freePorts(1);
    const view = await startView(run.folder, port!);
    const { page, problems } = await openPage(browser);
    await page.goto(`http://127.0.0.1:${port}/#/map`);
    await page.getByText('100,000 windows').first().waitFor({ timeout: 120_000 });
    const chart = (await page.locator('.u-over').boundingBox())!;
    await page.evaluate(RECORD_FRAMES);
    for (let i = 0; i < 5; i++) {
      await page.mouse.move(chart.x + 200, chart.y + 100);
      await page.mouse.down();
      await page.mouse.move(chart.x + 700, chart.y + 400, { steps: 20 });
      await page.mouse.up();
      await page.mouse.dblclick(chart.x + 300, chart.y + 300);
    }
    const frames = ((await page.evaluate('globalThis.frames_')) as number[]).sort((a, b) => a - b);
    const at = (share: number) => `${frames[Math.floor(share * (frames.length - 1))]!.toFixed(1)} ms`;
    const paint = await page.evaluate("performance.getEntriesByName('first-contentful-paint')[0]?.startTime");
    console.info(
      `100,000 points, ${frames.length} frames: median ${at(0.5)}, 95 % ${at(0.95)}, longest ${at(1)}; first paint after ${Math.round(Number(paint))} ms`,
    );
    expect(frames.length).toBeGreaterThan(0);
    expect(problems).toEqual([]);
    await stop(view);
    await run.remove();
  });
});

const RECORD_FRAMES = `
  globalThis.frames_ = [];
  let before = performance.now();
  const record = (now) => { frames_.push(now - before); before = now; requestAnimationFrame(record); };
  requestAnimationFrame(record);
`;
