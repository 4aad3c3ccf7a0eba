// From the record that closes a window to its committed assignment, as a consumer of committed records sees it: windows
// of 24 seconds that end with the wall clock, 8 partitions, a steady rate. Starts a broker of its own (Java 17, Maven).
// Build first: npm run build. Choose a rate at which the worker uses half a core: its CPU is told.
//
//   npx tsx bench/latency.ts [--rate EVENTS_PER_SECOND] [--seconds N] [--customers N] [--commit-every MS]
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Partitioners } from 'kafkajs';
import { createRandom } from '../src/numeric/random.js';
import { ensureTopics } from '../src/transport/kafka/topics.js';
import { startBroker } from '../test/support/kafka/start.js';
import { trainModel } from './measure/train-model.js';
import { connect, deploy, MAIN, nodeCommand, startMeasured } from './measure/worker-runs.js';

const STEPS = 24;
const STEP_MS = 1000;
const WINDOW_MS = STEPS * STEP_MS;
const TICK_MS = 50;
const MOST_SENT = 10_000;
const WINDOW = { step: '1s', steps: STEPS, allowedLateness: '0s', outOfOrderness: '0s' };

const { values: flags } = parseArgs({
  options: {
    rate: { type: 'string', default: '10000' },
    seconds: { type: 'string', default: '120' },
    customers: { type: 'string', default: '2000' },
    'commit-every': { type: 'string', default: '500' },
  },
});
const [rate, seconds, customers] = [flags.rate, flags.seconds, flags.customers].map(Number) as [number, number, number];
const commitEvery = `${flags['commit-every']}ms`;
const random = createRandom(1);

const folder = mkdtempSync(join(tmpdir(), 'segtide-latency-'));
const broker = await startBroker();
try {
  const [address] = broker.brokers as [string];
  const kafka = connect(address);
  await ensureTopics(kafka, [{ topic: 'usage', partitions: 8 }]);
  const sections = { window: WINDOW, encoder: { views: [] }, delivery: { commitEvery } };
  const deployment = await deploy(folder, kafka, { broker: address, topic: 'usage', model: train() }, sections);

  const latencies: number[] = [];
  /** When the tick was sent that closed the windows up to an end. */
  const closedAt = new Map<number, number>();
  const consumer = kafka.consumer({ groupId: 'bench-reader', maxWaitTimeInMs: 10, minBytes: 1 });
  await consumer.connect();
  await consumer.subscribe({ topics: [deployment.assignments], fromBeginning: true });
  await consumer.run({
    autoCommit: false,
    eachBatch: async ({ batch }) => {
      const now = performance.now();
      for (const { value } of batch.messages) {
        const { windowEnd, revision } = JSON.parse(String(value));
        const sent = closedAt.get(windowEnd);
        if (sent !== undefined && revision === 0) latencies.push(now - sent);
      }
    },
  });
  const { child, ended } = startMeasured(nodeCommand([MAIN, 'worker', '--config', deployment.config, '-q']));
  const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });
  await producer.connect();
  await Promise.race([sleep(10_000), ended]); // the worker joins its group

  const begun = performance.now();
  const started = Date.now();
  let sent = 0;
  let end = (Math.floor(started / WINDOW_MS) + 1) * WINDOW_MS;
  for (let tick = 1; performance.now() - begun < seconds * 1000; tick++) {
    await Promise.race([sleep(Math.max(0, begun + tick * TICK_MS - performance.now())), ended]);
    const timestamp = Date.now();
    // Of a batch that takes longer than a tick the rest goes with the next one: brokers take a megabyte.
    const due = Math.min(sent + MOST_SENT, Math.floor(((timestamp - started) / 1000) * rate));
    const messages = [];
    for (; sent < due; sent++) {
      const customerId = `c${random.below(customers)}`;
      messages.push({ key: customerId, value: JSON.stringify({ customerId, timestamp, value: 1 }) });
    }
    if (timestamp >= end) {
      // The first windows lack their beginning, and come while everything is compiled.
      if (timestamp - started > 2 * WINDOW_MS) closedAt.set(end, performance.now());
      end += WINDOW_MS;
    }
    await producer.send({ topic: 'usage', messages });
  }
  await Promise.race([sleep(3000), ended]);
  const wall = (performance.now() - begun) / 1000;
  child.kill('SIGTERM');
  const { cpu } = await ended;
  await producer.disconnect();
  await consumer.disconnect();
  latencies.sort((a, b) => a - b);
  const at = (share: number): string => latencies[Math.ceil(share * latencies.length) - 1]!.toFixed(0);
  console.log(
    `${Math.round(sent / wall)} events/s, commits every ${commitEvery}, ${latencies.length} assignments of ${closedAt.size} window ends; ` +
      `p50 ${at(0.5)} ms, p99 ${at(0.99)} ms; worker's CPU ${((100 * cpu) / wall).toFixed(0)} % of a core, start included; load ${loadavg()[0]!.toFixed(1)}`,
  );
} finally {
  await broker.remove();
  rmSync(folder, { recursive: true });
}

/** A model of windows like those of the run. */
function train(): string {
  const data = join(folder, 'training.ndjson');
  const lines: string[] = [];
  for (let timestamp = 0; timestamp < 3 * WINDOW_MS; timestamp += STEP_MS) {
    for (let c = 0; c < 500; c++) {
      const isActive = random.next() < 0.5;
      if (isActive)
        lines.push(JSON.stringify({ customerId: `c${c}`, timestamp: 1_704_067_200_000 + timestamp, value: 1 }));
    }
  }
  writeFileSync(data, `${lines.join('\n')}\n`);
  return trainModel(folder, 'model', data, { window: WINDOW, encoder: { views: [] } });
}
