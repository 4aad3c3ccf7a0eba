import { writeFile } from 'node:fs/promises';
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
  report = join(scratch.path, 'compare.html');
  const windows = join(scratch.path, 'windows.csv');
  const rows = Array.from({ length: 60 }, (_, i) =>
    Array.from({ length: 8 }, (__, step) => ((i % 2 === 0) === step < 4 ? 20 : 1) + ((i * 7 + step * 3) % 5)),
  );
  await writeFile(windows, `s0,s1,s2,s3,s4,s5,s6,s7\n${rows.map((row) => row.join(',')).join('\n')}\n`);
  const small = ['encoder.updates=40', 'encoder.hidden=8', 'encoder.latent=3'].flatMap((key) => ['--set', key]);
  const flags = ['--encoders', 'series,latents', '--methods', 'k-means,agglomerative', '-k', '2', '--seeds', '1'];
  const args = ['compare', windows, '--windows', ...flags, ...small, '--report', report, '--quiet'];
  const { code, stderr } = await runSegtide(args, scratch.path);
  expect(stderr).toBe('');
  expect(code).toBe(0);
}, 240_000);
afterAll(async () => {
  await browser.close();
  scratch.remove();
});

describe('the page of a comparison', () => {
  it.each([
    ['on a desk', { viewport: { width: 1440, height: 900 } }, 3],
    ['in the dark', { colorScheme: 'dark' as const }, 3],
    ['on a phone', { viewport: { width: 390, height: 844 } }, 1],
  ])('%s opens from disk, asks nobody, fits, and axe finds nothing', async (_, options, across) => {
    const url = pathToFileURL(report).href;
    const { page, problems } = await openPage(browser, options);
    const asked: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    await page.goto(url);
    expect(asked).toEqual([url]);
    expect(problems).toEqual([]);
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
    for (const name of ['Ranking', 'Maps', 'Clusters', 'Dendrogram', 'Original against reconstructed']) {
      expect(await page.getByRole('heading', { name, exact: true }).count(), name).toBe(1);
    }
    const tops = await page
      .locator('#maps .maps')
      .first()
      .locator('svg')
      .evaluateAll((all) => all.map((one) => one.getBoundingClientRect().top));
    expect(tops).toHaveLength(3);
    expect(tops.filter((top) => top === tops[0])).toHaveLength(across);
    // The page's own policy would keep axe out.
    const open = await openPage(browser, { ...options, bypassCSP: true });
    await open.page.goto(url);
    expect(await findAccessProblems(open.page)).toEqual([]);
  });
});
