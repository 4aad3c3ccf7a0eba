import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { main } from '../../src/service/cli/program.js';
import { describeTopics, withSettings } from '../../src/transport/kafka/describe-topics.js';
import { openKafka } from '../../src/transport/kafka/kafka-connection.js';
import { ensureTopics } from '../../src/transport/kafka/topics.js';

const brokers = inject('brokers');
const STATE = { 'cleanup.policy': 'compact,delete', 'retention.ms': '-1', 'retention.bytes': '-1' };

let folder: string;
let configs = 0;
let prefix: string;
let config: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'segtide-topics-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));
beforeEach(async () => {
  prefix = `topics-${configs++}.`;
  config = await writeConfig([`${prefix}usage`]);
});

async function writeConfig(topics: unknown, more = {}): Promise<string> {
  const path = join(folder, `${configs++}.yaml`);
  const kafka = { brokers, topics, groupId: 'g' };
  const output = { kind: 'kafka', topicPrefix: `${prefix}out.`, ...more };
  await writeFile(path, JSON.stringify({ input: { kind: 'kafka', kafka }, output }));
  return path;
}

async function create(plans: Parameters<typeof ensureTopics>[1]): Promise<void> {
  const named = plans.map((plan) => ({ ...plan, topic: `${prefix}${plan.topic}` }));
  await ensureTopics(await openKafka({ brokers }), named);
}

/** Runs `segtide topics …` in this process. */
async function topics(command: string, path = config, ...flags: string[]) {
  const text = { out: '', err: '' };
  const stream = (name: 'out' | 'err') => ({ write: (more: string) => (text[name] += more) });
  const terminal = { out: stream('out'), err: stream('err'), env: {}, now: Date.now };
  const exitCode = await main(['topics', command, '--config', path, ...flags], terminal);
  return { exitCode, ...text };
}

describe('segtide topics', () => {
  it('creates what it plans, and finds nothing wrong with it', async () => {
    await create([{ topic: 'usage', partitions: 3 }]);
    const before = await topics('check');
    expect(before.exitCode).toBe(4);
    expect(before.out).toContain(`missing  ${prefix}out.state does not exist`);
    expect(before.out).toContain('`segtide topics create` makes those that are missing');

    const created = await topics('create');
    expect(created).toMatchObject({ exitCode: 0, err: '' });
    expect(created.out.split('\n')).toHaveLength(15 + 1);
    expect(await topics('check')).toMatchObject({ exitCode: 0, out: 'all 15 topics are as they must be\n' });
    expect((await topics('create')).out).toBe('all 15 topics are there\n');

    const kafka = await openKafka({ brokers });
    const names = ['assignments', 'state', 'models'].map((name) => `${prefix}out.${name}`);
    const found = await withSettings(kafka, await describeTopics(kafka, names));
    const byName = Object.fromEntries(found.map((topic) => [topic.topic.replace(`${prefix}out.`, ''), topic]));
    expect(byName.assignments).toMatchObject({ partitions: 3 });
    expect(byName.state).toMatchObject({ partitions: 3, settings: STATE });
    expect(byName.models).toMatchObject({ partitions: 1, settings: { 'cleanup.policy': 'compact' } });
  });

  it('creates nothing where a topic that is there would lose state, and says what to do', async () => {
    await create([
      { topic: 'usage', partitions: 4 },
      { topic: 'out.state', partitions: 8, settings: STATE },
      { topic: 'out.segments', partitions: 1 },
    ]);
    const refused = await topics('create');
    expect(refused.exitCode).toBe(4);
    expect(refused.err).toMatch(/out\.state has 8 partitions and the input 4: the state of its customers would not be/);
    expect(refused.err).toMatch(/out\.segments has cleanup\.policy=delete .* kafka-configs\.sh --alter/);
    expect(await describeTopics(await openKafka({ brokers }), [`${prefix}out.models`])).toEqual([]);
    const checked = (await topics('check')).out;
    expect(checked).toContain('missing');
    expect(checked).not.toContain('`segtide topics create` makes');
    expect(JSON.parse((await topics('check', config, '--json')).out).findings).toContainEqual(
      expect.objectContaining({ topic: `${prefix}out.state`, severity: 'wrong' }),
    );
  });

  it('refuses topics that are read together and differ in their partitions', async () => {
    await create([
      { topic: 'a', partitions: 2 },
      { topic: 'b', partitions: 3 },
    ]);
    for (const named of [[`${prefix}a`, `${prefix}b`], `/^${prefix.replace('.', '\\.')}[ab]$/`]) {
      const refused = await topics('check', await writeConfig(named));
      expect(refused.exitCode).toBe(3);
      expect(refused.err).toMatch(/a has 2, .*b has 3\. Read them apart, or set `input\.keyed: repartition`/);
    }
    const repartitioned = await topics(
      'create',
      await writeConfig([`${prefix}a`, `${prefix}b`]),
      '--set',
      'input.keyed=repartition',
    );
    expect(repartitioned).toMatchObject({ exitCode: 0, out: expect.stringContaining('out.repartitioned') });
  });

  it.each([
    ['an input that does not exist', 'nowhere', 3, /nowhere of `input\.kafka\.topics` does not exist/],
    ['a pattern that matches nothing', '/^nowhere/', 3, /matches \/\^nowhere\//],
  ])('tells of %s', async (_, named, code, words) => {
    const { exitCode, err } = await topics('check', await writeConfig(named));
    expect(exitCode).toBe(code);
    expect(err).toMatch(words);
  });

  it('tells of a broker that is not there', async () => {
    const { exitCode, err } = await topics('check', config, '--set', 'input.kafka.brokers=127.0.0.1:1');
    expect(exitCode).toBe(6);
    expect(err).toContain('ECONNREFUSED');
  });

  it('plans without a broker', async () => {
    const { exitCode, out } = await topics('plan', config, '--set', 'input.kafka.brokers=127.0.0.1:1', '--json');
    expect(exitCode).toBe(0);
    const { topics: plan, acls } = JSON.parse(out);
    expect(plan).toContainEqual(expect.objectContaining({ name: 'state', partitions: 'input' }));
    expect(acls).toContainEqual({
      role: 'worker',
      resource: 'transactional-id',
      name: `${prefix}out.worker-`,
      pattern: 'prefixed',
      operations: ['Write'],
    });
  });
});
