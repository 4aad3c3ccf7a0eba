import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import kafkajs, { type AclEntry, type Kafka } from 'kafkajs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/service/config/load-config.js';
import type { Config } from '../../src/service/config/schema.js';
import { createLog } from '../../src/service/log.js';
import { runNotifierFromConfig } from '../../src/service/notify/notify-from-config.js';
import type { RoleDeps } from '../../src/service/run/role.js';
import { checkTopics, toCreate } from '../../src/service/topics/check-topics.js';
import { workerTransactionalIds } from '../../src/service/topics/client-names.js';
import { type Acl, planAcls, type Role, topicsOf } from '../../src/service/topics/plan-acls.js';
import { planTopics } from '../../src/service/topics/plan-topics.js';
import { runTrainerFromConfig } from '../../src/service/trainer/trainer-from-config.js';
import { createView } from '../../src/service/view/create-view.js';
import { toViewSettings } from '../../src/service/view/to-view-settings.js';
import { runWorkerFromConfig } from '../../src/service/worker/worker-from-config.js';
import { openKafka } from '../../src/transport/kafka/kafka-connection.js';
import { ensureTopics, withAdmin } from '../../src/transport/kafka/topics.js';
import { raised } from '../service/notify/raised-alert.js';
import { openScriptedReceiver } from '../support/alert-receiver.js';
import { makeCertificates } from '../support/kafka/certificates.js';
import { pipelineConfig, toConfig } from '../support/kafka/pipeline-config.js';
import { startSecureBroker } from '../support/kafka/secure-broker.js';
import { simulatedUsage } from '../support/kafka/simulated-usage.js';
import type { Broker } from '../support/kafka/start.js';
import { openTestTopic } from '../support/kafka/topic.js';

const { AclOperationTypes, AclPermissionTypes, AclResourceTypes, Partitioners, ResourcePatternTypes } = kafkajs;

let folder: string;
let broker: Broker;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'segtide-rights-'));
  broker = await startSecureBroker(await makeCertificates(folder, 'admin'));
});
afterAll(async () => {
  await broker?.remove();
  await rm(folder, { recursive: true, force: true });
});

describe('the planned rights of a worker', () => {
  const GROUP = 'usage-segments';
  const TRANSACTIONAL_IDS = workerTransactionalIds('rights.');
  const config = () =>
    loadConfig({
      file: {
        path: 'c.yaml',
        text: JSON.stringify({
          input: { kind: 'kafka', kafka: { brokers: broker.brokers, topics: ['rights-events'], groupId: GROUP } },
          output: { kind: 'kafka', topicPrefix: 'rights.' },
        }),
      },
    });
  let acls: AclEntry[];
  let worker: Kafka;
  let actions: Readonly<Record<string, () => Promise<void>>>;
  beforeAll(async () => {
    const plan = planTopics(config());
    const host = await openKafka({ brokers: broker.brokers });
    await ensureTopics(host, [{ topic: 'rights-events', partitions: 1 }, ...toCreate(plan, 1)]);
    for (const topic of ['rights-events', 'rights.models'])
      await openTestTopic(broker.brokers, topic).produce([{ key: 'k', value: 'x' }]);
    acls = planAcls(config())
      .filter(({ role }) => role === 'worker')
      .flatMap((acl) => toEntries(acl, 'worker'));
    await withAdmin(host, '', (admin) => admin.createAcls({ acl: acls }));
    const sasl = { mechanism: 'scram-sha-256', username: 'worker', password: 'worker-secret' } as const;
    worker = await openKafka({ brokers: [broker.listeners.SCRAM!], sasl });
    actions = {
      'commit a transaction': () => commitTransaction(worker, GROUP, TRANSACTIONAL_IDS),
      'read the input': () => readOne(worker, GROUP, 'rights-events'),
      'read the state': () => readOne(worker, `${GROUP}-reader-state-1`, 'rights.state'),
      'read models': () => readOne(worker, `${GROUP}-reader-models-1`, 'rights.models'),
      'clear the state': () =>
        withAdmin(worker, '', async (admin) => {
          await admin.fetchTopicOffsets('rights.state'); // makes kafkajs look up the leader, which it needs next
          await admin.deleteTopicRecords({ topic: 'rights.state', partitions: [{ partition: 0, offset: '1' }] });
        }),
      'check its topics': () => checkTopics(worker, topicsOf(plan, ['worker']), { inputPartitions: 1, create: false }),
    };
  });

  it('let it do all its work', async () => {
    for (const action of Object.values(actions)) await untilDone(action);
    // What was cleared must be there again for the tests below.
    await actions['commit a transaction']!();
  });

  it.each([
    ['commit a transaction', AclResourceTypes.TRANSACTIONAL_ID, TRANSACTIONAL_IDS, AclOperationTypes.WRITE],
    ['commit a transaction', AclResourceTypes.TOPIC, 'rights.assignments', AclOperationTypes.WRITE],
    ['commit a transaction', AclResourceTypes.TOPIC, 'rights.state', AclOperationTypes.WRITE],
    ['commit a transaction', AclResourceTypes.GROUP, GROUP, AclOperationTypes.READ],
    ['read the input', AclResourceTypes.TOPIC, 'rights-events', AclOperationTypes.READ],
    ['read the input', AclResourceTypes.GROUP, GROUP, AclOperationTypes.READ],
    ['read the state', AclResourceTypes.TOPIC, 'rights.state', AclOperationTypes.READ],
    ['read the state', AclResourceTypes.GROUP, `${GROUP}-reader-`, AclOperationTypes.READ],
    ['read models', AclResourceTypes.TOPIC, 'rights.models', AclOperationTypes.READ],
    ['clear the state', AclResourceTypes.TOPIC, 'rights.state', AclOperationTypes.DELETE],
    ['check its topics', AclResourceTypes.TOPIC, 'rights.late', AclOperationTypes.WRITE],
  ])(
    'are needed: it cannot %s without one of them (%i %s %i)',
    async (action, resourceType, resourceName, operation) => {
      const acl = acls.find(
        (entry) =>
          entry.resourceType === resourceType && entry.resourceName === resourceName && entry.operation === operation,
      )!;
      const host = await openKafka({ brokers: broker.brokers });
      await withAdmin(host, '', (admin) => admin.deleteAcls({ filters: [acl] }));
      try {
        await expect
          .poll(() => actions[action]!().then(() => 'done', String), { timeout: 20_000 })
          .toMatch(/not authori|may not see|failed to find group coordinator|deleting records/i);
      } finally {
        await withAdmin(host, '', (admin) => admin.createAcls({ acl: [acl] }));
      }
      await untilDone(actions[action]!);
      if (action === 'clear the state') await actions['commit a transaction']!();
    },
  );
});

describe('the planned rights of worker and trainer', () => {
  it('let them segment customers together', { timeout: 180_000 }, async () => {
    const { records } = simulatedUsage(150, 20);
    const host = await openKafka({ brokers: broker.brokers });
    const plan = planTopics(rolesConfig('worker'));
    await ensureTopics(host, [{ topic: 'usage', partitions: 2 }, ...toCreate(plan, 2)]);
    await allow(host, 'worker');
    await allow(host, 'trainer');
    await openTestTopic(broker.brokers, 'usage').produce(records);
    const controller = new AbortController();
    const deps: RoleDeps = {
      signal: controller.signal,
      clock: { now: Date.now },
      log: createLog({ level: 'error', format: 'text', write: (line) => process.stderr.write(line) }),
      progress: () => undefined,
    };
    const worker = runWorkerFromConfig(rolesConfig('worker'), deps);
    const trainer = runTrainerFromConfig(rolesConfig('trainer'), deps);
    const models = openTestTopic(broker.brokers, 'roles.models');
    while ((await models.count()) === 0) await Promise.race([sleep(200), failureOf(worker), failureOf(trainer)]);
    controller.abort();
    expect((await worker).windows).toBeGreaterThan(500);
    expect((await trainer).published.length).toBeGreaterThan(0);
  });
});

describe('the planned rights of those who tell others', () => {
  it('let a view show and a notifier send what there is', { timeout: 120_000 }, async () => {
    const host = await openKafka({ brokers: broker.brokers });
    await ensureTopics(host, toCreate(planTopics(rolesConfig('view')), 2));
    await allow(host, 'view');
    await allow(host, 'notifier');
    const value = JSON.stringify(raised('a', { emittedAt: Date.now() }));
    await openTestTopic(broker.brokers, 'told.alerts').produce([{ key: 'a', value }]);
    const log = createLog({ level: 'error', format: 'text', write: (line) => process.stderr.write(line) });
    const view = await createView({ ...toViewSettings(rolesConfig('view'), undefined, 0), port: 0 }, log);
    const hook = await openScriptedReceiver();
    const controller = new AbortController();
    const { signal } = controller;
    const notify = { groupWait: '10ms', webhook: { url: hook.url } };
    const deps: RoleDeps = { signal, log, clock: { now: Date.now }, progress: () => undefined };
    const notifier = runNotifierFromConfig(rolesConfig('notifier', { alerts: { notify } }), deps);
    try {
      await Promise.race([hook.came(1), failureOf(notifier)]);
      expect(hook.requests[0]!.body.alerts[0].customerId).toBe('a');
      const hasRead = async () => {
        const { records } = (await (await fetch(`${view.url}api/summary`)).json()) as { records: { alerts?: number } };
        return records.alerts;
      };
      while ((await hasRead()) !== 1) await Promise.race([sleep(100), failureOf(view.ended)]);
    } finally {
      controller.abort();
      await view.close();
      await notifier;
      await hook.close();
    }
  });
});

/** A role's config with the login of a user who may do nothing but what is planned for it. */
function rolesConfig(user: Role, more: object = {}): Config {
  const sasl = { mechanism: 'scram-sha-512', username: user, password: `${user}-secret` };
  const kafka = { brokers: [broker.listeners.SCRAM!], sasl, topics: ['usage'], groupId: 'roles', pollTimeout: '200ms' };
  // Workers have alerts of their own.
  const topicPrefix = user === 'view' || user === 'notifier' ? 'told.' : 'roles.';
  const output = { kind: 'kafka', topicPrefix, compression: 'lz4' };
  return toConfig(pipelineConfig({ kind: 'kafka', kafka }, output, { delivery: { commitEvery: '200ms' }, ...more }));
}

async function allow(host: Kafka, role: Role): Promise<void> {
  const acl = planAcls(rolesConfig(role)).filter((planned) => planned.role === role);
  const entries = acl.flatMap((one) => toEntries(one, role));
  const any = { resourceType: AclResourceTypes.ANY, resourcePatternType: ResourcePatternTypes.ANY };
  const ofRole = {
    operation: AclOperationTypes.ANY,
    permissionType: AclPermissionTypes.ANY,
    principal: `User:${role}`,
  };
  await withAdmin(host, '', async (admin) => {
    await admin.createAcls({ acl: entries });
    // They take effect a moment later.
    const count = async () =>
      (await admin.describeAcls({ ...any, ...ofRole })).resources.flatMap(({ acls }) => acls).length;
    await expect.poll(count, { timeout: 20_000 }).toBeGreaterThanOrEqual(entries.length);
  });
}

/** Never resolves while the role goes on. */
function failureOf(role: Promise<unknown>): Promise<never> {
  return role.then(() => new Promise<never>(() => {}));
}

/** A coordinator that has just been chosen does not answer yet, and rights take effect a moment later. */
async function untilDone(action: () => Promise<void>): Promise<void> {
  await expect.poll(() => action().then(() => 'done', String), { timeout: 20_000 }).toBe('done');
}

/** Outputs, state and offsets in one transaction. */
async function commitTransaction(kafka: Kafka, groupId: string, transactionalIds: string): Promise<void> {
  const producer = kafka.producer({
    transactionalId: `${transactionalIds}0`,
    idempotent: true,
    maxInFlightRequests: 1,
    createPartitioner: Partitioners.DefaultPartitioner,
  });
  await producer.connect();
  const transaction = await producer.transaction();
  try {
    for (const topic of ['rights.assignments', 'rights.samples', 'rights.statistics', 'rights.state']) {
      await transaction.send({ topic, messages: [{ key: 'k', value: 'v' }] });
    }
    const partitions = [{ partition: 0, offset: '0' }];
    await transaction.sendOffsets({ consumerGroupId: groupId, topics: [{ topic: 'rights-events', partitions }] });
    await transaction.commit();
  } catch (error) {
    await transaction.abort().catch(() => {}); // the first error is the one to tell
    throw error;
  } finally {
    await producer.disconnect();
  }
}

/** Resolves with the first record that a group reads. */
async function readOne(kafka: Kafka, groupId: string, topic: string): Promise<void> {
  const consumer = kafka.consumer({ groupId, maxWaitTimeInMs: 100, retry: { retries: 2 } });
  try {
    await consumer.connect();
    await consumer.subscribe({ topics: [topic], fromBeginning: true });
    await new Promise<void>((resolve, reject) => {
      consumer.on(consumer.events.CRASH, ({ payload }) => reject(payload.error));
      consumer.run({ autoCommit: false, eachMessage: async () => resolve() }).catch(reject);
    });
  } finally {
    await consumer.disconnect();
  }
}

function toEntries({ resource, name, pattern, operations }: Acl, user: string): AclEntry[] {
  const resourceType = {
    topic: AclResourceTypes.TOPIC,
    group: AclResourceTypes.GROUP,
    'transactional-id': AclResourceTypes.TRANSACTIONAL_ID,
  }[resource];
  const resourcePatternType = pattern === 'prefixed' ? ResourcePatternTypes.PREFIXED : ResourcePatternTypes.LITERAL;
  return operations.map((operation) => ({
    resourceType,
    resourceName: name,
    resourcePatternType,
    principal: `User:${user}`,
    host: '*',
    operation: OPERATIONS[operation],
    permissionType: AclPermissionTypes.ALLOW,
  }));
}

const OPERATIONS = {
  Read: AclOperationTypes.READ,
  Write: AclOperationTypes.WRITE,
  Create: AclOperationTypes.CREATE,
  Delete: AclOperationTypes.DELETE,
  Describe: AclOperationTypes.DESCRIBE,
  DescribeConfigs: AclOperationTypes.DESCRIBE_CONFIGS,
} as const;
