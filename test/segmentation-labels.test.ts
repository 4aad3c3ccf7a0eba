import { Registry } from 'prom-client';
import { lastValueFrom } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { adjustedRandIndex } from '../src/cluster/adjusted-rand-index.js';
import { normalizedMutualInformation } from '../src/cluster/normalized-mutual-information.js';
import type { Source } from '../src/ports.js';
import type { AssignmentRecord } from '../src/publish/assignment-record.js';
import { createSegmentation, type SegmentationSnapshot } from '../src/segmentation.js';
import type { LabelScores } from '../src/trainer/label-agreement.js';
import { expectSame } from './support/expect-same.js';
import {
  type CollectedOutputs,
  collectOutputs,
  smallSettings,
  smallStream,
  trainHere,
} from './support/small-stream.js';
import { type TestEvent, toUsageBatch } from './window/usage-events.js';

/** Customers of three kinds; of every fifth nothing is known, and every seventh is told to be of another kind. */
function kindOf(customer: string): number {
  const number = Number(customer.slice(1));
  if (Number.isNaN(number) || number % 5 === 0) return 0;
  return 1 + ((number + (number % 7 === 0 ? 1 : 0)) % 3);
}

const UNLABELLED = smallStream(120, 8);
const EVENTS = UNLABELLED.map((event, i) => ({ ...event, label: i % 2 === 0 ? kindOf(event.customer) : 0 }));
/** Models take over after 256 and 768 of 960 windows. */
const SETTINGS = smallSettings({ updates: 5, retrain: { firstFit: 256, everyWindows: 512 } });

describe('labels of a segmentation', () => {
  it('are compared with the segments of the model in force, as its assignments tell them', async () => {
    const registry = new Registry();
    const outputs = collectOutputs();
    const scores = await run(EVENTS, outputs, { registry });
    const expected = naiveScores(outputs.records.assignments);
    expect(scores).toEqual({
      windows: expected.windows,
      labels: 3,
      leftOut: 0,
      adjustedRandIndex: expect.closeTo(expected.ari, 9),
      normalizedMutualInformation: expect.closeTo(expected.nmi, 9),
    });
    expect(scores!.windows).toBeGreaterThan(100);
    expect(scores!.adjustedRandIndex).toBeGreaterThan(0.1);
    expect(scores!.adjustedRandIndex).toBeLessThan(0.9);
    expect(await gaugeOf(registry, 'segtide_label_scored_windows')).toBe(scores!.windows);
    expect(await gaugeOf(registry, 'segtide_label_adjusted_rand_index')).toBe(scores!.adjustedRandIndex);
    expect(await gaugeOf(registry, 'segtide_label_normalized_mutual_information')).toBe(
      scores!.normalizedMutualInformation,
    );
    const assigned = outputs.records.assignments.filter(
      ({ status, customerId }) => status === 'assigned' && kindOf(customerId) > 0,
    );
    expect(await gaugeOf(registry, 'segtide_label_windows_total')).toBe(assigned.length);
  });

  it('change nothing else: no model, embedding or record knows of them', async () => {
    const [labelled, unlabelled] = [collectOutputs(), collectOutputs()];
    await run(EVENTS, labelled);
    expect(await run(UNLABELLED, unlabelled)).toBeUndefined();
    expectSame(labelled.records, unlabelled.records);
  });

  it('are scored the same where it goes on from any snapshot', async () => {
    const whole = await run(EVENTS, collectOutputs());
    for (const stopAfter of [2, 9]) {
      const snapshot = await runUntil(EVENTS, stopAfter);
      expect(await run(EVENTS, collectOutputs(), { from: structuredClone(snapshot), skip: stopAfter * 500 })).toEqual(
        whole,
      );
    }
  });

  it('are no part of the state where no event has one', async () => {
    const { windower, learner, trainer } = await runUntil(UNLABELLED, 9);
    for (const part of [windower, learner, trainer]) expect(part).not.toHaveProperty('labels');
    const { trainer: labelled } = await runUntil(EVENTS, 9);
    expect(labelled).toHaveProperty('labels');
  });
});

interface RunOptions {
  readonly registry?: Registry;
  readonly from?: SegmentationSnapshot;
  readonly skip?: number;
}

async function run(
  events: readonly TestEvent[],
  outputs: CollectedOutputs,
  { registry, from, skip = 0 }: RunOptions = {},
): Promise<LabelScores | undefined> {
  const options = { train: trainHere, metrics: registry };
  const segmentation = createSegmentation(SETTINGS, sourceOf(events, skip), outputs, options, from);
  await lastValueFrom(segmentation.page$, { defaultValue: undefined });
  await segmentation.end();
  return segmentation.trainer.labelScores;
}

async function runUntil(events: readonly TestEvent[], batches: number): Promise<SegmentationSnapshot> {
  let pulled = 0;
  const source = sourceOf(events, 0, () => pulled++);
  const isStopped = (): boolean => pulled >= batches;
  const segmentation = createSegmentation(SETTINGS, source, collectOutputs(), { train: trainHere, isStopped });
  await lastValueFrom(segmentation.page$, { defaultValue: undefined });
  return segmentation.snapshot();
}

function sourceOf(events: readonly TestEvent[], skip: number, onPull: () => void = () => undefined): Source {
  let next = skip;
  return {
    async pull() {
      if (next >= events.length) return undefined;
      onPull();
      const batch = toUsageBatch(events.slice(next, next + 500), 1, next + 1);
      next += 500;
      return batch;
    },
    position: () => ({}),
    close: async () => undefined,
  };
}

/** What assignments by the last model say, joined with what is known of the customers. */
function naiveScores(assignments: readonly AssignmentRecord[]): { windows: number; ari: number; nmi: number } {
  const last = assignments.at(-1)!.modelVersion;
  const scored = assignments.filter(
    ({ modelVersion, revision, final, customerId }) =>
      modelVersion === last && revision === 0 && final && kindOf(customerId) > 0,
  );
  const kinds = scored.map(({ customerId }) => kindOf(customerId));
  const segments = scored.map(({ segmentId }) => segmentId);
  return {
    windows: scored.length,
    ari: adjustedRandIndex(kinds, segments),
    nmi: normalizedMutualInformation(kinds, segments),
  };
}

async function gaugeOf(registry: Registry, name: string): Promise<number | undefined> {
  const { values } = await registry.getSingleMetric(name)!.get();
  return values[0]?.value;
}
