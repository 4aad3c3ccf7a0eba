// Hours of a worker on Kafka at half of what it can take: heap after forced collections, resident memory and lag.
// Customers come and go. Starts a broker of its own (Java 17, Maven). Build first: npm run build.
//
//   npx tsx bench/soak.ts [--minutes 60] [--rate EVENTS_A_SECOND, by default half of what the worker takes] [--json FILE]
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { type Message, Partitioners } from 'kafkajs';
import { ensureTopics } from '../src/transport/kafka/topics.js';
import { watchGroupLag } from '../test/support/faults/group-lag.js';
import { startBroker } from '../test/support/kafka/start.js';
import { connect, deploy, MAIN, MAPPING, WINDOW } from './measure/worker-runs.js';

const { values: flags } = parseArgs({
  options: { minutes: { type: 'string', default: '60' }, rate: { type: 'string' }, json: { type: 'string' } },
});
const CUSTOMERS = 10_000;
/** New ones of a day, each in place of an old one. */
const NEW_A_DAY = 20;
const EVENTS_A_DAY = 6 * CUSTOMERS;
const DAY_MS = 86_400_000;
const BACKLOG = 300_000;
/** Events in one request at most. */
const BATCH = 10_000;
const PIECE_MS = 100;
const SAMPLE_MS = 30_000;

/** Every half minute: what is in use after a collection, and what the process holds. */
const WATCH = `import { isMainThread } from 'node:worker_threads';
if (isMainThread) setInterval(() => {
  gc();
  const { heapUsed, rss, external, arrayBuffers } = process.memoryUsage();
  const { userCPUTime, systemCPUTime } = process.resourceUsage();
  console.error('memory ' + JSON.stringify({ heapUsed, rss, external, arrayBuffers, cpuMs: (userCPUTime + systemCPUTime) / 1000 }));
}, ${SAMPLE_MS}).unref();`;

interface Memory {
  readonly heapUsed: number;
  readonly rss: number;
  readonly arrayBuffers: number;
  readonly cpuMs: number;
}

/** Events in order, of customers who use something six times a day. */
function* usage(): Generator<Message, never> {
  const begin = Math.floor(Date.now() / DAY_MS - 1000) * DAY_MS;
  for (let i = 0; ; i++) {
    const timestamp = Math.floor(begin + (i / EVENTS_A_DAY) * DAY_MS);
    const day = Math.floor(i / EVENTS_A_DAY);
    // Each in turn, in steps that share no factor with their number.
    const number = (i * 7919) % CUSTOMERS;
    const generation = Math.floor((number + NEW_A_DAY * day) / CUSTOMERS);
    const customerId = `c${number}-${generation}`;
    const hour = Math.floor(timestamp / 3_600_000) % 24;
    const value = Math.round(100 * (1 + Math.sin((2 * Math.PI * (hour + (number % 12))) / 24) + (i % 7) / 7)) / 100;
    yield { key: customerId, value: `{"customerId":"${customerId}","timestamp":${timestamp},"value":${value}}` };
  }
}

const folder = mkdtempSync(join(tmpdir(), 'segtide-soak-'));
const broker = await startBroker({
  settings: ['log.retention.ms=300000', 'log.segment.bytes=33554432', 'log.retention.check.interval.ms=30000'],
});
const samples: (Memory & { readonly minute: number })[] = [];
try {
  const events = usage();
  const next = (count: number): Message[] => Array.from({ length: count }, () => events.next().value);
  const kafka = connect(broker.brokers[0]!);
  await ensureTopics(kafka, [{ topic: 'usage', partitions: 8 }]);
  const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });
  const admin = kafka.admin();
  await Promise.all([producer.connect(), admin.connect()]);
  const send = (count: number) => producer.send({ topic: 'usage', messages: next(count) });

  const model = await train();
  const deployment = await deploy(
    folder,
    kafka,
    { broker: broker.brokers[0]!, topic: 'usage', model },
    {
      delivery: { checkpointEvery: '1m' },
    },
  );
  const lag = watchGroupLag(admin, [{ groupId: deployment.groupId, topic: 'usage' }]);
  for (let sent = 0; sent < BACKLOG; sent += BATCH) await send(BATCH);
  const begun = performance.now();
  const worker = spawn(
    process.execPath,
    [
      '--expose-gc',
      '--import',
      `data:text/javascript,${encodeURIComponent(WATCH)}`,
      MAIN,
      'worker',
      '--config',
      deployment.config,
      '-q',
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  process.once('exit', () => worker.kill('SIGKILL'));
  const log = createWriteStream(`${flags.json ?? join(folder, 'soak')}.log`);
  createInterface({ input: worker.stderr }).on('line', (line) => {
    log.write(`${line}\n`);
    if (!line.startsWith('memory ')) return;
    const minute = (performance.now() - begun) / 60_000;
    samples.push({ minute, ...JSON.parse(line.slice('memory '.length)) });
    if (flags.json !== undefined) writeFileSync(flags.json, JSON.stringify(samples));
  });
  const failed = once(worker, 'exit').then(([code]) => Promise.reject(new Error(`the worker ended with ${code}`)));
  failed.catch(() => {}); // told where it matters
  await Promise.race([lag.caughtUp(), failed]);
  const most = BACKLOG / ((performance.now() - begun) / 1000);
  const rate = Number(flags.rate ?? most / 2);
  console.log(
    `takes ${Math.round(most)} events/s with its start; fed ${Math.round(rate)} events/s; load ${loadavg()[0]!.toFixed(1)}`,
  );

  const from = performance.now();
  let sent = 0;
  for (let passed = 0; passed < Number(flags.minutes) * 60_000; passed = performance.now() - from) {
    // After a pause of the machine what is due by then would be more than a request may hold.
    const due = Math.min(BATCH, Math.floor((rate * passed) / 1000) - sent);
    if (due > 0) await Promise.race([send(due), failed]);
    sent += Math.max(0, due);
    await sleep(PIECE_MS);
  }
  await Promise.race([lag.caughtUp(), failed]);
  worker.kill('SIGTERM');
  await failed.catch(() => {}); // it was asked to
  await lag.close();
  await Promise.all([producer.disconnect(), admin.disconnect()]);

  const mb = (bytes: number): string => (bytes / 1e6).toFixed(1);
  const at = (minute: number) => samples.find((sample) => sample.minute >= minute) ?? samples[0]!;
  const [early, last] = [at(Math.min(10, Number(flags.minutes) / 2)), samples.at(-1)!];
  console.log(
    `${sent} events in ${Math.round((performance.now() - from) / 60_000)} min, ${Math.round(sent / EVENTS_A_DAY)} days of event time; load ${loadavg()[0]!.toFixed(1)}`,
  );
  for (const sample of [samples[0]!, early, last]) {
    console.log(
      `minute ${sample.minute.toFixed(1)}: heap ${mb(sample.heapUsed)} MB and buffers ${mb(sample.arrayBuffers)} MB after collection, resident ${mb(sample.rss)} MB, processor ${(sample.cpuMs / 1000).toFixed(0)} s`,
    );
  }
  console.log(
    `from minute ${early.minute.toFixed(0)} to the end: heap ${mb(last.heapUsed - early.heapUsed)} MB, buffers ${mb(last.arrayBuffers - early.arrayBuffers)} MB, resident ${(last.rss / early.rss).toFixed(2)} times`,
  );
} finally {
  await broker.remove();
  rmSync(folder, { recursive: true });
}

/** A model of the first days, by the built command. */
async function train(): Promise<string> {
  const data = join(folder, 'usage.ndjson');
  const path = join(folder, 'model.safetensors');
  const first = usage();
  writeFileSync(data, Array.from({ length: 120_000 }, () => `${first.next().value.value}\n`).join(''));
  const config = join(folder, 'train.yaml');
  writeFileSync(config, JSON.stringify({ input: MAPPING, window: WINDOW, cluster: { k: 6 } }));
  execFileSync(process.execPath, [MAIN, 'train', data, '--config', config, '-q', '-o', path]);
  return path;
}
