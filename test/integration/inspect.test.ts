import { randomUUID } from 'node:crypto';
import { describe, expect, inject, it } from 'vitest';
import { OUTPUTS } from '../../src/publish/output.js';
import { loadConfig } from '../../src/service/config/load-config.js';
import { inspectSample } from '../../src/service/inspect/inspect-sample.js';
import { readTopicSample } from '../../src/service/inspect/read-topic-sample.js';
import { toConfig as toConfigText } from '../../src/service/inspect/to-config.js';
import { createLog } from '../../src/service/log.js';
import { readSegments } from '../../src/service/view/api/queries/segments.js';
import { readOutputs } from '../../src/service/view/read-outputs.js';
import { toViewSettings } from '../../src/service/view/to-view-settings.js';
import { ensureTopics } from '../../src/transport/kafka/topics.js';
import { assignment, segment } from '../service/view/sample-run.js';
import { pipelineConfig, toConfig } from '../support/kafka/pipeline-config.js';
import { createTestTopic, openTestTopic } from '../support/kafka/topic.js';

const brokers = inject('brokers');
const HOUR = 3_600_000;

describe('an unknown topic', () => {
  it('is read from all partitions, and says whether its keys are the customers', async () => {
    const { topic, produce } = await createTestTopic(brokers, 2);
    const usage = Array.from({ length: 200 }, (_, i) => ({
      meter: `m${i % 2}`,
      at: 1.7e12 + Math.floor(i / 2) * HOUR,
      kwh: Math.floor(i / 2) % 24,
    }));
    await produce(usage.map((one, i) => ({ partition: i % 2, key: one.meter, value: JSON.stringify(one) })));
    await produce([{ partition: 0, key: 'x', value: 'nonsense' }]);
    const kafka = { brokers, topics: [topic], groupId: `inspect-${randomUUID()}` };
    const config = toConfig(pipelineConfig({ kind: 'kafka', kafka }, { kind: 'kafka' }));
    const sample = await readTopicSample(topic, config);
    expect(sample).toMatchObject({ whole: true, unreadable: 1, extent: 'all 200 records of 2 partitions' });
    const findings = inspectSample(sample);
    if (findings.holds !== 'events') throw new Error('these are events');
    expect(findings).toMatchObject({ keyed: true, window: { step: 'hour', steps: 24 } });
    const text = toConfigText(findings, { brokers, groupId: kafka.groupId });
    expect(loadConfig({ file: { path: 'segtide.yaml', text } }).input).toMatchObject({
      kind: 'kafka',
      keyed: 'verify',
      kafka: { topics: [topic] },
    });
  });
});

describe('outputs on topics', () => {
  it('are read to their ends, also where one is empty', async () => {
    const topicPrefix = `report-${randomUUID()}.`;
    const kafka = { brokers, topics: ['usage'], groupId: topicPrefix };
    const config = toConfig(pipelineConfig({ kind: 'kafka', kafka }, { kind: 'kafka', topicPrefix, format: 'json' }));
    await ensureTopics(
      openTestTopic(brokers, topicPrefix).kafka,
      OUTPUTS.map(({ name }) => ({ topic: `${topicPrefix}${name}`, partitions: 2 })),
    );
    const send = (name: string, ...records: readonly object[]) =>
      openTestTopic(brokers, `${topicPrefix}${name}`).produce(
        records.map((one, i) => ({ partition: i % 2, value: JSON.stringify(one) })),
      );
    await send('segments', segment('s1', { name: 'night shift' }));
    await send('assignments', assignment('a', 2, 's1'), assignment('b', 2, 's1'), assignment('c', 2, 's1'));
    const parts = {
      log: createLog({ level: 'silent', format: 'json', write: () => undefined }),
      signal: new AbortController().signal,
    };
    const answer = await readOutputs(toViewSettings(config, undefined, 0), parts, ({ database }) =>
      readSegments(database),
    );
    expect(answer.segments).toMatchObject([{ segmentId: 's1', name: 'night shift', madeName: 'steady', customers: 3 }]);
  });
});
