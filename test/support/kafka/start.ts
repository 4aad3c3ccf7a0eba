import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Kafka, logLevel } from 'kafkajs';
import { freePorts } from '../free-ports.js';
import { brokerClassPath } from './jars.js';

const run = promisify(execFile);

/** One real Kafka broker with an empty log of its own. */
export interface Broker {
  /** `host:port`, as kafkajs takes them. */
  readonly brokers: string[];
  /** `host:port` of each further listener. */
  readonly listeners: Readonly<Record<string, string>>;
  /** Lets the broker shut down in order; its log stays, so that `start` goes on with it. */
  stop(): Promise<void>;
  /** Kills the broker as a power cut would. */
  kill(): Promise<void>;
  /** Starts a stopped or killed broker again, on the same ports and log. */
  start(): Promise<void>;
  /** Stops the broker and removes its log. */
  remove(): Promise<void>;
}

/** What a broker has beside its listener without security. */
export interface BrokerOptions {
  /** Further listeners by name, each on a port of its own at `localhost`, with Kafka's name of its security protocol. */
  readonly listeners?: Readonly<Record<string, 'PLAINTEXT' | 'SSL' | 'SASL_SSL' | 'SASL_PLAINTEXT'>>;
  /** Ports at which clients of a listener are told to come back, where they are not its own: those of a proxy. */
  readonly advertisedPorts?: Readonly<Record<string, number>>;
  /** Lines of its settings. */
  readonly settings?: readonly string[];
  /** SCRAM users, as the storage tool takes them. */
  readonly scram?: readonly string[];
}

/** Starts a Kafka broker (KRaft, transactions) on free ports and waits until it answers. */
export async function startBroker({
  listeners = {},
  advertisedPorts = {},
  settings: more = [],
  scram = [],
}: BrokerOptions = {}): Promise<Broker> {
  const folder = await mkdtemp(path.join(tmpdir(), 'segtide-kafka-'));
  const names = Object.keys(listeners);
  const [port, controllerPort, ...ports] = await freePorts(2 + names.length);
  const further = names.map((name, i) => ({
    ...{ name, port: ports[i]!, protocol: listeners[name]! },
    advertised: advertisedPorts[name] ?? ports[i]!,
  }));
  const address = `127.0.0.1:${port}`;
  const text = [serverProperties(folder, port!, controllerPort!, further), ...more, ''].join('\n');
  const node = await createNode({ folder, address, settings: text, scram });
  const broker: Broker = {
    ...node,
    brokers: [address],
    listeners: Object.fromEntries(further.map(({ name, port }) => [name, `localhost:${port}`])),
  };
  try {
    await broker.start();
  } catch (error) {
    await broker.remove();
    throw error;
  }
  return broker;
}

/** The process of one broker, and its log. */
export type BrokerNode = Omit<Broker, 'brokers' | 'listeners'>;

export interface NodeOptions {
  readonly folder: string;
  /** Where it says that it is ready: `host:port`. */
  readonly address: string;
  readonly settings: string;
  readonly scram?: readonly string[];
}

/** A broker with an empty log, which is not yet started. */
export async function createNode({ folder, address, settings: text, scram = [] }: NodeOptions): Promise<BrokerNode> {
  const classPath = await brokerClassPath();
  const settings = path.join(folder, 'server.properties');
  await writeFile(settings, text);
  await format(classPath, settings, scram);

  let java: ChildProcess | undefined;
  const end = async (signal: 'SIGTERM' | 'SIGKILL'): Promise<void> => {
    if (java === undefined || java.exitCode !== null || java.signalCode !== null) return;
    const exited = once(java, 'exit');
    java.kill(signal);
    await exited;
  };
  // A test run that is interrupted must not leave a broker behind.
  process.once('exit', () => java?.kill('SIGKILL'));
  return {
    async start() {
      const log = path.join(folder, 'broker.log');
      const output = await open(log, 'a');
      java = spawn('java', [...JVM, '-Xmx400m', '-cp', classPath, 'kafka.Kafka', settings], {
        stdio: ['ignore', output.fd, output.fd],
      });
      await output.close();
      await untilReady(address, java, log);
    },
    stop: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
    async remove() {
      await end('SIGKILL');
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** A short-lived broker on a busy machine: the quick compiler and the small collector start soonest. */
const JVM = ['-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC', '-Xshare:auto', '-Dlog4j2.level=WARN'];

export interface Listener {
  readonly name: string;
  readonly port: number;
  readonly advertised: number;
  readonly protocol: string;
}

/** @param further listeners beside the one without security */
export function serverProperties(
  folder: string,
  port: number,
  controllerPort: number,
  further: readonly Listener[] = [],
): string {
  const addresses = further.map(({ name, port }) => `,${name}://localhost:${port}`).join('');
  const advertised = further.map((listener) => `,${listener.name}://localhost:${listener.advertised}`).join('');
  const protocols = further.map(({ name, protocol }) => `,${name}:${protocol}`).join('');
  return [
    'process.roles=broker,controller',
    'node.id=1',
    `controller.quorum.voters=1@127.0.0.1:${controllerPort}`,
    `listeners=CLIENT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}${addresses}`,
    `advertised.listeners=CLIENT://127.0.0.1:${port}${advertised}`,
    `listener.security.protocol.map=CLIENT:PLAINTEXT,CONTROLLER:PLAINTEXT${protocols}`,
    'inter.broker.listener.name=CLIENT',
    'controller.listener.names=CONTROLLER',
    `log.dirs=${path.join(folder, 'log')}`,
    // One broker cannot replicate its inner topics; few partitions of them start sooner.
    'offsets.topic.replication.factor=1',
    'offsets.topic.num.partitions=4',
    'transaction.state.log.replication.factor=1',
    'transaction.state.log.min.isr=1',
    'transaction.state.log.num.partitions=4',
    'share.coordinator.state.topic.replication.factor=1',
    'share.coordinator.state.topic.min.isr=1',
    'group.initial.rebalance.delay.ms=0',
    // Tests that kill a consumer wait for the end of its session: 6 s by default.
    'group.min.session.timeout.ms=1000',
    // After a kill the controller waits for the old session's end before it takes the broker back: 9 s by default.
    'broker.session.timeout.ms=1500',
    'broker.heartbeat.interval.ms=300',
    // segtide must never lean on topics that appear by themselves.
    'auto.create.topics.enable=false',
    'log.cleaner.dedupe.buffer.size=16777216',
    '',
  ].join('\n');
}

async function format(classPath: string, settings: string, scram: readonly string[]): Promise<void> {
  const tool = (...args: string[]) => run('java', [...JVM, '-cp', classPath, 'kafka.tools.StorageTool', ...args]);
  await tool(
    'format',
    '-t',
    Buffer.from('segtide-test-01!').toString('base64url'),
    '-c',
    settings,
    ...scram.flatMap((user) => ['-S', user]),
  );
}

async function untilReady(address: string, java: ChildProcess, log: string): Promise<void> {
  const admin = new Kafka({ brokers: [address], logLevel: logLevel.NOTHING, retry: { retries: 0 } }).admin();
  for (let attempt = 0; attempt < 600; attempt++) {
    if (java.exitCode !== null || java.signalCode !== null) break;
    try {
      await admin.connect();
      const { brokers } = await admin.describeCluster();
      if (brokers.length > 0) {
        await admin.disconnect();
        return;
      }
    } catch {
      // Not yet.
    }
    await sleep(100);
  }
  const tail = (await readFile(log, 'utf8')).split('\n').slice(-20).join('\n');
  throw new Error(`the Kafka broker on ${address} did not start; the end of its log:\n${tail}`);
}
