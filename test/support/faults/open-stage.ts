import { freePorts } from '../free-ports.js';
import { simulatedUsage } from '../kafka/simulated-usage.js';
import { startBroker } from '../kafka/start.js';
import type { Stage } from './scenario.js';
import { trainSmallModel } from './train-small-model.js';

export interface StageSizes {
  readonly customers: number;
  readonly days: number;
  readonly partitions: number;
}

/** A broker of its own, a stream for it, and a model of a part of it. */
export async function openStage(main: string, { customers, days, partitions }: StageSizes): Promise<Stage> {
  // Whoever names no customer has no key, and would be dealt out anew on each topic.
  const records = simulatedUsage(customers, days).records.map((record, i) =>
    record.key === null ? { ...record, partition: i % partitions } : record,
  );
  const model = await trainSmallModel(main, records.slice(0, MODEL_RECORDS));
  const [proxyPort] = (await freePorts(1)) as [number];
  const broker = await startBroker({ listeners: { PROXIED: 'PLAINTEXT' }, advertisedPorts: { PROXIED: proxyPort } });
  return { main, broker, proxied: { broker: broker.listeners.PROXIED!, port: proxyPort }, records, partitions, model };
}

/** What a small model needs to see. */
const MODEL_RECORDS = 30_000;
