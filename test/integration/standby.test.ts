import { expect, inject, it } from 'vitest';
import type { Config } from '../../src/service/config/schema.js';
import type { RoleDeps } from '../../src/service/run/role.js';
import { runTrainerFromConfig } from '../../src/service/trainer/trainer-from-config.js';
import { runWorkerFromConfig } from '../../src/service/worker/worker-from-config.js';
import { createPlannedTopics, testDeps } from '../support/kafka/going-worker.js';
import { pipelineConfig, toConfig } from '../support/kafka/pipeline-config.js';
import { readCommitted } from '../support/kafka/read-committed.js';
import { simulatedUsage } from '../support/kafka/simulated-usage.js';
import { createTestTopic } from '../support/kafka/topic.js';

const brokers = inject('brokers');

it('refuses a standby that could not take over when it starts, and not when it is needed', async () => {
  const topic = await createTestTopic(brokers, 1);
  const configOf = (more: Readonly<Record<string, unknown>> = {}): Config =>
    toConfig(
      pipelineConfig(
        { kind: 'kafka', kafka: { brokers, topics: [topic.topic], groupId: topic.topic, pollTimeout: '100ms' } },
        { kind: 'kafka', topicPrefix: `${topic.topic}.` },
        more,
      ),
    );
  await createPlannedTopics(configOf(), 1);
  await topic.produce(simulatedUsage(20, 4).records);
  const active = new AbortController();
  const roles = [runWorkerFromConfig, runTrainerFromConfig].map((role) => role(configOf(), testDeps(active.signal)));
  const failed = Promise.race(roles);
  failed.catch(() => {}); // where nobody waits for it
  const states = await readCommitted(brokers, `${topic.topic}.state`, `${topic.topic}.trainer-state`);
  const isKept = (name: string): boolean =>
    states.records.some(({ topic: from, key }) => from.endsWith(`.${name}`) && String(key).includes('/log/'));
  await Promise.race([
    expect.poll(() => isKept('state') && isKept('trainer-state'), { timeout: 60_000 }).toBe(true),
    failed,
  ]);
  await states.close();

  /** How it ends while the others have all there is. */
  const ends = async (role: (config: Config, deps: RoleDeps) => Promise<unknown>, more: object): Promise<unknown> => {
    const never = new AbortController();
    return role(configOf({ ...more }), testDeps(never.signal)).catch((error: unknown) => error);
  };
  const WINDOW = { step: 'hour', steps: 12, idleTimeout: '1h', customerTtl: '90d' };
  expect(await ends(runWorkerFromConfig, { window: WINDOW })).toMatchObject({
    code: 'state',
    message: expect.stringMatching(/shaped by other settings of input, window or series; put them back/),
  });
  expect(await ends(runTrainerFromConfig, { window: WINDOW })).toMatchObject({
    code: 'state',
    message: expect.stringMatching(/shaped by other settings of window and series/),
  });
  expect(await ends(runTrainerFromConfig, { run: { seed: 7 } })).toMatchObject({
    code: 'state',
    message: expect.stringMatching(/other settings: .*seed/),
  });
  expect(await ends(runTrainerFromConfig, { model: { initial: '/nowhere/model.safetensors' } })).toMatchObject({
    code: 'input',
  });

  active.abort();
  await Promise.all(roles);
});
