import { lastValueFrom } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { createSegmentation } from '../src/segmentation.js';
import { expectSame } from './support/expect-same.js';
import {
  countingThreads,
  createdSnapshot,
  EVENTS,
  NO_FATES,
  run,
  runAll,
  sourceOf,
} from './support/run-segmentation.js';
import { collectOutputs, smallSettings, trainHere } from './support/small-stream.js';

describe('a segmentation that ends or is stopped', () => {
  it('gives every event one fate', async () => {
    const segmentation = createSegmentation(smallSettings(), sourceOf(EVENTS, 700), collectOutputs(), {
      train: trainHere,
    });
    await lastValueFrom(segmentation.page$, { defaultValue: undefined });
    await segmentation.end();
    const { in: total, ...fates } = segmentation.windower.fates;
    expect(total).toBe(EVENTS.length);
    expect(Object.values(fates).reduce((sum, count) => sum + count, 0)).toBe(total);
    expect(fates.late).toBe(EVENTS.filter(({ customer }) => customer === 'late').length);
  });

  it('refuses accounts that do not add up', async () => {
    const source = sourceOf(EVENTS.slice(0, 500), 100);
    const segmentation = createSegmentation(smallSettings(), source, collectOutputs(), { train: trainHere });
    await lastValueFrom(segmentation.page$);
    // An event that reached the windows by another way than the input.
    const broken = createSegmentation(
      smallSettings(),
      sourceOf([], 1),
      collectOutputs(),
      { train: trainHere },
      { ...createdSnapshot(), windower: { ...createdSnapshot().windower, fates: { ...NO_FATES, in: 1, accepted: 1 } } },
    );
    expect(() => broken.snapshot()).toThrow(/0 events came in, but their fates add up to 1/);
    await expect(lastValueFrom(broken.page$, { defaultValue: undefined })).rejects.toMatchObject({
      code: 'accounting',
    });
  });

  it('refuses accounts that do not add up at a stop in the midst of a batch, but not events in flight', async () => {
    const stopAfter = async (pages: number, fates: Partial<typeof NO_FATES>) => {
      let page = 0;
      const from = createdSnapshot();
      const segmentation = createSegmentation(
        smallSettings({ window: { pageWindows: 100 } }),
        sourceOf(EVENTS, EVENTS.length),
        collectOutputs(),
        { train: trainHere, isCutShort: () => page++ === pages },
        { ...from, windower: { ...from.windower, fates: { ...NO_FATES, ...fates } } },
      );
      await lastValueFrom(segmentation.page$, { defaultValue: undefined });
      return segmentation;
    };
    const cut = await stopAfter(3, {});
    expect(cut.isAtRest).toBe(false);
    expect(cut.windower.inFlight).toBeGreaterThan(0);
    expect(cut.windower.fates.in + cut.windower.inFlight).toBe(EVENTS.length);
    expect(() => cut.snapshot()).toThrow(/before a snapshot/);
    await expect(stopAfter(3, { in: 1, accepted: 1 })).rejects.toMatchObject({ code: 'accounting' });
  });

  it('ends the training under way when it is unsubscribed', async () => {
    const threads = countingThreads();
    const segmentation = createSegmentation(
      smallSettings({ swapAfterWindows: 512 }),
      sourceOf(EVENTS, 1000),
      collectOutputs(),
      { train: threads.train },
    );
    const subscription = segmentation.page$.subscribe();
    await threads.started;
    subscription.unsubscribe();
    await threads.stopped;
    expect(threads.running()).toBe(0);
  });

  it('keeps the training that a stop cut short in its snapshot, so that it is begun again', async () => {
    const settings = smallSettings({ swapAfterWindows: 512 });
    const whole = await runAll(settings, EVENTS, 1000);
    const threads = countingThreads();
    const outputs = collectOutputs();
    let stopped = false;
    let batches = 0;
    const source = sourceOf(EVENTS, 1000, 0, () => batches++);
    const segmentation = createSegmentation(settings, source, outputs, {
      train: threads.train,
      isStopped: () => stopped,
    });
    threads.started.then(() => {
      stopped = true;
      return segmentation.stop();
    });
    await lastValueFrom(segmentation.page$);
    const snapshot = structuredClone(segmentation.snapshot());
    expect(snapshot.trainer.underWay?.job.number).toBe(1);
    await run(settings, sourceOf(EVENTS, 1000, batches), outputs, {}, snapshot);
    expectSame(outputs.records, whole);
  });
});
