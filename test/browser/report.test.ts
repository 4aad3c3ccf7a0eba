import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runSegtide, scratchFolder } from '../command/segtide.js';
import { findAccessProblems, openBrowser, openPage } from './browser.js';

const scratch = scratchFolder();
let browser: Browser;
let report: string;
beforeAll(async () => {
  browser = await openBrowser();
  const output = join(scratch.path, 'out');
  report = join(scratch.path, 'report.html');
  // Of small samples, which train in a moment: how good the segments are is no matter here.
  await runSegtide(['demo', 'flights', '--quiet', '--output', output, '--set', 'model.reservoir=2000'], scratch.path);
  const { code, stderr } = await runSegtide(['report', output, '--output', report, '--quiet'], scratch.path);
  expect(stderr).toBe('');
  expect(code).toBe(0);
}, 400_000);
afterAll(async () => {
  await browser.close();
  scratch.remove();
});

describe('the report', () => {
  it.each([
    ['on a desk', {}],
    ['in the dark', { colorScheme: 'dark' as const }],
    ['on a phone', { viewport: { width: 390, height: 844 } }],
  ])('%s opens from disk, asks nobody, fits, and axe finds nothing', async (_, options) => {
    const url = pathToFileURL(report).href;
    const { page, problems } = await openPage(browser, options);
    const asked: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    await page.goto(url);
    expect(asked).toEqual([url]);
    expect(problems).toEqual([]);
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
    for (const name of ['Segments', 'Map', 'Quality', 'Original against reconstructed windows']) {
      expect(await page.getByRole('heading', { name, exact: true }).count(), name).toBe(1);
    }
    expect(await page.locator('#quality figure svg:visible').count()).toBeGreaterThan(1);
    // The page's own policy would keep axe out.
    const open = await openPage(browser, { ...options, bypassCSP: true });
    await open.page.goto(url);
    expect(await findAccessProblems(open.page)).toEqual([]);
  });
});
