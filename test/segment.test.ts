import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Registry } from 'prom-client';
import {
  concat,
  defer,
  from,
  lastValueFrom,
  NEVER,
  Observable,
  of,
  Subject,
  throwError,
  toArray,
  VirtualTimeScheduler,
} from 'rxjs';
import { describe, expect, it } from 'vitest';
import { SegtideError } from '../src/errors.js';
import type { DeadLetter } from '../src/ingest/dead-letter.js';
import type { UsageEvent } from '../src/ingest/usage-event.js';
import type { AssignmentRecord } from '../src/publish/assignment-record.js';
import type { EmbeddingRecord } from '../src/publish/embedding-record.js';
import type { TransitionRecord } from '../src/publish/transition-record.js';
import { segment } from '../src/segment.js';
import type { SegmentOptions } from '../src/segment-options.js';
import { decodeArtifact } from '../src/train/encode-artifact.js';
import type { Training } from '../src/train/start-training.js';
import { smallModels } from './support/small-models.js';
import { HOUR, smallStream, trainHere } from './support/small-stream.js';

const EVENTS = smallStream(60, 12).map(({ customer, time, values }): UsageEvent => {
  return { customerId: customer, eventTime: time, values: values?.[0] ?? 1 };
});

const SMALL: SegmentOptions = {
  window: { step: '1h', steps: 8 },
  encoder: { init: 'fresh', hidden: 6, latent: 4, updates: 30, engine: 'js' },
  cluster: { k: 3, starts: 2 },
  model: {
    firstFit: 256,
    retrain: { everyWindows: 256, minInterval: 0 },
    gate: { maxChurn: 1, maxSizeShift: 1, maxAgreementFall: 1 },
  },
  train: trainHere,
};

describe('segment with a registry', () => {
  it('has the metrics of the stream while it runs, and none after it', async () => {
    const metrics = new Registry();
    const texts: string[] = [];
    const source = concat(
      from(EVENTS.slice(0, -1)),
      defer(async () => {
        // The batch before this event is dealt with in turns of the event loop.
        for (let i = 0; i < 500 && !/status="assigned"} [1-9]/.test(texts.at(-1) ?? ''); i++) {
          await new Promise((resolve) => setTimeout(resolve, 10));
          texts.push(await metrics.metrics());
        }
        return EVENTS.at(-1)!;
      }),
    );
    await lastValueFrom(source.pipe(segment({ ...SMALL, metrics }), toArray()));
    const text = texts.at(-1)!;
    expect(text).toMatch(/^segtide_ingest_events_total{fate="accepted"} [1-9]/m);
    expect(text).toMatch(/^segtide_publish_windows_total{status="assigned"} [1-9]/m);
    expect(text).toMatch(/^segtide_segment_info{segment="s1",name="[^"]+",advice="[^"]+"} 1$/m);
    expect(text).toMatch(/^segtide_train_duration_seconds_count{kind="fit"} [1-9]/m);
    // A replay has no clock to be behind.
    expect(text).not.toMatch(/^segtide_window_watermark_delay_seconds{/m);
    expect(await metrics.metrics()).toBe('\n');
  });

  it('refuses one that another stream has', async () => {
    const metrics = new Registry();
    const first = NEVER.pipe(segment({ ...SMALL, metrics })).subscribe();
    await expect(lastValueFrom(of(...EVENTS).pipe(segment({ ...SMALL, metrics })))).rejects.toMatchObject({
      code: 'config',
      message: expect.stringContaining('one stream at a time'),
    });
    first.unsubscribe();
    expect(await lastValueFrom(from(EVENTS).pipe(segment({ ...SMALL, metrics })))).toBeDefined();
  });
});

describe('segment', () => {
  it('maps usage events to one assignment for each window of each customer, warming until the first model', async () => {
    const assignments = await collect(SMALL);
    const keys = new Set(assignments.map((one) => `${one.customerId}/${one.windowStart}/${one.revision}`));
    expect(keys.size).toBe(assignments.length);
    const first = assignments.findIndex(({ status }) => status === 'assigned');
    expect(first).toBe(256);
    expect(assignments.slice(first).every(({ segmentId }) => segmentId !== null)).toBe(true);
    expect(assignments.length).toBeGreaterThan(600);
  });

  it('assigns provisionally after 64 windows, by an encoder that begins pretrained', async () => {
    const assignments = await collect({ ...SMALL, encoder: { ...SMALL.encoder, init: 'pretrained' } });
    const statuses = assignments.map(({ status }) => status);
    expect([statuses.indexOf('provisional'), statuses.indexOf('assigned')]).toEqual([64, 256]);
    expect(assignments.slice(64).every(({ segmentId }) => segmentId !== null)).toBe(true);
  });

  it('gives the same assignments for the same events, however they are batched, and others for another seed', async () => {
    const whole = await collect(SMALL);
    expect(await collect({ ...SMALL, buffer: { batchEvents: 17 } })).toEqual(whole);
    expect(await collect({ ...SMALL, seed: 7 })).not.toEqual(whole);
  });

  it('gives each subscription a pipeline of its own', async () => {
    const assignments$ = from(EVENTS).pipe(segment(SMALL), toArray());
    const [one, other] = await Promise.all([lastValueFrom(assignments$), lastValueFrom(assignments$)]);
    expect(one).toEqual(other);
  });

  it('assigns from the first window on by a model that it is given, and refuses one of other windows at once', async () => {
    const [trained] = await smallModels(1);
    const initialModel = decodeArtifact(trained!.artifact);
    const assignments = await collect({ ...SMALL, initialModel });
    expect(assignments[0]).toMatchObject({ status: 'assigned', modelVersion: initialModel.modelVersion });
    expect(() => segment({ ...SMALL, window: { step: '1h', steps: 6 }, initialModel })).toThrow(
      expect.objectContaining({ code: 'state', message: expect.stringContaining('window.steps is 8 in the model') }),
    );
  });

  it('completes without assignments when nothing comes', async () => {
    expect(await collect(SMALL, [])).toEqual([]);
  });

  it('takes dates, several channels and event ids', async () => {
    const events = [0, 1, 1, 2, 9].map((hour, i) => ({
      customerId: 'a',
      eventTime: new Date(hour * HOUR + i),
      values: [hour, 2 * hour],
      eventId: `e${hour}`,
    }));
    const late: unknown[] = [];
    const assignments = await collect(
      {
        ...SMALL,
        channels: [{ name: 'up' }, { name: 'down', aggregate: 'max' }],
        window: { step: '1h', steps: 2, deduplicate: true, outOfOrderness: 0 },
        outputs: { late: (event) => late.push(event) },
      },
      events,
    );
    expect(
      assignments.filter(({ status }) => status === 'warming').map(({ windowStart }) => windowStart / HOUR),
    ).toEqual([0, 2, 4, 6, 8]);
    expect(late).toEqual([]);
  });

  it('hands every other output to its receiver, a function or a subject', async () => {
    const transitions$ = new Subject<TransitionRecord>();
    const transitions: TransitionRecord[] = [];
    transitions$.subscribe((record) => transitions.push(record));
    const deadLetters: DeadLetter[] = [];
    const counts = { segments: 0, drift: 0, late: 0 };
    const embeddings: EmbeddingRecord[] = [];
    const wrong = { customerId: '', eventTime: HOUR, values: 1 };
    const assignments = await collect(
      {
        ...SMALL,
        model: { ...SMALL.model, align: { to: 'first' } },
        drift: { minWindows: 50, referenceWindows: 100, everyWindows: 100 },
        outputs: {
          transitions: transitions$,
          embeddings: (record) => embeddings.push(record),
          segments: () => counts.segments++,
          drift: () => counts.drift++,
          late: () => counts.late++,
          deadLetters: (letter) => deadLetters.push(letter),
        },
      },
      [...EVENTS, wrong],
    );
    expect(deadLetters.map(({ source, row }) => ({ source, row }))).toEqual([
      { source: 'events', row: EVENTS.length + 1 },
    ]);
    expect(counts.late).toBe(EVENTS.filter(({ customerId }) => customerId === 'late').length);
    const scored = assignments.filter(({ status }) => status === 'assigned');
    expect(embeddings.map(({ customerId, modelVersion }) => [customerId, modelVersion])).toEqual(
      scored.map(({ customerId, modelVersion }) => [customerId, modelVersion]),
    );
    const first = embeddings[0]!.modelVersion;
    for (const { modelVersion, alignedTo } of embeddings) expect(alignedTo ?? modelVersion).toBe(first);
    expect(embeddings.some(({ alignedTo }) => alignedTo !== null)).toBe(true);
    expect(counts.segments).toBeGreaterThanOrEqual(3);
    expect(counts.drift).toBeGreaterThan(0);
    expect(transitions.length).toBeGreaterThan(0);
    expect(transitions$.observed).toBe(true);
  });

  it('refuses wrong options before anybody subscribes, with all that is wrong', () => {
    const wrong = () =>
      segment({
        window: { step: 'day', steps: 7, hop: '36h' },
        cluster: { k: 0 },
        model: { history: 0, retrain: { freshEvery: 1.5 } },
        buffer: { batchEvents: 10, maxBuffered: 5 },
      });
    expect(wrong).toThrow(SegtideError);
    expect(wrong).toThrow(
      /4 problems:\n {2}window: .*36h.*\n {2}cluster: .*k.*\n {2}model: .*history.*\n {2}buffer: .*max/,
    );
  });

  it.each([
    [{ buffer: { batchEvent: 10 } }, /^buffer\.batchEvent: there is no such option; did you mean `batchEvents`\?/],
    [{ outputs: { transition: () => undefined } }, /^outputs\.transition: .*did you mean `transitions`\?/],
    [{ events: { time: { from: 0 } } }, /^events\.time\.from: there is no such option; known here: min, max/],
    [{ outputs: 3 }, /^outputs: must be an object; got 3/],
    [{ outputs: { embeddings: 5 } }, /^outputs\.embeddings: must be a function, or .* `next`; got 5$/],
    [{ outputs: { late: null, drift: {} } }, /outputs\.late: .*; got null\n {2}outputs\.drift: .*; got \{\}$/],
  ])('refuses %j', (options, message) => {
    expect(() => segment({ ...SMALL, ...options } as unknown as SegmentOptions)).toThrow(
      expect.objectContaining({ code: 'config', message: expect.stringMatching(message) }),
    );
  });

  it('passes an error of the source on as it is', async () => {
    const broken = new Error('the host broke');
    const events$ = concat(
      from(EVENTS),
      throwError(() => broken),
    );
    await expect(lastValueFrom(events$.pipe(segment(SMALL)))).rejects.toBe(broken);
  });

  it('ends with an error of its own when a receiver throws', async () => {
    const outputs = {
      late: () => {
        throw new RangeError('no room');
      },
    };
    await expect(collect({ ...SMALL, outputs })).rejects.toMatchObject({
      code: 'output',
      message: /`outputs.late`.*no room/,
    });
  });

  it('ends with an error instead of holding more events than it may', async () => {
    await expect(collect({ ...SMALL, buffer: { batchEvents: 10, maxBuffered: 100 } })).rejects.toMatchObject({
      code: 'input',
      message: /100 events wait.*onPressure/,
    });
  });

  it('tells a host that can wait when to hold events back and when to go on', async () => {
    const told: boolean[] = [];
    let tell = (): void => undefined;
    const goOn = () => new Promise<void>((resolve) => (tell = resolve));
    const onPressure = (hold: boolean): void => {
      told.push(hold);
      if (!hold) tell();
    };
    const events$ = new Observable<UsageEvent>((subscriber) => {
      void (async () => {
        for (const event of EVENTS) {
          subscriber.next(event);
          if (told.at(-1) === true) await goOn();
        }
        subscriber.complete();
      })();
    });
    const buffer = { batchEvents: 10, maxBuffered: 100, onPressure };
    const assignments = await lastValueFrom(events$.pipe(segment({ ...SMALL, buffer }), toArray()));
    expect(assignments).toEqual(await collect(SMALL));
    expect(told.slice(0, 4)).toEqual([true, false, true, false]);
  });

  it('emits nothing after it was unsubscribed, and starts no training any more', async () => {
    const trainings: Training[] = [];
    const train = (job: Parameters<typeof trainHere>[0]): Training => {
      trainings.push(trainHere(job));
      return trainings.at(-1)!;
    };
    const seen: AssignmentRecord[] = [];
    const subscription = from(EVENTS)
      .pipe(segment({ ...SMALL, train }))
      .subscribe((record) => {
        seen.push(record);
        if (seen.length === 256) subscription.unsubscribe();
      });
    await new Promise((resolve) => subscription.add(() => resolve(undefined)));
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(seen.length).toBe(256);
    expect(trainings).toEqual([]);
  });

  it('stops the training under way when it is unsubscribed', async () => {
    let stopped = (): void => undefined;
    const stop = new Promise<void>((resolve) => (stopped = resolve));
    const train = (): Training => {
      setImmediate(() => subscription.unsubscribe());
      return { result: new Promise(() => undefined), stop: async () => stopped() };
    };
    const subscription = from(EVENTS)
      .pipe(segment({ ...SMALL, train }))
      .subscribe();
    await stop;
    expect(subscription.closed).toBe(true);
  });

  it('leaves nothing on the heap after it was unsubscribed, though its source lives on', async () => {
    setFlagsFromString('--expose-gc');
    const collectGarbage: () => void = runInNewContext('gc');
    const source = new Subject<UsageEvent>();
    const held = async (subscriptions: number): Promise<number> => {
      for (let i = 0; i < subscriptions; i++) {
        const taken: AssignmentRecord[] = [];
        const subscription = source.pipe(segment(SMALL)).subscribe((record) => taken.push(record));
        for (const event of EVENTS) source.next({ ...event });
        await new Promise((resolve) => setImmediate(resolve));
        subscription.unsubscribe();
      }
      // What was being dealt with is dealt with first.
      for (let turn = 0; turn < 20; turn++) {
        await new Promise((resolve) => setImmediate(resolve));
        collectGarbage();
      }
      const { heapUsed, arrayBuffers } = process.memoryUsage();
      return heapUsed + arrayBuffers;
    };
    const before = await held(20);
    // One alone holds its events, more than 400 kB.
    expect((await held(40)) - before).toBeLessThan(4_000_000);
    expect(source.observed).toBe(false);
  });

  it('closes the windows of a live stream that fell silent by the clock', async () => {
    const scheduler = new VirtualTimeScheduler();
    let now = 2 * HOUR;
    const records: AssignmentRecord[] = [];
    const events = [0.1, 0.2, 1.5].map((hour) => ({ customerId: 'a', eventTime: hour * HOUR, values: 1 }));
    const done = new Promise<void>((resolve) => {
      const subscription = concat(from(events), NEVER)
        .pipe(
          segment({
            ...SMALL,
            window: { step: '1h', steps: 2, outOfOrderness: 0, idleTimeout: '1m' },
            clock: { now: () => now },
            buffer: { scheduler },
          }),
        )
        .subscribe((record) => {
          records.push(record);
          subscription.unsubscribe();
          resolve();
        });
    });
    for (let turn = 0; records.length === 0 && turn < 100; turn++) {
      await new Promise((resolve) => setImmediate(resolve));
      now += 60_000;
      scheduler.flush();
    }
    await done;
    expect(records).toMatchObject([{ customerId: 'a', windowStart: 0, windowEnd: 2 * HOUR }]);
    expect(records[0]!.emittedAt).toBeGreaterThan(2 * HOUR);
  });

  it('trains in a thread unless it is told otherwise', async () => {
    const { train: _, ...options } = SMALL;
    expect(await collect(options)).toEqual(await collect(SMALL));
  });

  it('takes one event', async () => {
    const options: SegmentOptions = { ...SMALL, window: { step: '1h', steps: 1 } };
    const records = await lastValueFrom(of(EVENTS[0]!).pipe(segment(options), toArray()));
    expect(records).toMatchObject([{ customerId: EVENTS[0]!.customerId, status: 'warming', revision: 0 }]);
  });
});

function collect(options: SegmentOptions, events: readonly UsageEvent[] = EVENTS): Promise<AssignmentRecord[]> {
  return lastValueFrom(from(events).pipe(segment(options), toArray()));
}
