import { lastValueFrom } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../src/numeric/random.js';
import type { Source } from '../src/ports.js';
import { createSegmentation, type SegmentationSettings } from '../src/segmentation.js';
import { decodeArtifact } from '../src/train/encode-artifact.js';
import type { TrainingJob, TrainingResult } from '../src/train/training-job.js';
import {
  type CollectedOutputs,
  collectOutputs,
  HOUR,
  STEPS,
  smallSettings,
  trainHere,
} from './support/small-stream.js';
import { type TestEvent, toUsageBatch } from './window/usage-events.js';

const DAY = 24 * HOUR;
const STEP = DAY / STEPS;
const CUSTOMERS = 128;
/** The first Monday of the epoch. */
const MONDAY = 4 * DAY;
const WEEK = 7 * DAY;
/** Steady, in the morning, and in one step of the day. */
const LEVELS: readonly ((step: number) => number)[] = [
  () => 8,
  (step) => (step < STEPS / 2 ? 20 : 0.5),
  (step) => (step === 1 ? 3 : 0.1),
];

describe('a first weekend after the first model', () => {
  it('is no new behaviour: weekdays are not forgotten, and all customers keep their segments', async () => {
    const { results, assignments } = await run(settingsOf(WEEK), usage(9));
    expect(results.map(({ found }) => found)).toEqual([undefined, undefined, undefined]);
    // Up to Thursday, up to Saturday, and up to the next Monday.
    expect(results.map(windowsOf)).toEqual([4, 6, 8].map((days) => days * CUSTOMERS));
    const before = segmentsOn(assignments, MONDAY + 4 * DAY);
    const after = segmentsOn(assignments, MONDAY + 8 * DAY);
    expect(before.size).toBe(CUSTOMERS);
    expect(new Set(before.values()).size).toBe(3);
    expect(after).toEqual(before);
  });

  it('would be one without a cycle to wait for', async () => {
    const { results } = await run(settingsOf(0), usage(7));
    expect(results[1]!.found).toEqual({ since: MONDAY + 5 * DAY, windows: CUSTOMERS });
  });
});

function settingsOf(cycleMs: number): SegmentationSettings {
  const settings = smallSettings({
    cycleMs,
    window: { step: '3h', steps: STEPS },
    encoder: { hidden: 6, latent: 4, updates: 5, engine: 'js', seed: 1, views: ['profile', 'level'] },
    retrain: { firstFit: 512, everyWindows: 256, everyMs: 100 * DAY },
  });
  return { ...settings, trainer: { ...settings.trainer, reservoir: { capacity: 2000, halfLifeMs: 8 * DAY } } };
}

/** Days of customers of three kinds, who at weekends are all twice as active and more so at noon. */
function usage(days: number): TestEvent[] {
  const random = createRandom(3);
  const events: TestEvent[] = [];
  // One day more, so that the last closes.
  for (let slot = 0; slot <= days * STEPS; slot++) {
    const day = Math.floor(slot / STEPS);
    const step = slot % STEPS;
    const weekend = day % 7 >= 5;
    const noon = step === 3 || step === 4;
    for (let i = 0; i < CUSTOMERS; i++) {
      const level = LEVELS[i % 3]!(step);
      const time = MONDAY + slot * STEP + random.below(HOUR);
      const value = level * (weekend ? (noon ? 6 : 2) : 1) * (0.7 + 0.6 * random.next());
      events.push({ customer: `c${i}`, time, values: [value] });
    }
  }
  return events.sort((a, b) => a.time - b.time);
}

async function run(
  settings: SegmentationSettings,
  events: readonly TestEvent[],
): Promise<{ results: readonly TrainingResult[] } & Pick<CollectedOutputs['records'], 'assignments'>> {
  const outputs = collectOutputs();
  const trainings: Promise<TrainingResult>[] = [];
  const train = (job: TrainingJob) => {
    const training = trainHere(job);
    trainings.push(training.result);
    return training;
  };
  const batches = [toUsageBatch(events)];
  const source: Source = {
    pull: async () => batches.pop(),
    position: () => ({}),
    close: async () => undefined,
  };
  const segmentation = createSegmentation(settings, source, outputs, { train });
  await lastValueFrom(segmentation.page$, { defaultValue: undefined });
  await segmentation.end();
  return { results: await Promise.all(trainings), assignments: outputs.records.assignments };
}

function windowsOf({ artifact }: TrainingResult): number {
  const { windows, heldOutWindows } = decodeArtifact(artifact).training;
  return windows + heldOutWindows;
}

function segmentsOn(
  assignments: CollectedOutputs['records']['assignments'],
  windowStart: number,
): ReadonlyMap<string, string | null> {
  return new Map(
    assignments
      .filter((assignment) => assignment.windowStart === windowStart)
      .map(({ customerId, segmentId }) => [customerId, segmentId]),
  );
}
