import { describe, expect, it } from 'vitest';
import { OUTPUTS } from '../../../src/publish/output.js';
import { loadConfig } from '../../../src/service/config/load-config.js';
import { planTopics } from '../../../src/service/topics/plan-topics.js';
import { INNER_TOPICS, OUTPUT_TOPICS, topicOf } from '../../../src/service/topics/topic-name.js';

const KAFKA = 'input: { kind: kafka, kafka: { brokers: [a:1] } }';

function plan(text: string) {
  return planTopics(loadConfig({ file: { path: 'c.yaml', text } }));
}

describe('planTopics', () => {
  it('plans the outputs and the inner topics of workers and trainer', () => {
    const topics = plan(`${KAFKA}\noutput: { kind: kafka }`).map(({ topic, partitions }) => `${topic} ${partitions}`);
    expect(topics).toEqual([
      'segtide.assignments input',
      'segtide.transitions input',
      'segtide.segments 1',
      'segtide.drift 1',
      'segtide.alerts input',
      'segtide.model-events 1',
      'segtide.late input',
      'segtide.dead-letters input',
      'segtide.models 1',
      'segtide.model-requests 1',
      'segtide.samples 1',
      'segtide.statistics 1',
      'segtide.state input',
      'segtide.trainer-state 1',
      'segtide.forget-requests input',
    ]);
  });

  it('plans no topic for what is not written', () => {
    const names = plan(`${KAFKA}\noutput: { kind: kafka }\nalerts: { kinds: [] }`).map(({ name }) => name);
    expect(names).not.toContain('alerts');
    expect(names).not.toContain('embeddings');
    expect(names).toHaveLength(14);
  });

  it('keeps the last of each key where a reader needs no more, and state for ever', () => {
    const settings = Object.fromEntries(
      plan(`${KAFKA}\noutput: { kind: kafka }`).map(({ name, settings }) => [name, settings]),
    );
    expect(settings.models).toEqual({ 'cleanup.policy': 'compact' });
    expect(settings.segments).toEqual({ 'cleanup.policy': 'compact' });
    // Records are deleted from it by hand, which Kafka allows with this policy alone.
    expect(settings.state).toMatchObject({ 'cleanup.policy': 'compact,delete', 'retention.ms': '-1' });
    expect(settings.samples).toEqual({ 'cleanup.policy': 'delete', 'retention.ms': '86400000' });
    expect(settings.assignments).toEqual({});
  });

  it('asks for replicas as the config does', () => {
    const [first] = plan(`${KAFKA}\noutput: { kind: kafka, replicationFactor: 3 }`);
    expect(first).toMatchObject({ replicationFactor: 3, settings: { 'min.insync.replicas': '2' } });
    const [one] = plan(`${KAFKA}\noutput: { kind: kafka, replicationFactor: 1 }`);
    expect(one).toMatchObject({ settings: { 'min.insync.replicas': '1' } });
    const [named] = plan(`${KAFKA}\noutput: { kind: kafka, replicationFactor: 5, minInsyncReplicas: 2 }`);
    expect(named).toMatchObject({ settings: { 'min.insync.replicas': '2' } });
  });

  it('plans embeddings and the repartitioned input where they are asked for', () => {
    const text = `input: { kind: kafka, keyed: repartition, kafka: { brokers: [a:1] } }
output: { kind: kafka, embeddings: { enabled: true }, topics: { repartitioned: by-customer } }`;
    expect(plan(text).map(({ topic }) => topic)).toEqual(expect.arrayContaining(['segtide.embeddings', 'by-customer']));
  });

  it('plans no inner topics for what is read from files, and nothing for what is written to files', () => {
    expect(plan('output: { kind: kafka, kafka: { brokers: [a:1] } }').map(({ name }) => name)).toEqual(
      OUTPUT_TOPICS.filter((name) => name !== 'embeddings'),
    );
    expect(plan(KAFKA)).toEqual([]);
  });
});

describe('names of topics', () => {
  it('are those of all outputs', () => {
    expect(OUTPUT_TOPICS).toEqual(OUTPUTS.map(({ name }) => name));
  });

  it('are made of the prefix, but for those that are given', () => {
    const naming = { topicPrefix: 'a.', topics: { models: 'm' } };
    expect(INNER_TOPICS.map((name) => topicOf(naming, name)).slice(0, 2)).toEqual(['m', 'a.model-requests']);
  });
});
