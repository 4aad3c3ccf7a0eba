import { beforeAll, describe, expect, it } from 'vitest';
import type { Alert } from '../../../src/anomaly/alert.js';
import { createRandom } from '../../../src/numeric/random.js';
import { decodePartitionState } from '../../../src/service/worker/partition-state.js';
import { decodeArtifact } from '../../../src/train/encode-artifact.js';
import type { ModelRecord } from '../../../src/train/model-record.js';
import { createReservoir } from '../../../src/train/reservoir.js';
import { runTrainingJob } from '../../../src/train/run-training-job.js';
import { createWindower } from '../../../src/window/windower.js';
import { createMemoryPartition } from '../../support/memory-partition.js';
import { createMemoryState, type MemoryState } from '../../support/memory-store.js';
import { SMALL, smallJob } from '../../support/small-models.js';
import { HOUR, STEPS, smallStream } from '../../support/small-stream.js';
import { toUsageBatch } from '../../window/usage-events.js';
import { drain, EVENTS, newTopics, toRecords } from './owned-partition.js';

/** A model of enough windows to tell what is usual. */
async function anomalyModel(): Promise<ModelRecord> {
  const windower = createWindower(SMALL.window);
  const reservoir = createReservoir({ capacity: 600, steps: STEPS, channels: 1, seed: 1 });
  const events = smallStream(80, 5, 2).filter(({ customer }) => customer !== 'late');
  for (const close of [() => windower.push(toUsageBatch(events)), () => windower.finish()]) {
    for (const page of close()) for (let i = 0; i < page.length; i++) reservoir.add(page, i);
  }
  const { modelVersion, artifact } = await runTrainingJob(smallJob({ reservoir: reservoir.snapshot() }));
  return { kind: 'model', modelVersion, artifact, previousVersion: null };
}

const alertsOf = ({ outputs }: MemoryState) =>
  (outputs.get('alerts') ?? []).map(({ key, value }) => {
    const { emittedAt: _, ...alert } = JSON.parse(String(value)) as Alert;
    return { key: String(key), ...alert };
  });

describe('a worker that watches for alerts', () => {
  let inForce: () => readonly ModelRecord[];
  beforeAll(async () => {
    const model = await anomalyModel();
    inForce = () => [model];
  });

  it('raises each alert once, whenever it is killed', async () => {
    const oracle = createMemoryState();
    await drain(newTopics(), oracle, { inForce });
    const expected = alertsOf(oracle);
    expect(new Set(expected.map(({ kind }) => kind))).toContain('anomaly');
    expect(expected.length).toBeGreaterThan(9);
    expect(expected.every(({ key, customerId }) => customerId === null || key === customerId)).toBe(true);

    const random = createRandom(4);
    for (let round = 0; round < 3; round++) {
      const topics = newTopics();
      const state = createMemoryState();
      for (let kills = 0; kills < 10; kills++) {
        await drain(topics, state, {
          killAfterPages: 1 + random.below(12),
          inForce,
          fetchedRecords: 20 + random.below(300),
          options: { commitEveryMs: 0, maxCommitBytes: 1 + random.below(3000) },
        });
      }
      await drain(topics, state, { inForce });
      expect(alertsOf(state)).toEqual(expected);
    }
  });

  it('takes nothing for odd in a segment that began after its model was fitted', async () => {
    const [model] = inForce();
    if (model?.kind !== 'model') throw new Error('no model');
    const { clusterModel } = decodeArtifact(model.artifact);
    const segmentsOf = async (born: readonly string[]) => {
      const cluster = { ...clusterModel, centroidEpoch: 1, born };
      const records = [model, { kind: 'centroids', cluster } as const];
      const state = createMemoryState();
      await drain(newTopics(), state, { inForce: () => records });
      const anomalies = alertsOf(state).filter(({ kind }) => kind === 'anomaly');
      return [...new Set(anomalies.map(({ segmentId }) => segmentId!))];
    };
    const [first, ...others] = await segmentsOf([]);
    expect(others.length).toBeGreaterThan(0);
    expect((await segmentsOf([first!])).sort()).toEqual(others.sort());
  });

  it('names nobody in its state who was forgotten', async () => {
    const options = { forgetTopic: 'forget-requests', checkpointRecords: 1 };
    const topics = createMemoryPartition(0, ['usage', 'forget-requests']);
    topics.append('usage', toRecords(EVENTS));
    const state = createMemoryState();
    await drain(topics, state, { inForce, options });
    const stored = () => decodePartitionState(state.commits.findLast(({ checkpoint }) => checkpoint)!.checkpoint!);
    const [{ customerId } = {}] = stored().publisher.topAlerts;
    if (customerId == null) throw new Error('no alert is about a customer');
    topics.append('forget-requests', [{ key: customerId, value: '{}' }]);
    await drain(topics, state, { inForce, options });
    topics.append('usage', toRecords([{ customer: 'late', time: HOUR }]));
    await drain(topics, state, { inForce, options });
    expect(stored().publisher.topAlerts.length).toBeGreaterThan(0);
    expect(stored().publisher.topAlerts.map((alert) => alert.customerId)).not.toContain(customerId);
  });
});
