import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import kafkajs, { type AclEntry, type Kafka } from 'kafkajs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/service/config/load-config.js';
import { toConnection } from '../../src/service/run/to-connection.js';
import { checkTopics, toCreate } from '../../src/service/topics/check-topics.js';
import { type Acl, planAcls, topicsOf } from '../../src/service/topics/plan-acls.js';
import { planTopics } from '../../src/service/topics/plan-topics.js';
import { type KafkaConnectionOptions, openKafka } from '../../src/transport/kafka/kafka-connection.js';
import { createKafkaProducer } from '../../src/transport/kafka/kafka-producer.js';
import { describeTopic, ensureTopics, withAdmin } from '../../src/transport/kafka/topics.js';
import { type Certificates, makeCertificates } from '../support/kafka/certificates.js';
import { startSecureBroker } from '../support/kafka/secure-broker.js';
import type { Broker } from '../support/kafka/start.js';
import { openTestTopic } from '../support/kafka/topic.js';

const { AclOperationTypes, AclPermissionTypes, AclResourceTypes, Partitioners, ResourcePatternTypes } = kafkajs;

let folder: string;
let files: Certificates;
let broker: Broker;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'segtide-secure-'));
  files = await makeCertificates(folder, 'admin');
  broker = await startSecureBroker(files);
}, 120_000);
afterAll(async () => {
  await broker?.remove();
  await rm(folder, { recursive: true, force: true });
});

describe('a login', () => {
  it.each(['scram-sha-256', 'scram-sha-512'])('by %s', async (mechanism) => {
    const sasl = { mechanism, username: 'admin', password: 'admin-secret' };
    await sendAndCount(await connectionOf('SCRAM', { sasl }));
  });

  it('by a password over TLS', async () => {
    const sasl = { mechanism: 'plain', username: 'admin', password: 'admin-secret' };
    await sendAndCount(await connectionOf('PLAIN', { sasl, tls: { ca: files.ca } }));
  });

  it('by a certificate, whose key is encrypted', async () => {
    const { ca, clientCert: cert, clientKey: key, passphrase } = files;
    await sendAndCount(await connectionOf('MTLS', { tls: { ca, cert, key, passphrase } }));
  });

  it('by a token from a file', async () => {
    const tokenFile = join(folder, 'token');
    await writeFile(tokenFile, `${tokenOf('admin', 60)}\n`);
    const sasl = { mechanism: 'oauthbearer', tokenFile, allowPlaintext: true };
    await sendAndCount(await connectionOf('OAUTH', { sasl }));
  });

  it('by tokens of an authorisation server, on connections that outlive them', async () => {
    const server = await startTokenServer();
    const tokenUrl = `http://127.0.0.1:${(server.http.address() as AddressInfo).port}/token`;
    const credentials = { tokenUrl, clientId: 'admin', clientSecret: 'a:b c', scope: 'kafka' };
    const connection = await connectionOf('OAUTH', {
      sasl: { mechanism: 'oauthbearer', ...credentials, allowPlaintext: true },
    });
    const topic = await newTopic();
    const producer = await createKafkaProducer(connection);
    const began = Date.now();
    for (let sent = 0; server.given < 3; sent++) {
      expect(Date.now() - began).toBeLessThan(30_000);
      await producer.send(topic, [{ key: 'k', value: String(sent) }]);
      await sleep(100);
    }
    await producer.close();
    server.http.close();
  });

  it.each([
    ['a wrong password', 'SCRAM', { mechanism: 'scram-sha-256', username: 'admin', password: 'x' }, undefined, /auth/i],
    [
      'an authority that is not known',
      'PLAIN',
      { mechanism: 'plain', username: 'admin', password: 'admin-secret' },
      true,
      /certificate/,
    ],
    [
      'no certificate of its own',
      'MTLS',
      undefined,
      'ca',
      /certificate required|alert|closed|ECONNRESET|handshake|Connection error/i,
    ],
  ])(
    'is refused with %s, in words',
    async (_, listener, sasl, tls, words) => {
      const connection = await connectionOf(listener, { sasl, tls: tls === 'ca' ? { ca: files.ca } : tls });
      await expect(createKafkaProducer(connection)).rejects.toMatchObject({
        code: 'transport',
        message: expect.stringMatching(words),
      });
    },
    60_000,
  );
});

describe('the planned rights of a worker', () => {
  const GROUP = 'usage-segments';
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
      .flatMap(toEntries);
    await withAdmin(host, '', (admin) => admin.createAcls({ acl: acls }));
    const sasl = { mechanism: 'scram-sha-256', username: 'worker', password: 'worker-secret' };
    worker = await openKafka(await connectionOf('SCRAM', { sasl }));
    actions = {
      'commit a transaction': () => commitTransaction(worker, GROUP),
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
    ['commit a transaction', AclResourceTypes.TRANSACTIONAL_ID, `${GROUP}-`, AclOperationTypes.WRITE],
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

/** A coordinator that has just been chosen does not answer yet, and rights take effect a moment later. */
async function untilDone(action: () => Promise<void>): Promise<void> {
  await expect.poll(() => action().then(() => 'done', String), { timeout: 20_000 }).toBe('done');
}

/** How a config says that a listener is reached. */
function connectionOf(listener: string, keys: Readonly<Record<string, unknown>>) {
  const text = JSON.stringify({ input: { kafka: { brokers: [broker.listeners[listener]], ...keys } } });
  return toConnection(loadConfig({ file: { path: 'secure.yaml', text } }).input.kafka!);
}

let topics = 0;
async function newTopic(): Promise<string> {
  const topic = `secure-${topics++}`;
  await ensureTopics(await openKafka({ brokers: broker.brokers }), [{ topic, partitions: 1 }]);
  return topic;
}

async function sendAndCount(connection: KafkaConnectionOptions): Promise<void> {
  const topic = await newTopic();
  const producer = await createKafkaProducer(connection);
  await producer.send(topic, [{ key: 'a', value: '1' }]);
  await producer.close();
  expect(await describeTopic(await openKafka(connection), topic)).toEqual([{ partition: 0, low: 0n, high: 1n }]);
}

/** A token without a signature. */
function tokenOf(subject: string, seconds: number): string {
  const now = Math.floor(Date.now() / 1000);
  const parts = [{ alg: 'none' }, { sub: subject, iat: now, exp: now + seconds, scope: [] }];
  return `${parts.map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')}.`;
}

/** Gives tokens of twelve seconds to a client that knows its secret. */
async function startTokenServer(): Promise<{ readonly http: Server; given: number }> {
  const http = createServer((request, response) => {
    const secret = Buffer.from('admin:a%3Ab+c').toString('base64');
    if (request.headers.authorization !== `Basic ${secret}`) {
      response.writeHead(401).end();
      return;
    }
    server.given++;
    response.end(JSON.stringify({ access_token: tokenOf('admin', 12), token_type: 'Bearer', expires_in: 12 }));
  });
  const server = { http, given: 0 };
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  return server;
}

/** Outputs, state and offsets in one transaction. */
async function commitTransaction(kafka: Kafka, groupId: string): Promise<void> {
  const producer = kafka.producer({
    transactionalId: `${groupId}-rights-events-0`,
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

function toEntries({ resource, name, pattern, operations }: Acl): AclEntry[] {
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
    principal: 'User:worker',
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
