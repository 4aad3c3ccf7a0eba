import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Kafka, Message } from 'kafkajs';
import { loadConfig } from '../../../src/service/config/load-config.js';
import { toCreate } from '../../../src/service/topics/check-topics.js';
import { planTopics } from '../../../src/service/topics/plan-topics.js';
import type { ModelRecord } from '../../../src/train/model-record.js';
import { toModelTopicRecords } from '../../../src/train/model-topic.js';
import { ensureTopics } from '../../../src/transport/kafka/topics.js';
import { pipelineConfig } from '../kafka/pipeline-config.js';
import { openTestKafka } from '../kafka/state-place.js';
import { compareOutputs, type Deviations } from './compare-outputs.js';
import { type GroupLag, watchGroupLag } from './group-lag.js';
import { readOutputs, untilQuiet } from './read-outputs.js';
import { type RoleProcess, startRole } from './role-process.js';
import { createUsageFeed, type UsageFeed } from './usage-feed.js';

export interface DeploymentOptions {
  /** The compiled command. */
  readonly main: string;
  readonly brokers: string[];
  /** Brokers as workers know them. @default the same */
  readonly workerBrokers?: string[];
  readonly records: readonly Message[];
  readonly partitions: number;
  /** Partitions of a second input topic, which stays empty. @default there is none */
  readonly alsoReads?: number;
  /** In all windows of which customers are assigned to segments. @default none: segments stay null */
  readonly model?: ModelRecord | undefined;
  /** @default 'exactly-once' */
  readonly guarantee?: 'exactly-once' | 'at-least-once';
  /** In ms. @default 3000 */
  readonly sessionTimeout?: number;
}

/** Topics of a broker, workers on them, and what should come out. */
export interface Deployment {
  readonly topic: string;
  readonly feed: UsageFeed;
  readonly lag: GroupLag;
  /** Those that were started and have not ended. */
  readonly workers: readonly RoleProcess[];
  /** @param mayEnd whether it may end by itself */
  startWorker(mayEnd?: boolean): RoleProcess;
  /** Rejects when a worker ended by itself that may not. */
  readonly failed: Promise<never>;
  /** Makes the input topic grow. */
  addPartitions(partitions: number): Promise<void>;
  /** Waits until the workers have read all that was fed, stops them, and compares with a run without faults. */
  deviations(): Promise<Deviations>;
  close(): Promise<void>;
}

let deployments = 0;

export async function createDeployment(options: DeploymentOptions): Promise<Deployment> {
  const { main, brokers, workerBrokers = brokers, records, partitions, alsoReads, model } = options;
  const kafka = openTestKafka(brokers);
  const folder = await mkdtemp(join(tmpdir(), 'segtide-faults-'));
  const topic = `usage-${process.pid}-${deployments++}`;
  const also = `${topic}-also`;
  await ensureTopics(kafka, [{ topic, partitions }, ...(alsoReads ? [{ topic: also, partitions: alsoReads }] : [])]);
  const admin = kafka.admin();
  await admin.connect();
  const feed = await createUsageFeed(kafka, topic, records);
  const started: RoleProcess[] = [];

  const prepare = async (name: string, toBrokers: string[]): Promise<string> => {
    const { guarantee, sessionTimeout = 3000 } = options;
    const input = {
      kind: 'kafka',
      kafka: {
        brokers: toBrokers,
        topics: alsoReads ? [topic, also] : [topic],
        groupId: `${topic}-${name}`,
        sessionTimeout,
        pollTimeout: '100ms',
      },
    };
    const output = { kind: 'kafka', topicPrefix: `${topic}.${name}.` };
    // Commits and checkpoints so often that faults meet all of them.
    const delivery = { guarantee, commitEvery: '50ms', checkpointRecords: 1000 };
    const text = pipelineConfig(input, output, { delivery, run: { logLevel: 'info' } });
    const config = loadConfig({ file: { path: name, text } });
    await ensureTopics(kafka, toCreate(planTopics(config), partitions));
    if (model !== undefined) await publish(kafka, `${topic}.${name}.models`, model);
    const path = join(folder, `${name}.yaml`);
    await writeFile(path, text);
    return path;
  };
  const configPath = await prepare('faults', workerBrokers);
  const lag = watchGroupLag(admin, `${topic}-faults`, topic);

  let fail: (error: Error) => void;
  const failed = new Promise<never>((_, reject) => {
    fail = reject;
  });
  failed.catch(() => {}); // whoever waits for it is told
  const expected = async () => {
    const path = await prepare('expected', brokers);
    const undisturbed = watchGroupLag(admin, `${topic}-expected`, topic);
    const worker = startRole(main, 'worker', path);
    await Promise.race([undisturbed.caughtUp(), failure(worker)]);
    await undisturbed.close();
    await untilQuiet(admin, `${topic}.expected.`);
    await worker.end('SIGTERM');
    return readOutputs(kafka, `${topic}.expected.`, 'once');
  };

  return {
    topic,
    feed,
    lag,
    get workers() {
      return started.filter(({ isRunning }) => isRunning);
    },
    failed,
    startWorker(mayEnd = false) {
      const worker = startRole(main, 'worker', configPath);
      started.push(worker);
      if (!mayEnd) failure(worker).catch(fail);
      return worker;
    },
    async addPartitions(count) {
      await admin.createPartitions({ topicPartitions: [{ topic, count }] });
    },
    async deviations() {
      const workers = started.filter(({ isRunning }) => isRunning);
      await Promise.race([lag.caughtUp(), failed]);
      await untilQuiet(admin, `${topic}.faults.`);
      await Promise.all(workers.map((worker) => worker.end('SIGTERM')));
      const found = await readOutputs(kafka, `${topic}.faults.`, 'once');
      return compareOutputs(await expected(), found);
    },
    async close() {
      await Promise.all(started.map((worker) => worker.end('SIGKILL')));
      await lag.close();
      await feed.close();
      await admin.disconnect();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Rejects when a worker ends by itself. */
async function failure(worker: RoleProcess): Promise<void> {
  const { code, signal, text } = await worker.ended;
  if (!worker.isAskedToEnd) throw new Error(`a worker ended with ${code ?? signal}:\n${text}`);
}

async function publish(kafka: Kafka, topic: string, model: ModelRecord): Promise<void> {
  const producer = kafka.producer();
  await producer.connect();
  await producer.send({ topic, messages: [...toModelTopicRecords(model)] });
  await producer.disconnect();
}
