import { randomUUID } from 'node:crypto';
import { expect, inject, it } from 'vitest';
import { checkRoleTopics } from '../../src/service/topics/check-role-topics.js';
import { pipelineConfig, toConfig } from '../support/kafka/pipeline-config.js';
import { createTestTopic } from '../support/kafka/topic.js';

const brokers = inject('brokers');

function configOf(topic: string, more: object = {}) {
  const output = { kind: 'kafka', topicPrefix: `missing-${randomUUID()}.`, ...more };
  return toConfig(pipelineConfig({ kind: 'kafka', kafka: { brokers, topics: [topic], groupId: topic } }, output));
}

const problem = (config: Parameters<typeof checkRoleTopics>[0]) =>
  checkRoleTopics(config, ['worker', 'trainer']).then(
    () => undefined,
    ({ message }: Error) => message,
  );

it('topics that worker and trainer miss are named together, each once', async () => {
  const { topic } = await createTestTopic(brokers, 2);
  const config = configOf(topic);
  const message = (await problem(config))!;
  for (const name of ['assignments', 'segments', 'models', 'statistics', 'state', 'trainer-state']) {
    expect(message.split(`${config.output.topicPrefix}${name}`).length, name).toBeGreaterThan(1);
  }
  expect(message.match(/do not exist/g)).toHaveLength(1);
  expect(message).toContain('segtide topics create');
});

it('an input that is missing is named with them, and then nothing is made', async () => {
  const nowhere = `nowhere-${randomUUID()}`;
  const config = configOf(nowhere, { createTopics: true });
  const message = (await problem(config))!;
  expect(message).toContain(`${nowhere} of \`input.kafka.topics\` does not exist`);
  expect(message).toContain(`${config.output.topicPrefix}models`);
  expect(await problem(config)).toBe(message);
});

it('are made where that is asked for', async () => {
  const { topic } = await createTestTopic(brokers, 2);
  const config = configOf(topic, { createTopics: true });
  expect(await problem(config)).toBeUndefined();
  expect(await problem({ ...config, output: { ...config.output, createTopics: false } })).toBeUndefined();
});
