import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import avro from 'avsc';
import { expect, inject, it } from 'vitest';
import type { Config } from '../../src/service/config/schema.js';
import { type StatusServer, serveStatus } from '../../src/service/http/serve-status.js';
import { createLog } from '../../src/service/log.js';
import { createTrafficLog } from '../../src/service/observe/traffic-log.js';
import type { Progress } from '../../src/service/run-summary.js';
import { runTrainerFromConfig } from '../../src/service/trainer/trainer-from-config.js';
import { runWorkerFromConfig } from '../../src/service/worker/worker-from-config.js';
import { pipelineConfig, toConfig } from '../support/kafka/pipeline-config.js';
import { simulatedUsage } from '../support/kafka/simulated-usage.js';
import { createTestTopic } from '../support/kafka/topic.js';

const brokers = inject('brokers');
const { records } = simulatedUsage(60, 10);

/** A worker or a trainer with its server. */
async function start(role: typeof runWorkerFromConfig | typeof runTrainerFromConfig, config: Config) {
  const controller = new AbortController();
  const { signal } = controller;
  const log = createLog({ level: 'warn', format: 'text', write: (line) => process.stderr.write(line) });
  const clock = { now: Date.now };
  const status = (await serveStatus(config, { log, clock, signal })) as StatusServer;
  const begun = status.health.report();
  const lines: string[] = [];
  const traffic = createTrafficLog({
    log: createLog({ level: 'info', format: 'json', write: (line) => lines.push(line) }),
    ...{ reads: true, health: status.health, waiting: status.observer.waiting, now: clock.now, everyMs: 1_000_000 },
  });
  const progress = (reached: Progress): void => traffic.take(reached);
  const deps = { signal, log, clock, progress, observer: status.observer };
  const ended = (role as typeof runWorkerFromConfig)(config, deps);
  ended.catch((error: Error) => status.health.failed('role', error.message));
  return {
    begun,
    ended,
    async ready() {
      const answer = await fetch(`${status.url}/readyz`);
      return { code: answer.status, ...((await answer.json()) as ReturnType<typeof status.health.report>) };
    },
    async value(series: string): Promise<number | undefined> {
      const text = await (await fetch(`${status.url}/metrics`)).text();
      const line = text.split('\n').find((each) => each.startsWith(`${series} `));
      return line === undefined ? undefined : Number(line.slice(series.length + 1));
    },
    /** What its log says of it now. */
    line() {
      traffic.look();
      return JSON.parse(lines.at(-1)!) as { readonly level: string; readonly msg: string };
    },
    stop: () => controller.abort(),
    close() {
      traffic.close();
      return status.close();
    },
  };
}

type Started = Awaited<ReturnType<typeof start>>;

async function until(check: () => Promise<boolean>): Promise<void> {
  for (let i = 0; i < 300; i++) {
    if (await check()) return;
    await sleep(200);
  }
  throw new Error('it did not come to that in a minute');
}

/** Events by any fate. */
async function total(role: Started): Promise<number> {
  const fates = ['accepted', 'late', 'duplicate', 'dead_lettered', 'quarantined', 'skipped'];
  const counts = await Promise.all(fates.map((fate) => role.value(`segtide_ingest_events_total{fate="${fate}"}`)));
  return counts.reduce((sum: number, count) => sum + count!, 0);
}

const isReady = async (role: Started): Promise<boolean> => (await role.ready()).code === 200;
const detail = async (role: Started, name: string): Promise<string | undefined> =>
  (await role.ready()).checks.find((check) => check.name === name)?.detail;

it('a worker and trainers are ready once they work or stand by, and not when they are told to stop', async () => {
  const topic = await createTestTopic(brokers, 2);
  const kafka = { brokers, topics: [topic.topic], groupId: topic.topic, pollTimeout: '200ms', sessionTimeout: '6s' };
  const output = { kind: 'kafka', topicPrefix: `${topic.topic}.`, createTopics: true };
  const config = toConfig(
    pipelineConfig({ kind: 'kafka', kafka }, output, { delivery: { commitEvery: '200ms' }, http: { port: 0 } }),
  );
  await topic.produce(records);
  const worker = await start(runWorkerFromConfig, config);
  expect(worker.begun.status).toBe('not ready');
  await until(() => isReady(worker));
  expect(await detail(worker, 'worker.assigned')).toBe('partitions 0, 1');
  expect(await detail(worker, 'worker.model')).toBe('warming: there is no model yet');

  const trainer = await start(runTrainerFromConfig, config);
  await until(() => isReady(trainer));
  const standby = await start(runTrainerFromConfig, config);
  await until(() => isReady(standby));
  expect(await detail(standby, 'trainer.assigned')).toContain('standing by');
  expect([await trainer.value('segtide_trainer_active'), await standby.value('segtide_trainer_active')]).toEqual([
    1,
    undefined,
  ]);

  // The end of a topic is looked up every ten seconds.
  for (const partition of [0, 1]) {
    await until(async () => (await worker.value(`segtide_ingest_lag_records{partition="${partition}"}`)) === 0);
  }
  await until(async () => (await total(worker)) === records.length);
  expect(await worker.value('segtide_worker_partitions')).toBe(2);

  trainer.stop();
  expect((await trainer.ready()).code).toBe(503);
  expect(await detail(trainer, 'running')).toContain('told to stop');
  await trainer.ended;
  // The standby takes over, and has the figures from then on.
  await until(async () => (await standby.value('segtide_trainer_active')) === 1);
  expect(await trainer.value('segtide_trainer_active')).toBe(undefined);

  worker.stop();
  standby.stop();
  await Promise.all([worker.ended, standby.ended]);
  expect(await worker.value('segtide_worker_partitions')).toBe(undefined);
  await Promise.all([worker, trainer, standby].map((role) => role.close()));
});

it('a worker that hangs is not ready and says so, also in its log, and is ready again when it goes on', async () => {
  const topic = await createTestTopic(brokers, 1);
  const schema = avro.Type.forSchema({
    type: 'record',
    name: 'Usage',
    fields: [
      { name: 'customerId', type: 'string' },
      { name: 'timestamp', type: 'long' },
      { name: 'value', type: 'double' },
    ],
  });
  const registry = await openStallingRegistry(JSON.stringify(schema));
  const kafka = {
    ...{ brokers, topics: [topic.topic], groupId: topic.topic, pollTimeout: '200ms', sessionTimeout: '6s' },
    ...{ format: 'avro', registry: { url: registry.url, timeout: '500ms' } },
  };
  const output = { kind: 'kafka', topicPrefix: `${topic.topic}.`, createTopics: true };
  const config = toConfig(pipelineConfig({ kind: 'kafka', kafka }, output, { http: { port: 0, stuckAfter: '2s' } }));
  const worker = await start(runWorkerFromConfig, config);
  await until(() => isReady(worker));
  // Nothing comes, and the broker answers: that is no hanging.
  await sleep(2500);
  expect(await isReady(worker)).toBe(true);
  await until(async () => worker.line().msg === 'no traffic: all that is there was read, and brokers answer');

  const usage = { customerId: 'a', timestamp: Date.now(), value: 1 };
  await topic.produce([{ value: Buffer.concat([Buffer.from([0, 0, 0, 0, 7]), schema.toBuffer(usage)]) }]);
  await until(async () => !(await isReady(worker)));
  expect(await detail(worker, 'worker.progressing')).toMatch(/^partition 0 hangs: nothing was read or committed for/);
  expect(worker.line()).toMatchObject({ level: 'warn', msg: expect.stringMatching(/^stuck: partition 0 hangs/) });

  registry.answer();
  await until(() => isReady(worker));
  await until(async () => (await total(worker)) === 1);
  worker.stop();
  await worker.ended;
  await worker.close();
  await registry.close();
});

/** A schema registry that takes requests, and answers none until it is told to. */
async function openStallingRegistry(schema: string) {
  let answers = false;
  const server = createServer((_, response) => {
    if (answers) response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ schema }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    answer() {
      answers = true;
    },
    close: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
