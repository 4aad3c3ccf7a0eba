import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, inject, it } from 'vitest';
import { startSegtide } from '../command/segtide.js';
import { buildCommand } from '../support/faults/build-command.js';
import { pipelineConfig } from '../support/kafka/pipeline-config.js';
import { simulatedUsage } from '../support/kafka/simulated-usage.js';
import { createTestTopic } from '../support/kafka/topic.js';

it('segtide run --view between Kafka and Kafka shows what it reads, and logs lines of JSON alone', async () => {
  buildCommand();
  const folder = await mkdtemp(join(tmpdir(), 'segtide-run-view-'));
  const topic = await createTestTopic(inject('brokers'), 2);
  const kafka = { brokers: inject('brokers'), topics: [topic.topic], groupId: topic.topic, pollTimeout: '200ms' };
  const output = { kind: 'kafka', topicPrefix: `${topic.topic}.`, createTopics: true };
  const more = { view: { port: 0 }, http: { port: 0 }, run: { logEvery: '1s', logLevel: 'info' } };
  const config = join(folder, 'segtide.yaml');
  await writeFile(config, pipelineConfig({ kind: 'kafka', kafka }, output, more));
  const { child, ended } = startSegtide(['run', '--view', '--config', config]);
  const failed = ended.then(({ stderr }) => Promise.reject(new Error(stderr)));
  failed.catch(() => undefined);
  let lines = '';
  child.stderr!.on('data', (text: string) => {
    lines += text;
  });
  const until = async (isSo: () => Promise<boolean> | boolean): Promise<void> => {
    while (!(await isSo())) await Promise.race([sleep(100), failed]);
  };
  try {
    await until(() => /page: http\S+/.test(lines));
    const url = /page: (http[^\s"]+)/.exec(lines)![1]!;
    await until(() => lines.includes('no traffic'));
    await topic.produce(simulatedUsage(60, 10).records);
    const summary = async () =>
      (await (await fetch(`${url}api/summary`)).json()) as {
        records: { assignments?: number };
        progress: { events: number } | null;
      };
    await until(async () => {
      const { records, progress } = await summary();
      return (records.assignments ?? 0) > 0 && (progress?.events ?? 0) > 0;
    });
    await until(() => lines.includes('at work'));
    child.kill('SIGTERM');
    const { code, stderr } = await ended;
    expect(code).toBe(0);
    for (const line of stderr.trimEnd().split('\n')) expect(() => JSON.parse(line), line).not.toThrow();
  } finally {
    child.kill('SIGKILL');
    await rm(folder, { recursive: true, force: true });
  }
});
