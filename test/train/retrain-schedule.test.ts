import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRetrainSchedule } from '../../src/train/retrain-schedule.js';
import { resolveRetrainOptions } from '../../src/train/retrain-settings.js';

const settings = resolveRetrainOptions({ firstFit: 100, everyWindows: 1_000, minWindows: 1 }, 10_000);

/** A schedule whose first model serves since event time 0. */
function serving(options = settings) {
  const schedule = createRetrainSchedule(options);
  schedule.observe(100, 0);
  schedule.started(schedule.due()!);
  schedule.finished(true);
  return schedule;
}

describe('createRetrainSchedule', () => {
  it('fits first once enough windows are in', () => {
    const schedule = createRetrainSchedule(settings);
    schedule.observe(99, 5);
    expect(schedule.due()).toBeUndefined();
    schedule.observe(1, 6);
    expect(schedule.due()).toEqual(['first fit: 100 windows']);
  });

  it('retrains a model that was fitted elsewhere as if it had been fitted at the first windows', () => {
    const adopted = (windows: number, time: number) => {
      const schedule = createRetrainSchedule(settings);
      schedule.adopted();
      schedule.observe(10, 5_000_000);
      const restored = createRetrainSchedule(settings, structuredClone(schedule.snapshot()));
      restored.observe(windows, time);
      return restored;
    };
    expect(adopted(900, 5_039_999).due()).toBeUndefined();
    expect(adopted(900, 5_040_000).due()).toEqual(['40 seconds of event time since the last fit']);
    expect(adopted(990, 5_010_000).due()).toEqual(['1000 windows since the last fit']);
    expect(adopted(1, 5_000_001).dueAtEnd()).toBeUndefined();
  });

  it('fits what there is at the end of the input, but not nothing', () => {
    const schedule = createRetrainSchedule(settings);
    expect(schedule.dueAtEnd()).toBeUndefined();
    schedule.observe(3, 5);
    expect(schedule.dueAtEnd()).toEqual(['first fit: end of input after 3 windows']);
    expect(serving().dueAtEnd()).toBeUndefined();
  });

  it('waits for twice as many windows after each first fit without a model, up to those of a retraining', () => {
    const schedule = createRetrainSchedule(settings);
    const waits: number[] = [];
    for (let time = 0, waited = 0; waits.length < 7; time += 10_000, waited += 50) {
      const due = schedule.due();
      if (due !== undefined) {
        schedule.started(due);
        schedule.finished(false);
        waits.push(waited);
        waited = 0;
      }
      schedule.observe(50, time);
    }
    expect(waits).toEqual([100, 200, 400, 800, 1_000, 1_000, 1_000]);
    schedule.observe(950, 1e9);
    expect(schedule.due()).toEqual(['first fit: 1000 windows since the last of 7 without a model']);
  });

  it('counts windows of a first fit that was refused from when it began', () => {
    const schedule = createRetrainSchedule(settings);
    schedule.observe(100, 0);
    schedule.started(schedule.due()!);
    schedule.observe(40, 10_000);
    schedule.finished(false);
    schedule.observe(159, 10_000);
    expect(schedule.due()).toBeUndefined();
    schedule.observe(1, 10_000);
    expect(schedule.due()).toBeDefined();
  });

  it('keeps the least interval between first fits, too', () => {
    const schedule = createRetrainSchedule(settings);
    schedule.observe(100, 0);
    schedule.started(schedule.due()!);
    schedule.finished(false);
    schedule.observe(5_000, 9_999);
    expect(schedule.due()).toBeUndefined();
    schedule.observe(0, 10_000);
    expect(schedule.due()).toBeDefined();
  });

  it('retrains as often as ever once a model serves, however many first fits gave none', () => {
    const schedule = createRetrainSchedule(settings);
    schedule.observe(100, 0);
    schedule.started(schedule.due()!);
    schedule.finished(false);
    schedule.observe(200, 10_000);
    schedule.started(schedule.due()!);
    schedule.finished(true);
    schedule.observe(1_000, 20_000);
    expect(schedule.due()).toEqual(['1000 windows since the last fit']);
  });

  it('retrains by count or event time, whichever comes first, and names both when both are due', () => {
    const byCount = serving();
    byCount.observe(1_000, 20_000);
    expect(byCount.due()).toEqual(['1000 windows since the last fit']);
    const byTime = serving();
    byTime.observe(100, 39_999);
    expect(byTime.due()).toBeUndefined();
    byTime.observe(1, 40_000);
    expect(byTime.due()).toEqual(['40 seconds of event time since the last fit']);
    byTime.observe(899, 40_000);
    expect(byTime.due()).toHaveLength(2);
  });

  it('is never due sooner than the least interval, whatever asks', () => {
    const schedule = serving();
    schedule.request('by hand');
    schedule.observe(5_000, 9_999);
    expect(schedule.due()).toBeUndefined();
    schedule.observe(0, 10_000);
    expect(schedule.due()).toEqual(['by hand', '5000 windows since the last fit']);
  });

  it('makes one fit of all that asks during a training', () => {
    const schedule = serving();
    schedule.request('drift of s1');
    schedule.observe(10, 10_000);
    schedule.started(schedule.due()!);
    expect(schedule.training).toEqual(['drift of s1']);
    schedule.request('drift of s2');
    schedule.request('drift of s2');
    schedule.request('by hand');
    schedule.observe(10, 20_000);
    expect(schedule.due()).toBeUndefined();
    schedule.finished(false);
    expect(schedule.due()).toEqual(['drift of s2', 'by hand']);
    schedule.started(schedule.due()!);
    schedule.finished(true);
    schedule.observe(10, 30_000);
    expect(schedule.due()).toBeUndefined();
  });

  it('does not go back with event times that do', () => {
    const schedule = serving();
    schedule.observe(0, 50_000);
    schedule.observe(1, 1_000);
    expect(schedule.due()).toEqual(['50 seconds of event time since the last fit']);
  });

  it('asks for nothing by time alone while what is new would be too little for a first model', () => {
    const few = { ...settings, minWindows: 100, cron: { expression: '* * * * *', timeZone: 'UTC' } };
    const schedule = createRetrainSchedule(few);
    schedule.observe(100, 0);
    schedule.started(schedule.due()!);
    schedule.finished(true);
    schedule.look(0);
    schedule.observe(99, 1_000_000);
    schedule.look(61_000);
    expect(schedule.due()).toBeUndefined();
    schedule.request('drift of s1');
    expect(schedule.due()).toEqual(['drift of s1']);
    schedule.observe(1, 1_000_000);
    schedule.look(121_000);
    expect(schedule.due()).toEqual(['drift of s1', 'cron: * * * * *', '17 minutes of event time since the last fit']);
  });

  it('counts from where another model was put into force by hand', () => {
    const schedule = serving();
    schedule.request('drift of s1');
    schedule.observe(900, 50_000);
    schedule.replaced();
    schedule.observe(100, 89_999);
    expect(schedule.due()).toBeUndefined();
    schedule.observe(1, 90_000);
    expect(schedule.due()).toEqual(['40 seconds of event time since the last fit']);
  });

  it('knows nothing of what the last fit had where another model was put into force by hand', () => {
    const schedule = createRetrainSchedule(settings);
    schedule.observe(100, 10_000);
    schedule.started(schedule.due()!, 60, true);
    schedule.finished(true);
    schedule.request('drift of s1', true);
    schedule.replaced();
    schedule.observe(60, 25_000);
    expect(schedule.due()).toBeUndefined();
    schedule.request('drift of s1');
    expect([schedule.due(), schedule.isRefitEnough(60)]).toEqual([['drift of s1'], false]);
  });

  it('fits sooner at the second whole wave, and anew as windows double, where refits are enough', () => {
    const schedule = createRetrainSchedule({ ...settings, earlyFit: 40 });
    schedule.observe(50, 10_000, true);
    expect(schedule.due()).toBeUndefined();
    schedule.observe(30, 11_000);
    expect(schedule.due()).toBeUndefined();
    schedule.observe(0, 12_000, true);
    expect(schedule.due()).toEqual(['first fit: 80 windows']);
    expect(schedule.isRefitEnough(80)).toBe(false);
    schedule.started(schedule.due()!, 80);
    schedule.finished(true);
    schedule.observe(79, 25_000);
    expect(schedule.due()).toBeUndefined();
    schedule.observe(1, 25_000);
    expect(schedule.due()).toEqual(['80 windows since the last fit, which had 80']);
    expect([schedule.isRefitEnough(99), schedule.isRefitEnough(100)]).toEqual([true, false]);
    schedule.started(schedule.due()!, 160);
    schedule.finished(true);
    schedule.observe(160, 40_000);
    expect(schedule.due()).toBeUndefined();
  });

  it('follows a refit on request by a retraining, once there are twice as many windows', () => {
    const schedule = serving();
    schedule.request('behaviour changed', true);
    schedule.observe(10, 10_000);
    expect(schedule.isRefitEnough(400)).toBe(true);
    schedule.started(schedule.due()!, 400, true);
    schedule.finished(true);
    schedule.observe(399, 20_000);
    expect(schedule.due()).toBeUndefined();
    schedule.observe(1, 20_000);
    expect(schedule.due()).toEqual(['400 windows since the last fit, which had 400']);
    expect(schedule.isRefitEnough(800)).toBe(false);
    schedule.request('behaviour changed', true);
    schedule.request('by hand');
    expect(schedule.isRefitEnough(800)).toBe(false);
  });

  it('takes a model for no younger because a refit of a few windows was refused in its place', () => {
    const schedule = serving();
    const tryRefit = (promoted: boolean, at: number): void => {
      schedule.request('behaviour changed', true);
      schedule.observe(1, at);
      schedule.started(schedule.due()!, 64, true);
      schedule.finished(promoted);
      schedule.observe(400, at + 12_000);
    };
    tryRefit(false, 10_000);
    expect(schedule.due()).toBeUndefined();
    tryRefit(true, 40_000);
    expect(schedule.due()).toEqual(['400 windows since the last fit, which had 64']);
    // Of a young one that stays, the next is tried after twice as many windows as there were.
    schedule.started(schedule.due()!, 500);
    schedule.finished(false);
    schedule.observe(499, 70_000);
    expect(schedule.due()).toBeUndefined();
    schedule.observe(1, 70_000);
    expect(schedule.due()).toEqual(['500 windows since the last fit, which had 500']);
  });

  it('tries a new behaviour again as windows of it double, up to those of a first fit', () => {
    const schedule = serving({ ...settings, everyMs: 1_000_000, minIntervalMs: 0 });
    const tried: number[] = [];
    schedule.request('behaviour changed', true);
    for (let windows = 20; windows <= 400; windows += 20) {
      schedule.observe(20, windows * 1_000);
      if (schedule.due() === undefined) continue;
      expect(schedule.isRefitEnough(windows)).toBe(windows < settings.firstFit || tried.length === 0);
      schedule.started(schedule.due()!, windows, true);
      schedule.finished(false, true);
      expect(schedule.triesAgain).toBe(windows < settings.firstFit);
      tried.push(windows);
    }
    expect(tried).toEqual([20, 40, 80, 160]);
  });

  it('goes on from a snapshot as if it had never stopped', () => {
    const act = fc.oneof(
      fc.record({ windows: fc.integer({ min: 0, max: 600 }), time: fc.integer({ min: 0, max: 100_000 }) }),
      fc.constant('request' as const),
      fc.constant('start' as const),
      fc.constant('finish' as const),
    );
    fc.assert(
      fc.property(fc.array(act, { maxLength: 40 }), fc.nat({ max: 40 }), (acts, stop) => {
        let resumed = createRetrainSchedule(settings);
        const whole = createRetrainSchedule(settings);
        acts.forEach((next, i) => {
          if (i === stop) resumed = createRetrainSchedule(settings, JSON.parse(JSON.stringify(resumed.snapshot())));
          for (const schedule of [whole, resumed]) {
            if (next === 'request') schedule.request(`request ${i}`);
            else if (next === 'finish') schedule.finished(i % 2 === 0);
            else if (next === 'start') {
              const due = schedule.due();
              if (due !== undefined) schedule.started(due, i % 3 === 0 ? undefined : 9 * i, i % 4 === 0);
            } else schedule.observe(next.windows, next.time);
          }
          expect(resumed.due()).toEqual(whole.due());
          expect(resumed.snapshot()).toEqual(whole.snapshot());
        });
      }),
    );
  });

  it('refuses options that contradict each other', () => {
    expect(() => resolveRetrainOptions({ everyMs: 5, minIntervalMs: 6 }, 10)).toThrow(/never be kept/);
    expect(() => resolveRetrainOptions({ firstFit: 0 }, 10)).toThrow(/firstFit/);
    expect(resolveRetrainOptions({}, 7)).toEqual({
      firstFit: 2_000,
      earlyFit: 320,
      everyWindows: 50_000,
      everyMs: 28,
      minIntervalMs: 7,
      minWindows: 2_000,
    });
    expect(() => resolveRetrainOptions({ cron: { expression: 'daily', timeZone: 'UTC' } }, 10)).toThrow(/cron/);
    expect(resolveRetrainOptions({ firstFit: 2_000 }, 7).earlyFit).toBeUndefined();
  });
});
