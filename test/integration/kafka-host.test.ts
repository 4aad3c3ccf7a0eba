import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Message } from 'kafkajs';
import { afterEach, expect, inject, it } from 'vitest';
import { createTestTopic } from '../support/kafka/topic.js';

let host: ChildProcess | undefined;
afterEach(() => host?.kill('SIGKILL'));

it('examples/kafka-host counts what segtide made of its own consumer, in its own registry, and ends on SIGTERM', async () => {
  const brokers = inject('brokers');
  const topic = await createTestTopic(brokers);
  for (let day = 0; day < 40; day += 10) await topic.produce(usage(day + 10, day));
  await topic.produce([
    { key: 'x', value: 'no JSON' },
    { key: 'y', value: '{"customerId":"y"}' },
  ]);

  host = spawn(process.execPath, ['--import', 'tsx', 'examples/kafka-host.ts'], {
    env: { ...process.env, BROKERS: brokers.join(','), TOPIC: topic.topic, PORT: '0', FIRST_FIT: '256' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const url = await metricsUrl(host.stdout!);

  // 30 customers in 39 whole days; the day of the newest event is open.
  const metrics = await until(
    url,
    (text) => total(text, 'host_assignments_total') >= 39 * 30 && total(text, 'host_refused_events_total') === 2,
  );
  expect(metrics).toMatch(/host_assignments_total\{segment="warming"\} \d+/);
  expect(metrics).toContain('host_refused_events_total{why="unreadable"} 1');
  expect(metrics).toContain('host_refused_events_total{why="incomplete"} 1');

  // The first model is trained meanwhile; it takes effect between two learning batches, so time must go on.
  for (let day = 40; ; day += 10) {
    await topic.produce(usage(day + 10, day));
    const now = await until(url, (text) => total(text, 'host_assignments_total') >= (day + 9) * 30);
    if (/host_assignments_total\{segment="s\d+"\} \d+/.test(now)) break;
  }
  expect(total(await until(url, () => true), 'host_segment_share')).toBeCloseTo(1, 1);

  host.kill('SIGTERM');
  const [code] = await once(host, 'exit');
  expect(code).toBe(0);
});

async function metricsUrl(stdout: Readable): Promise<string> {
  for await (const line of createInterface({ input: stdout })) {
    if (line.startsWith('metrics on ')) return line.slice('metrics on '.length);
  }
  throw new Error('the host ended before it said where its metrics are');
}

/** Hourly usage of thirty customers, the days in [from, to). */
function usage(to: number, from: number): Message[] {
  const records: Message[] = [];
  for (let hour = from * 24; hour < to * 24; hour++) {
    for (let customer = 0; customer < 30; customer++) {
      const isActive = [true, hour % 24 < 6, hour % 24 > 12][customer % 3]!;
      if (!isActive) continue;
      const customerId = `c${customer}`;
      const eventTime = Date.UTC(2026, 0, 1) + hour * 3_600_000;
      records.push({ key: customerId, value: JSON.stringify({ customerId, eventTime, values: 5 + (hour % 4) }) });
    }
  }
  return records;
}

async function until(url: string, isReached: (metrics: string) => boolean): Promise<string> {
  for (;;) {
    const metrics = await (await fetch(url)).text();
    if (isReached(metrics)) return metrics;
    if (host?.exitCode != null)
      throw new Error(`the host ended with code ${host.exitCode}; its metrics were\n${metrics}`);
    await sleep(100);
  }
}

/** Sum over all labels. */
function total(metrics: string, name: string): number {
  const values = [...metrics.matchAll(new RegExp(`^${name}(?:\\{.*\\})? (.+)$`, 'gm'))];
  return values.reduce((sum, [, value]) => sum + Number(value), 0);
}
