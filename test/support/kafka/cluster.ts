import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { tryAgain } from '../../../src/transport/kafka/try-again.js';
import { freePorts } from '../free-ports.js';
import { type BrokerNode, createNode, serverProperties } from './start.js';
import { openTestKafka } from './state-place.js';

/** Three brokers: each record is on all of them, and acknowledged when two have it. */
export interface Cluster {
  /** `host:port` of each. */
  readonly brokers: string[];
  readonly nodes: readonly BrokerNode[];
  /** Resolves when every broker has every record again. */
  untilInSync(): Promise<void>;
  remove(): Promise<void>;
}

export async function startCluster(): Promise<Cluster> {
  const ports = await freePorts(2 * SIZE);
  const [brokerPorts, controllerPorts] = [ports.slice(0, SIZE), ports.slice(SIZE)];
  const voters = controllerPorts.map((port, i) => `${i + 1}@127.0.0.1:${port}`).join();
  const nodes = await Promise.all(
    brokerPorts.map(async (port, i) => {
      const folder = await mkdtemp(path.join(tmpdir(), 'segtide-kafka-'));
      const settings = [
        serverProperties(folder, port, controllerPorts[i]!),
        `node.id=${i + 1}`,
        `controller.quorum.voters=${voters}`,
        'offsets.topic.replication.factor=3',
        'transaction.state.log.replication.factor=3',
        'transaction.state.log.min.isr=2',
        'default.replication.factor=3',
        'min.insync.replicas=2',
        '',
      ];
      return createNode({ folder, address: `127.0.0.1:${port}`, settings: settings.join('\n') });
    }),
  );
  const brokers = brokerPorts.map((port) => `127.0.0.1:${port}`);
  const isInSync = async (): Promise<boolean> => {
    const admin = openTestKafka(brokers).admin();
    try {
      await admin.connect();
      const { topics } = await admin.fetchTopicMetadata();
      const { brokers: there } = await admin.describeCluster();
      const replicas = topics.flatMap(({ partitions }) => partitions.map(({ isr }) => isr.length));
      return there.length === SIZE && replicas.every((count) => count === SIZE);
    } finally {
      await admin.disconnect();
    }
  };
  const cluster: Cluster = {
    brokers,
    nodes,
    async untilInSync() {
      while (!(await tryAgain(isInSync, 1000, () => true))) await sleep(200);
    },
    async remove() {
      await Promise.all(nodes.map((node) => node.remove()));
    },
  };
  try {
    await Promise.all(nodes.map((node) => node.start()));
    await cluster.untilInSync();
  } catch (error) {
    await cluster.remove();
    throw error;
  }
  return cluster;
}

const SIZE = 3;
