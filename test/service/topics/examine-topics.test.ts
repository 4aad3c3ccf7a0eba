import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../../src/service/config/load-config.js';
import { examineTopics, type TopicFinding } from '../../../src/service/topics/examine-topics.js';
import { type PlannedTopic, planTopics } from '../../../src/service/topics/plan-topics.js';
import type { ConfiguredTopic } from '../../../src/transport/kafka/describe-topics.js';

const CONFIG = loadConfig({
  file: {
    path: 'c.yaml',
    text: 'input: { kind: kafka, kafka: { brokers: [a:1] } }\noutput: { kind: kafka, replicationFactor: 3 }',
  },
});
const PLAN = planTopics(CONFIG);
const INPUT: ConfiguredTopic = {
  topic: 'usage-events',
  partitions: 8,
  replicationFactor: 3,
  settings: { 'cleanup.policy': 'delete', 'retention.ms': '604800000' },
};

/** The topic as `segtide topics create` makes it. */
function asPlanned({ topic, partitions, settings }: PlannedTopic): ConfiguredTopic {
  const count = partitions === 'input' ? 8 : partitions;
  return { topic, partitions: count, replicationFactor: 3, settings: { 'max.message.bytes': '1048588', ...settings } };
}

function examine(change: Readonly<Record<string, Partial<ConfiguredTopic>>>, input: Partial<ConfiguredTopic> = {}) {
  const existing = PLAN.map((planned) => ({ ...asPlanned(planned), ...change[planned.name] }));
  const options = { inputPartitions: 8, delivery: CONFIG.delivery };
  return examineTopics(PLAN, existing, [{ ...INPUT, ...input }], options);
}

function settingsOf(name: string, settings: Readonly<Record<string, string>>) {
  const planned = PLAN.find((topic) => topic.name === name)!;
  return { [name]: { settings: { ...planned.settings, ...settings } } };
}

function only(findings: readonly TopicFinding[]): TopicFinding {
  expect(findings).toHaveLength(1);
  return findings[0]!;
}

describe('examineTopics', () => {
  it('finds nothing where all is as planned', () => {
    expect(examine({})).toEqual([]);
  });

  it('finds what is missing', () => {
    const findings = examineTopics(PLAN, [], [INPUT], { inputPartitions: 8, delivery: CONFIG.delivery });
    expect(findings.map(({ topic, severity }) => `${severity} ${topic}`)).toEqual(
      PLAN.map(({ topic }) => `missing ${topic}`),
    );
  });

  it.each([
    ['state', 16, /segtide\.state has 16 partitions and the input 8: the state of its customers/],
    ['state', 4, /has 4 partitions and the input 8/],
    ['forget-requests', 1, /has 1 partitions and the input 8/],
    ['models', 3, /has 3 partitions and must have 1/],
  ])('refuses %s with %i partitions', (name, partitions, words) => {
    const { severity, text } = only(examine({ [name]: { partitions } }));
    expect(severity).toBe('wrong');
    expect(text).toMatch(words);
  });

  it('takes outputs with any number of partitions, and tells of those with fewer than the input', () => {
    expect(examine({ assignments: { partitions: 12 }, drift: { partitions: 2 } })).toEqual([]);
    const { severity, text } = only(examine({ assignments: { partitions: 3 } }));
    expect(severity).toBe('weak');
    expect(text).toContain('segtide.assignments has 3 partitions and the input 8: no more than 3 of its readers');
  });

  it.each([
    ['segments', { 'cleanup.policy': 'delete' }, /segments that are still in force would be gone after a time/],
    ['state', { 'cleanup.policy': 'delete' }, /state would be lost/],
    ['state', { 'cleanup.policy': 'compact' }, /kafka-configs\.sh .*'cleanup\.policy=\[compact,delete\]'/],
    ['state', { 'retention.ms': '3600000' }, /state would be gone after a time/],
    ['statistics', { 'cleanup.policy': 'compact' }, /would replace each other/],
    ['state', { 'max.message.bytes': '100000' }, /large ones would be refused/],
    ['state', { 'min.insync.replicas': '4' }, /nothing can be written/],
  ])('refuses %s with %j', (name, settings, words) => {
    const { severity, text } = only(examine(settingsOf(name, settings as Record<string, string>)));
    expect(severity).toBe('wrong');
    expect(text).toMatch(words);
  });

  it.each([
    ['samples', { 'retention.ms': '3600000' }],
    ['models', { 'min.insync.replicas': '1' }],
    ['state', { 'segment.bytes': '1073741824' }],
  ])('tells of %s with %j, which works', (name, settings) => {
    expect(only(examine(settingsOf(name, settings as Record<string, string>))).severity).toBe('weak');
  });

  it('takes settings that are better than planned, and policies in any order', () => {
    expect(examine(settingsOf('samples', { 'retention.ms': '-1' }))).toEqual([]);
    expect(examine(settingsOf('state', { 'cleanup.policy': 'delete,compact', 'min.insync.replicas': '3' }))).toEqual(
      [],
    );
  });

  it('tells of too few replicas', () => {
    expect(only(examine({ models: { replicationFactor: 2 } })).text).toContain('2 replicas and should have 3');
  });

  it('refuses an input that forgets before a checkpoint, and tells of one that forgets within a day', () => {
    const kept = (ms: number) => examine({}, { settings: { ...INPUT.settings, 'retention.ms': String(ms) } });
    expect(only(kept(1_199_999))).toMatchObject({ severity: 'wrong' });
    expect(only(kept(1_200_000))).toMatchObject({ severity: 'weak' });
    expect(kept(86_400_000)).toEqual([]);
    expect(only(examine({}, { settings: { 'cleanup.policy': 'compact' } })).text).toContain('is compacted');
  });
});
