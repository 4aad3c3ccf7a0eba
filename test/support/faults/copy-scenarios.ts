import { setTimeout as sleep } from 'node:timers/promises';
import { createRandom } from '../../../src/numeric/random.js';
import { readCommitted } from '../kafka/read-committed.js';
import { toEvent } from '../kafka/simulated-usage.js';
import { compareOutputs } from './compare-outputs.js';
import { createDeployment } from './deployment.js';
import type { ScenarioResult, Stage } from './scenario.js';
import type { RepeatedFaults } from './worker-scenarios.js';

/**
 * kill -9 of one of two workers that copy records without keys to a topic that has them: each record is copied once, or is
 * a dead letter. Windows are not compared: the stream is so fast that a copier's death makes its events days late.
 */
export async function killCopyingWorkers(stage: Stage, { times, withinMs }: RepeatedFaults): Promise<ScenarioResult> {
  const { broker, proxied: _, ...rest } = stage;
  const records = stage.records.map(({ value }, i) => ({ value, partition: i % stage.partitions }));
  const deployment = await createDeployment({ ...rest, brokers: broker.brokers, records, keyed: 'repartition' });
  const { startWorker, feed, finish, topic, lag } = deployment;
  try {
    const random = createRandom(1);
    const running = [startWorker(), startWorker()];
    const share = Math.ceil(feed.left / (times + 1));
    for (let i = 0; i < times; i++) {
      const feeding = feed.next(share, withinMs);
      const victim = random.below(2);
      await sleep(random.next() * withinMs);
      await running[victim]!.end('SIGKILL');
      running[victim] = startWorker();
      await Promise.race([feeding, deployment.failed]);
    }
    await feed.next(feed.left);
    await finish();
    const expected = new Map<string, string[]>();
    for (const { value } of records) add(expected, value as Buffer, toEvent(value as Buffer)?.customerId);
    const copies = await readCommitted(broker.brokers, `${topic}.faults.repartitioned`, `${topic}.faults.dead-letters`);
    await copies.quiet();
    await copies.close();
    const found = new Map<string, string[]>();
    for (const { topic: of, key, value } of copies.records) {
      if (of.endsWith('.repartitioned')) add(found, value!, key!);
      else add(found, Buffer.from(JSON.parse(String(value)).bytes, 'base64'), undefined);
    }
    const deviations = compareOutputs(expected, found);
    return { faults: times, events: records.length, deviations, longestPauseMs: lag.longestPauseMs, notes: [] };
  } finally {
    await deployment.close();
  }
}

/** @param customer undefined where the record can't be read */
function add(records: Map<string, string[]>, value: Buffer, customer: string | undefined): void {
  const key = value.toString('latin1');
  const there = records.get(key) ?? [];
  records.set(key, there);
  there.push(customer ?? 'dead letter');
}
