import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { type Admin, Kafka, logLevel, Partitioners } from 'kafkajs';
import { readModel } from '../../src/model-file.js';
import { encodeArtifact } from '../../src/train/encode-artifact.js';
import { toModelTopicRecords } from '../../src/train/model-topic.js';
import { KAFKA_RETRY } from '../../src/transport/kafka/kafka-connection.js';
import { untilReady } from '../../src/transport/kafka/topics.js';

export const MAIN = join(import.meta.dirname, '../../dist/service/cli/main.js');
/** Windows of a day in hours, the default encoder, six segments: of topics with what `bench/simulate.ts` writes. */
export const MAPPING = {
  fields: { customer: 'customerId', time: 'timestamp' },
  channels: [{ name: 'usage', field: 'value' }],
  time: { unit: 'ms' },
};
export const WINDOW = { step: 'hour', steps: 24 };

type Section = Readonly<Record<string, unknown>>;

/** A deployment of workers on a broker: topics of its own, a model in its topic, no trainer. */
export interface Deployment {
  readonly config: string;
  readonly groupId: string;
  readonly assignments: string;
}

let deployments = 0;

/** @param sections of the config, beside input and output */
export async function deploy(
  folder: string,
  kafka: Kafka,
  { broker, topic, model }: { readonly broker: string; readonly topic: string; readonly model: string },
  sections: Section,
): Promise<Deployment> {
  const groupId = `bench-${process.pid}-${deployments++}`;
  const config = join(folder, `${groupId}.yaml`);
  const text = JSON.stringify({
    input: { kind: 'kafka', kafka: { brokers: [broker], topics: [topic], groupId, pollTimeout: '200ms' }, ...MAPPING },
    window: WINDOW,
    output: { kind: 'kafka', topicPrefix: `${groupId}.`, createTopics: true },
    ...sections,
    cluster: { k: 6 },
  });
  writeFileSync(config, text);
  await promisify(execFile)(process.execPath, [MAIN, 'topics', 'create', '--config', config]);
  const artifact = await readModel(model);
  const records = toModelTopicRecords({
    kind: 'model',
    modelVersion: artifact.modelVersion,
    artifact: encodeArtifact(artifact),
    previousVersion: null,
  });
  const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });
  await producer.connect();
  await producer.send({ topic: `${groupId}.models`, messages: [...records] });
  await producer.disconnect();
  return { config, groupId, assignments: `${groupId}.assignments` };
}

export function connect(broker: string): Kafka {
  return new Kafka({ brokers: [broker], logLevel: logLevel.NOTHING, retry: KAFKA_RETRY });
}

/** Processor time and memory of a process, from its start to its end. */
export interface Used {
  /** From start to the end of the work, in seconds; what stopping takes is left out. */
  readonly wall: number;
  /** User and system seconds, stopping included. */
  readonly cpu: number;
  readonly residentMb: number;
}

/** A process that tells what it used when it ends. */
export function startMeasured(command: readonly string[]): { child: ChildProcess; ended: Promise<Omit<Used, 'wall'>> } {
  const child = spawn(command[0]!, command.slice(1), { stdio: ['ignore', 'pipe', 'pipe'] });
  let text = '';
  child.stderr!.on('data', (chunk) => {
    text += chunk;
  });
  child.stdout!.on('data', (chunk) => {
    text += chunk;
  });
  const ended = once(child, 'close').then(([code]) => {
    const used = /used (\{.*\})/.exec(text);
    if (code !== 0 || used === null) throw new Error(`${command.join(' ')}: ${code} ${text}`);
    return JSON.parse(used[1]!);
  });
  ended.catch(() => {}); // whoever waits for it hears of it
  return { child, ended };
}

/** Prints what the process used when it ends. */
const REPORT = `import { isMainThread } from 'node:worker_threads';
if (isMainThread) process.on('exit', () => {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  console.error('used ' + JSON.stringify({ cpu: (userCPUTime + systemCPUTime) / 1e6, residentMb: maxRSS / 1024 }));
});`;

export function nodeCommand(args: readonly string[]): string[] {
  return [process.execPath, '--import', `data:text/javascript,${encodeURIComponent(REPORT)}`, ...args];
}

/** Runs a worker until its group has committed the whole topic. */
export async function runWorker(
  admin: Admin,
  { config, groupId }: Deployment,
  topic: string,
  options: readonly string[] = [],
): Promise<Used> {
  const ends = new Map((await admin.fetchTopicOffsets(topic)).map(({ partition, high }) => [partition, Number(high)]));
  const begun = performance.now();
  const { child, ended } = startMeasured(nodeCommand([...options, MAIN, 'worker', '--config', config, '-q']));
  const isDone = async (): Promise<boolean> => {
    const [committed] = await untilReady(() => admin.fetchOffsets({ groupId, topics: [topic] }));
    return committed!.partitions.every(({ partition, offset }) => Number(offset) >= ends.get(partition)!);
  };
  while (!(await isDone())) await Promise.race([sleep(30), ended]);
  const wall = (performance.now() - begun) / 1000;
  child.kill('SIGTERM');
  return { wall, ...(await ended) };
}

export async function runBare(broker: string, topic: string, records: number): Promise<Used> {
  const begun = performance.now();
  const script = join(import.meta.dirname, 'bare-consumer.mjs');
  const used = await startMeasured(nodeCommand([script, broker, topic, String(records)])).ended;
  return { wall: (performance.now() - begun) / 1000, ...used };
}
