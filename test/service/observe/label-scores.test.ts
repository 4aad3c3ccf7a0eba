import { expect, it } from 'vitest';
import { adjustedRandIndex } from '../../../src/cluster/adjusted-rand-index.js';
import { normalizedMutualInformation } from '../../../src/cluster/normalized-mutual-information.js';
import type { AssignmentRecord } from '../../../src/publish/assignment-record.js';
import {
  EVENTS,
  HALF,
  kindOf,
  PARTITIONS,
  produce,
  start,
  states,
  train,
  work,
} from '../../support/observed-deployment.js';

it('labels that four workers met score the model in force, also after the trainer and its workers began again', async () => {
  const observers = Array.from({ length: PARTITIONS }, () => start().observer.worker());
  const active = start();
  const parts = [0, HALF, Math.floor((HALF + EVENTS.length) / 2), EVENTS.length];
  for (let i = 0; i + 1 < parts.length; i++) {
    produce(parts[i]!, parts[i + 1]!);
    for (const partition of await Promise.all(observers.map(work))) partition.revoke();
    const training = await train(active);
    if (i + 2 < parts.length) training.revoke();
  }
  const assignments = states.flatMap(({ outputs }) =>
    (outputs.get('assignments') ?? []).map(({ value }) => JSON.parse(String(value)) as AssignmentRecord),
  );
  const scored = assignments.filter(
    ({ segmentId, final, revision, customerId }) =>
      segmentId !== null && final && revision === 0 && kindOf(customerId) !== null,
  );
  expect(scored.length).toBeGreaterThan(200);
  expect(new Set(scored.map(({ modelVersion }) => modelVersion)).size).toBe(1);
  const gaugeOf = async (name: string) => (await active.registry.getSingleMetric(name)!.get()).values[0]!.value;
  expect(await gaugeOf('segtide_label_scored_windows')).toBe(scored.length);
  const kinds = scored.map(({ customerId }) => kindOf(customerId));
  const segments = scored.map(({ segmentId }) => segmentId);
  expect(await gaugeOf('segtide_label_adjusted_rand_index')).toBeCloseTo(adjustedRandIndex(kinds, segments), 9);
  expect(await gaugeOf('segtide_label_normalized_mutual_information')).toBeCloseTo(
    normalizedMutualInformation(kinds, segments),
    9,
  );
});
