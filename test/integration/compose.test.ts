import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { parse } from 'yaml';
import type { AssignmentRecord } from '../../src/publish/assignment-record.js';
import { buildCommand } from '../support/faults/build-command.js';
import { readCommitted } from '../support/kafka/read-committed.js';
import { createTestTopic } from '../support/kafka/topic.js';

interface Service {
  readonly image: string;
  readonly build?: string;
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string | number | null>>;
  readonly depends_on?: Readonly<Record<string, unknown>> | readonly string[];
  readonly deploy?: { readonly replicas: number };
  readonly volumes?: readonly string[];
}

const ROOT = join(import.meta.dirname, '../..');
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
const { services } = parse(read('docker-compose.yml'), { merge: true }) as {
  readonly services: Readonly<Record<string, Service>>;
};
const dockerfile = read('Dockerfile');
const brokers = inject('brokers');

describe('docker-compose.yml', () => {
  const children: ChildProcess[] = [];
  afterEach(() => {
    for (const child of children) child.kill('SIGKILL');
  });
  beforeAll(() => void buildCommand());

  it('names services and files that are there', () => {
    for (const { depends_on = [], volumes = [] } of Object.values(services)) {
      const needed = Array.isArray(depends_on) ? depends_on : Object.keys(depends_on);
      expect(Object.keys(services)).toEqual(expect.arrayContaining(needed));
      for (const path of volumes.map((volume) => volume.split(':')[0]!).filter((path) => path.startsWith('.'))) {
        expect(existsSync(join(ROOT, path)), path).toBe(true);
      }
    }
  });

  it('is built of files that are there, and that the build is sent', () => {
    const sent = read('.dockerignore').split('\n');
    const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, sources]) =>
      sources!.split(' '),
    );
    expect(copied).toContain('src');
    for (const source of copied) {
      expect(existsSync(join(ROOT, source)), source).toBe(true);
      expect(sent).toContain(`!${source.replace('./', '')}`);
    }
  });

  it('brings up workers and a trainer that assign what the simulator sends', { timeout: 180_000 }, async () => {
    const partitions = Number(/--partitions=(\d+)/.exec(services.input!.command!.join(' '))![1]);
    const input = await createTestTopic(brokers, partitions);
    const start = (name: string): ChildProcess => {
      const child = startService(services[name]!, input.topic);
      children.push(child);
      return child;
    };

    expect(await once(start('topics'), 'exit')).toEqual([0, null]);
    const outputs = await readCommitted(brokers, `${input.topic}.assignments`);
    const roles = [
      ...Array.from({ length: services.worker!.deploy!.replicas }, () => start('worker')),
      start('trainer'),
      start('simulator'),
    ];
    const assigned = (): AssignmentRecord[] =>
      outputs.records
        .map(({ value }): AssignmentRecord => JSON.parse(String(value)))
        .filter(({ segmentId }) => segmentId !== null);
    while (assigned().length < 100) {
      expect(roles.map(({ exitCode }) => exitCode)).toEqual(roles.map(() => null));
      await sleep(500);
    }
    expect(new Set(assigned().map(({ segmentId }) => segmentId)).size).toBeGreaterThan(1);
    expect(new Set(outputs.records.map(({ partition }) => partition)).size).toBe(partitions);
    await outputs.close();

    const ends = roles.map((child) => once(child, 'exit'));
    for (const child of roles) child.kill('SIGTERM');
    expect(await Promise.all(ends)).toEqual(roles.map(() => [0, null]));
  });
});

/** Starts what a container of the service would, on the broker and the topics of the test, with more events a second. */
function startService({ command = [], environment = {} }: Service, topic: string): ChildProcess {
  const [node, ...entry] = JSON.parse(/^ENTRYPOINT (.+)$/m.exec(dockerfile)![1]!) as string[];
  expect(node).toBe('node');
  const address = brokers.join(',');
  const args = command.map((arg) =>
    arg
      .replace('kafka:9092', address)
      .replace('usage-events', topic)
      .replace(/^--rate=.*/, '--rate=20000'),
  );
  const set = Object.entries(environment).filter(([, value]) => value !== null);
  return spawn(process.execPath, [...entry, ...args], {
    cwd: ROOT,
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      ...Object.fromEntries(set.map(([name, value]) => [name, String(value).replace('kafka:9092', address)])),
      SEGTIDE_INPUT__KAFKA__TOPICS: topic,
      SEGTIDE_INPUT__KAFKA__GROUP_ID: topic,
      SEGTIDE_OUTPUT__TOPIC_PREFIX: `${topic}.`,
      SEGTIDE_RUN__LOG_LEVEL: 'warn',
    },
  });
}
