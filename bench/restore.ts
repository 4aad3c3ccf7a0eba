// A partition of many customers passes on, as one run: a worker by the built command takes two days of each customer from
// a topic of one partition, is killed just before its next checkpoint, and another takes over. How long that one takes
// from its start until what was written meanwhile is committed, and what it uses. Default embedding and alerts. Starts a
// broker of its own (Java 17, Maven). Build first: npm run build.
//
//   npx tsx bench/restore.ts [--customers N] [--replay RECORDS]
//
// RECORDS come after the last checkpoint, of which there is one each million: 950,000 by default, near the worst case.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { type Admin, type Kafka, Partitioners } from 'kafkajs';
import { createRandom } from '../src/numeric/random.js';
import { committedOffsets, describeTopic, ensureTopics } from '../src/transport/kafka/topics.js';
import { startBroker } from '../test/support/kafka/start.js';
import { trainModel } from './measure/train-model.js';
import { connect, type Deployment, deploy, MAIN, nodeCommand, startMeasured, WINDOW } from './measure/worker-runs.js';

const { values: flags } = parseArgs({
  options: {
    customers: { type: 'string', default: '1000000' },
    replay: { type: 'string', default: '950000' },
  },
});
const [customers, replayed] = [Number(flags.customers), Number(flags.replay)];
const START = 1_704_067_200_000;
const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
/** kafkajs's cost grows with the square of the records of a request. */
const REQUEST = 1000;
const MINUTES_MS = 240_000;
const random = createRandom(1);

const folder = mkdtempSync(join(tmpdir(), 'segtide-restore-'));
const broker = await startBroker();
try {
  const [address] = broker.brokers as [string];
  const kafka = connect(address);
  const admin = kafka.admin();
  await admin.connect();
  await ensureTopics(kafka, [{ topic: 'usage', partitions: 1 }]);
  const data = join(folder, 'events.ndjson');
  execFileSync('npx', ['tsx', join(import.meta.dirname, 'simulate.ts'), data, '200000', '2000']);
  const model = trainModel(folder, 'model', data);
  // Only events move time on here, however long a step of this bench takes.
  const sections = { window: { ...WINDOW, idleTimeout: '1h' } };
  const deployment = await deploy(folder, kafka, { broker: address, topic: 'usage', model }, sections);

  await fill(kafka, customers, START);
  await fill(kafka, customers, START + DAY_MS + HOUR_MS); // closes a window of each
  const first = startWorker(deployment);
  await isCommitted(kafka, deployment, first.ended);
  console.log(`filled in ${first.seconds()} s: ${2 * customers} events, ${customers} assignments`);
  await fill(kafka, replayed, START + DAY_MS + 2 * HOUR_MS);
  await isCommitted(kafka, deployment, first.ended);
  first.child.kill('SIGKILL');
  await fill(kafka, 1000, START + DAY_MS + 3 * HOUR_MS);
  await isLeft(admin, deployment);

  const second = startWorker(deployment);
  await isCommitted(kafka, deployment, second.ended);
  const served = second.seconds();
  second.child.kill('SIGTERM');
  const { cpu, residentMb } = await second.ended;
  for (const line of second.lines) console.log(line);
  console.log(
    `served after ${served} s; CPU ${cpu.toFixed(1)} s, at most ${residentMb.toFixed(0)} MB resident; load ${loadavg()[0]!.toFixed(1)}`,
  );
  await admin.disconnect();
} finally {
  await broker.remove();
  rmSync(folder, { recursive: true });
}

/** An event of each customer in turn, within minutes of a time. */
async function fill(kafka: Kafka, count: number, from: number): Promise<void> {
  const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });
  await producer.connect();
  for (let sent = 0; sent < count; ) {
    const messages = Array.from({ length: Math.min(REQUEST, count - sent) }, () => {
      const customerId = `c${String(sent % customers).padStart(7, '0')}`;
      const timestamp = from + Math.floor((sent++ / count) * MINUTES_MS);
      return { key: customerId, value: JSON.stringify({ customerId, timestamp, value: random.below(10_000) / 1000 }) };
    });
    await producer.send({ topic: 'usage', messages });
  }
  await producer.disconnect();
}

/** A worker that tells when it was given its partition, and when it had restored it. */
function startWorker({ config }: Deployment) {
  const begun = performance.now();
  const seconds = (): string => ((performance.now() - begun) / 1000).toFixed(1);
  const { child, ended } = startMeasured(nodeCommand([MAIN, 'worker', '--config', config]));
  const lines: string[] = [];
  createInterface({ input: child.stderr! }).on('line', (line) => {
    if (/assigned|restored/.test(line)) lines.push(`after ${seconds()} s: ${line}`);
  });
  return { child, ended, lines, seconds };
}

/** Resolves when the group has committed all that is in the topic. */
async function isCommitted(kafka: Kafka, { groupId }: Deployment, ended: Promise<unknown>): Promise<void> {
  const [range] = await describeTopic(kafka, 'usage');
  for (;;) {
    const offset = (await committedOffsets(kafka, groupId, 'usage')).get(0);
    if (offset !== undefined && offset >= range!.high) return;
    await Promise.race([sleep(50), ended]);
  }
}

/** Resolves when the broker has noticed that nobody is in the group any more. */
async function isLeft(admin: Admin, { groupId }: Deployment): Promise<void> {
  while ((await admin.describeGroups([groupId])).groups[0]!.members.length > 0) await sleep(200);
}
