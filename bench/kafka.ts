// Kafka in, Kafka out, with trainings under way: events a second, and the longest time for which the event loop that
// reads and sends heartbeats stood still. Starts a broker of its own (Java 17, Maven).
//
//   npx tsx bench/kafka.ts [customers] [days]
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { loadConfig } from '../src/service/config/load-config.js';
import { createLog } from '../src/service/log.js';
import { runFromConfig } from '../src/service/run/run.js';
import type { Progress } from '../src/service/run-summary.js';
import { simulatedUsage } from '../test/support/kafka/simulated-usage.js';
import { startBroker } from '../test/support/kafka/start.js';
import { createTestTopic, openTestTopic } from '../test/support/kafka/topic.js';

/** Days that come one by one, when the backlog of all others has been read: models take effect while time goes on. */
const LIVE_DAYS = 28;
const [customers = 2000, days = 56, from, to, produceTo] = process.argv.slice(2);
const usage = simulatedUsage(Number(customers), Number(days));
const perDay = Math.ceil(usage.records.length / Number(days));
if (produceTo !== undefined) {
  // In a process of its own: the event loop that is measured has no producer on it but segtide's.
  const [brokers, topic] = produceTo.split('/') as [string, string];
  for (let day = Number(from); day < Number(to); day++) {
    await openTestTopic([brokers], topic).produce(usage.records.slice(day * perDay, (day + 1) * perDay));
    if (day >= Number(days) - LIVE_DAYS) await sleep(500);
  }
  process.exit();
}
const folder = await mkdtemp(join(tmpdir(), 'segtide-bench-'));
const { brokers, remove } = await startBroker();
try {
  const topic = await createTestTopic(brokers, 3);
  const backlog = usage.records.length - LIVE_DAYS * perDay;
  const produce = (fromDay: number, toDay: number): Promise<unknown> => {
    const args = [customers, days, fromDay, toDay, `${brokers[0]}/${topic.topic}`].map(String);
    return once(fork('bench/kafka.ts', args, { execArgv: ['--import', 'tsx'] }), 'exit');
  };
  await produce(0, Number(days) - LIVE_DAYS);
  const config = loadConfig({
    file: {
      path: 'bench',
      text: JSON.stringify({
        input: {
          kind: 'kafka',
          kafka: { brokers, topics: [topic.topic], groupId: 'bench', pollTimeout: '200ms' },
          fields: { customer: 'customerId', time: 'timestamp' },
          channels: [{ name: 'usage', field: 'value' }],
          time: { unit: 'ms', min: '2020-01-01' },
        },
        window: { idleTimeout: '1h' },
        model: { retrain: { everyWindows: 20_000 } },
        output: { kind: 'kafka', path: folder, createTopics: true },
        run: { checkpointEvery: '5s' },
      }),
    },
  });

  const delay = monitorEventLoopDelay({ resolution: 5 });
  const longest = new Map<string, number>();
  let phase = 'start';
  let seen: Progress | undefined;
  const note = (next: string): void => {
    longest.set(phase, Math.max(longest.get(phase) ?? 0, delay.max / 1e6));
    phase = next;
    delay.reset();
  };
  const controller = new AbortController();
  const began = performance.now();
  let readAll = 0;
  delay.enable();
  const running = runFromConfig(config, {
    signal: controller.signal,
    clock: { now: Date.now },
    log: createLog({ level: 'warn', format: 'text', write: (line) => process.stderr.write(line) }),
    progress(progress) {
      seen = progress;
      if ((progress.events ?? 0) >= backlog && readAll === 0) readAll = performance.now() - began;
      const next = progress.phase.startsWith('training') ? 'training' : 'reading';
      if (next !== phase) note(next);
    },
  });
  while (readAll === 0) await Promise.race([sleep(50), running]);
  // A day in half a second: models take effect while time goes on.
  await Promise.race([produce(Number(days) - LIVE_DAYS, Number(days)), running]);
  while ((seen!.events ?? 0) < usage.records.length) await Promise.race([sleep(50), running]);
  note('end');
  controller.abort();
  const { models, windows } = await running;
  const seconds = readAll / 1000;
  console.log(`${usage.records.length} events, ${windows} windows, ${models.length} models`);
  console.log(
    `backlog of ${backlog}: ${Math.round(backlog / seconds)} events/s over ${seconds.toFixed(1)} s, group join included`,
  );
  for (const [name, ms] of longest) console.log(`longest stall, ${name}: ${ms.toFixed(0)} ms`);
} finally {
  await remove();
  await rm(folder, { recursive: true, force: true });
}
