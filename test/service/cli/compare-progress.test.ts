import { expect, it } from 'vitest';
import { createCompareProgress } from '../../../src/service/cli/compare-progress.js';

it('tells what a comparison does, since when, and how long it will go on', () => {
  let seconds = 0;
  const { begin, train, draw, line } = createCompareProgress({ encoders: 2, seeds: 3, now: () => 1000 * seconds });
  const dae = { encoder: 'dae', encoderNumber: 2 };
  begin({ encoder: 'series', encoderNumber: 1, method: 'k-means', seedNumber: 3 });
  seconds = 100;
  begin({ ...dae, method: null, seedNumber: 1 });
  seconds = 112;
  const training = { of: 500, epoch: 1, series: 60, trainLoss: 1, heldOutLoss: 1, windowsPerSecond: 10 };
  train({ ...training, updates: 100, remainingMs: 48_000 });
  expect(line()).toBe('2 of 2  dae  seed 1 of 3  12.0 s so far  training 20 %, 48.0 s to go');
  begin({ ...dae, method: 'hdbscan', seedNumber: 1 });
  expect(line()).toBe('2 of 2  dae, hdbscan  seed 1 of 3  12.0 s so far');
  seconds = 130;
  // A seed took 30 s, and three will take 90.
  begin({ ...dae, method: null, seedNumber: 2 });
  seconds = 140;
  expect(line()).toBe('2 of 2  dae  seed 2 of 3  40.0 s so far, about 50.0 s left');
  draw('dae');
  expect(line()).toBe('drawing  maps of dae');
});
