import { describe, expect, it } from 'vitest';
import { trainInThread } from '../../../src/encode/vrae/train-in-thread.js';
import { trainVrae } from '../../../src/encode/vrae/train-vrae.js';
import type { VraeProgress } from '../../../src/encode/vrae/vrae-job.js';
import { resolveVrae } from '../../../src/encode/vrae/vrae-options.js';
import { createWaves } from './vrae-batches.js';

const series = createWaves(60, 8, 2);
const settings = resolveVrae({ hidden: 8, latent: 2, updates: 40, engine: 'js' });

function liveThreads(): number {
  return process.getActiveResourcesInfo().filter((resource) => resource === 'Worker' || resource === 'MessagePort')
    .length;
}

describe('trainInThread', () => {
  it('gives the bytes that trainVrae gives, reports progress, and leaves job and threads as they were', async () => {
    const before = liveThreads();
    const reports: VraeProgress[] = [];
    const fit = await trainInThread({ settings, series }, { onProgress: (progress) => reports.push(progress) });
    expect(fit).toEqual(trainVrae({ settings, series }));
    expect(reports.length).toBe(20);
    expect(reports.at(-1)).toMatchObject({ updates: 40, of: 40 });
    expect(series.values.length).toBe(60 * 16);
    expect(liveThreads()).toBe(before);
  });

  it('ends the thread at once when aborted, before or during the training', async () => {
    const before = liveThreads();
    const long = { settings: { ...settings, updates: 20_000, patience: 1000 }, series };
    await expect(trainInThread(long, { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'aborted' });
    const during = new AbortController();
    let threads = 0;
    const onProgress = (): void => {
      threads = liveThreads();
      during.abort();
    };
    const training = trainInThread(long, { signal: during.signal, onProgress });
    await expect(training).rejects.toMatchObject({ code: 'aborted' });
    expect(threads).toBeGreaterThan(before);
    expect(liveThreads()).toBe(before);
  });

  it('hands the error of a training back with its code', async () => {
    const none = { settings, series: { ...series, length: 0 } };
    await expect(trainInThread(none)).rejects.toMatchObject({ code: 'encoder', name: 'SegtideError' });
    const absent = { settings: { ...settings, engine: 'tfjs' as const }, series };
    await expect(trainInThread(absent, { tfjsSpecifier: 'tfjs-of-another-world' })).rejects.toMatchObject({
      code: 'config',
    });
  });

  it('rejects with what its progress callback throws', async () => {
    const refusal = new Error('no more');
    const onProgress = (): never => {
      throw refusal;
    };
    await expect(trainInThread({ settings, series }, { onProgress })).rejects.toBe(refusal);
  });

  const installation = process.env.SEGTIDE_TEST_TFJS_NODE;
  // The package is optional: without it, asking for it must say so.
  it('trains with tfjs-node in the thread, or says that it is not there', async () => {
    if (installation === undefined) {
      const job = { settings: { ...settings, engine: 'tfjs' as const }, series };
      await expect(trainInThread(job, { tfjsSpecifier: 'not-installed' })).rejects.toMatchObject({ code: 'config' });
      return;
    }
    const job = { settings: { ...settings, engine: 'tfjs' as const }, series };
    const fit = await trainInThread(job, { tfjsSpecifier: `${installation}/dist/index.js` });
    expect(Math.abs(fit.heldOutLoss - trainVrae({ settings, series }).heldOutLoss)).toBeLessThan(1e-4);
  });
});
