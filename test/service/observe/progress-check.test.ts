import { describe, expect, it } from 'vitest';
import { createProgressCheck } from '../../../src/service/observe/progress-check.js';

function check() {
  const state = { now: 0, rounds: 1 };
  const progress = createProgressCheck({ partition: 7, rounds: 1 }, () => state.rounds, {
    clock: { now: () => state.now },
    stuckAfterMs: 60_000,
  });
  return { state, progress };
}

describe('the progress of a partition', () => {
  it('is well while its owner looks after it and brokers answer', () => {
    const { state, progress } = check();
    for (let i = 0; i < 100; i++) {
      state.now += 1000;
      state.rounds++;
      progress.turned();
    }
    expect(progress.problem()).toBe(undefined);
  });

  it('is stuck when nobody looks after it', () => {
    const { state, progress } = check();
    state.now = 59_999;
    expect(progress.problem()).toBe(undefined);
    state.now = 60_000;
    expect(progress.problem()).toContain('partition 7 hangs: nothing was read or committed for 60 s');
    progress.turned();
    state.rounds++;
    progress.turned();
    expect(progress.problem()).toBe(undefined);
  });

  it('is not well while no broker answers, however busy its owner', () => {
    const { state, progress } = check();
    for (let i = 0; i < 60; i++) {
      state.now += 1000;
      progress.turned();
    }
    expect(progress.problem()).toBe('no broker has answered for partition 7 for 60 s');
    state.rounds++;
    progress.turned();
    expect(progress.problem()).toBe(undefined);
  });
});
