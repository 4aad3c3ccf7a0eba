import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Kafka, Message } from 'kafkajs';
import { loadConfig } from '../../../src/service/config/load-config.js';
import type { Config } from '../../../src/service/config/schema.js';
import { toCreate } from '../../../src/service/topics/check-topics.js';
import { planTopics } from '../../../src/service/topics/plan-topics.js';
import type { ModelRecord } from '../../../src/train/model-record.js';
import { toModelTopicRecords } from '../../../src/train/model-topic.js';
import { ensureTopics } from '../../../src/transport/kafka/topics.js';
import { pipelineConfig } from '../kafka/pipeline-config.js';
import { openTestKafka } from '../kafka/state-place.js';
import { compareOutputs, type Deviations, type OutputsByKey } from './compare-outputs.js';
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
  /** Brokers as the trainer knows them. @default those of workers */
  readonly trainerBrokers?: string[];
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
  /** In ms. @default 30000 */
  readonly requestTimeout?: number;
  /** @default 'verify' */
  readonly keyed?: 'verify' | 'repartition';
  /** Sections of the config beside input and output, in place of those of a small pipeline. */
  readonly sections?: Readonly<Record<string, object>>;
}

/** Topics of a broker, workers on them, and what should come out. */
export interface Deployment {
  readonly topic: string;
  readonly config: Config;
  readonly feed: UsageFeed;
  readonly lag: GroupLag;
  /** Those that were started and have not ended. */
  readonly workers: readonly RoleProcess[];
  /** @param mayEnd whether it may end by itself */
  startWorker(mayEnd?: boolean): RoleProcess;
  startTrainer(): RoleProcess;
  /** Rejects when a worker ended by itself that may not. */
  readonly failed: Promise<never>;
  /** Makes the input topic grow. */
  addPartitions(partitions: number): Promise<void>;
  /** Waits until the workers have read all that was fed and say nothing more, and stops them. */
  finish(): Promise<void>;
  /** All that a reader of committed records finds, by what makes it unique. */
  outputs(): Promise<OutputsByKey>;
  /** The same of a run without faults, and without a trainer. */
  expected(): Promise<OutputsByKey>;
  /** Finishes, and compares with a run without faults. */
  deviations(): Promise<Deviations>;
  close(): Promise<void>;
}

let deployments = 0;
/** What came of runs without faults, by the records of the input: on another topic with the same ones it is the same. */
const undisturbed = new WeakMap<readonly Message[], Map<string, Promise<OutputsByKey>>>();

export async function createDeployment(options: DeploymentOptions): Promise<Deployment> {
  const { main, brokers, workerBrokers = brokers, records, partitions, alsoReads, model } = options;
  const { trainerBrokers = workerBrokers } = options;
  const kafka = openTestKafka(brokers);
  const folder = await mkdtemp(join(tmpdir(), 'segtide-faults-'));
  const topic = `usage-${process.pid}-${deployments++}`;
  const also = `${topic}-also`;
  await ensureTopics(kafka, [{ topic, partitions }, ...(alsoReads ? [{ topic: also, partitions: alsoReads }] : [])]);
  const admin = kafka.admin();
  await admin.connect();
  const feed = await createUsageFeed(kafka, topic, records);
  const started: RoleProcess[] = [];

  const prepare = async (name: string, of: string[]) => {
    const { guarantee, sessionTimeout = 3000, requestTimeout = 30_000, keyed = 'verify', sections } = options;
    const input = {
      kind: 'kafka',
      keyed,
      kafka: {
        brokers: of,
        requestTimeout: `${requestTimeout}ms`,
        topics: alsoReads ? [topic, also] : [topic],
        groupId: `${topic}-${name}`,
        sessionTimeout: `${sessionTimeout}ms`,
        pollTimeout: '100ms',
      },
    };
    const output = { kind: 'kafka', topicPrefix: `${topic}.${name}.` };
    // Commits and checkpoints so often that faults meet all of them.
    const delivery = { guarantee, commitEvery: '50ms', checkpointRecords: 1000 };
    const text = pipelineConfig(input, output, { delivery, run: { logLevel: 'info' }, ...sections });
    const config = loadConfig({ file: { path: name, text } });
    await ensureTopics(kafka, toCreate(planTopics(config), partitions));
    if (model !== undefined) await publish(kafka, `${topic}.${name}.models`, model);
    const path = join(folder, `${name}.yaml`);
    await writeFile(path, text);
    return { path, text, config };
  };
  /** Of the group that reads the input, or of the one that copies it and the one that reads the copies. */
  const lagOf = (name: string): GroupLag => {
    const groupId = `${topic}-${name}`;
    const copies = { groupId, topic: `${topic}.${name}.repartitioned`, marks: partitions };
    const isCopied = options.keyed === 'repartition';
    return watchGroupLag(
      admin,
      isCopied ? [{ groupId: `${groupId}-repartition-${topic}`, topic }, copies] : [{ groupId, topic }],
    );
  };
  const { path: configPath, text, config } = await prepare('faults', workerBrokers);
  const trainerPath = join(folder, 'trainer.yaml');
  await writeFile(trainerPath, toBrokers(text, trainerBrokers));
  const lag = lagOf('faults');

  let fail: (error: Error) => void;
  const failed = new Promise<never>((_, reject) => {
    fail = reject;
  });
  failed.catch(() => {}); // whoever waits for it is told
  const runUndisturbed = async (): Promise<OutputsByKey> => {
    const { path } = await prepare('expected', brokers);
    const read = lagOf('expected');
    const worker = startRole(main, 'worker', path);
    await Promise.race([read.caughtUp(), failure(worker)]);
    await read.close();
    await untilQuiet(admin, `${topic}.expected.`);
    await worker.end('SIGTERM');
    return readOutputs(kafka, `${topic}.expected.`, topic);
  };

  const expected = async (): Promise<OutputsByKey> => {
    // Where the producer had to send again, a record may be there twice, and this topic is like no other.
    const ends = await admin.fetchTopicOffsets(topic);
    if (ends.reduce((sum, { high }) => sum + Number(high), 0) !== records.length) return runUndisturbed();
    const runs = undisturbed.get(records) ?? new Map<string, Promise<OutputsByKey>>();
    undisturbed.set(records, runs);
    const { keyed, sections } = options;
    const key = JSON.stringify([partitions, keyed, sections, model !== undefined]);
    const run = runs.get(key) ?? runUndisturbed();
    runs.set(key, run);
    return run;
  };
  const finish = async (): Promise<void> => {
    const workers = started.filter(({ isRunning, role }) => isRunning && role === 'worker');
    await Promise.race([lag.caughtUp(), failed]);
    await untilQuiet(admin, `${topic}.faults.`);
    await Promise.all(workers.map((worker) => worker.end('SIGTERM')));
  };
  const start = (role: 'worker' | 'trainer', mayEnd: boolean): RoleProcess => {
    const process = startRole(main, role, role === 'trainer' ? trainerPath : configPath);
    started.push(process);
    if (!mayEnd) failure(process).catch(fail);
    return process;
  };

  return {
    topic,
    config,
    feed,
    lag,
    get workers() {
      return started.filter(({ isRunning, role }) => isRunning && role === 'worker');
    },
    failed,
    startWorker: (mayEnd = false) => start('worker', mayEnd),
    startTrainer: () => start('trainer', false),
    async addPartitions(count) {
      await admin.createPartitions({ topicPartitions: [{ topic, count }] });
    },
    finish,
    expected,
    outputs: () => readOutputs(kafka, `${topic}.faults.`, topic),
    async deviations() {
      await finish();
      const found = await readOutputs(kafka, `${topic}.faults.`, topic);
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

function toBrokers(text: string, brokers: readonly string[]): string {
  const config = JSON.parse(text);
  return JSON.stringify({ ...config, input: { ...config.input, kafka: { ...config.input.kafka, brokers } } });
}

/** Rejects when a role ends by itself. */
async function failure(worker: RoleProcess): Promise<void> {
  const { code, signal, text } = await worker.ended;
  if (!worker.isAskedToEnd) throw new Error(`a ${worker.role} ended with ${code ?? signal}:\n${text}`);
}

async function publish(kafka: Kafka, topic: string, model: ModelRecord): Promise<void> {
  const producer = kafka.producer();
  await producer.connect();
  await producer.send({ topic, messages: [...toModelTopicRecords(model)] });
  await producer.disconnect();
}
