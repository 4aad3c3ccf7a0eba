import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, inject, it } from 'vitest';
import { createAvroEncoder } from '../../src/publish/avro-encoder.js';
import { ALERTS, ASSIGNMENTS, OUTPUTS, TRANSITIONS } from '../../src/publish/output.js';
import { createLog } from '../../src/service/log.js';
import { createView } from '../../src/service/view/create-view.js';
import { toViewSettings } from '../../src/service/view/to-view-settings.js';
import { ensureTopics } from '../../src/transport/kafka/topics.js';
import { alert, assignment, transition } from '../service/view/sample-run.js';
import { pipelineConfig, toConfig } from '../support/kafka/pipeline-config.js';
import { openTestTopic } from '../support/kafka/topic.js';

const brokers = inject('brokers');
const database = join(tmpdir(), `segtide-view-${randomUUID()}.sqlite`);
afterAll(() => rm(database, { force: true }));

const SILENT = createLog({ level: 'silent', format: 'json', write: () => undefined });

/** Topics of the outputs with a prefix of their own, and a config that names them. */
async function createOutputTopics(format: 'json' | 'avro', names = OUTPUTS.map(({ name }) => name)) {
  const topicPrefix = `view-${randomUUID()}.`;
  const topicOf = (name: string) => openTestTopic(brokers, `${topicPrefix}${name}`);
  const kafka = { brokers, topics: ['usage'], groupId: topicPrefix };
  const config = toConfig(
    pipelineConfig({ kind: 'kafka', kafka }, { kind: 'kafka', topicPrefix, format }, { view: { port: 0, database } }),
  );
  const create = (created: readonly string[]) =>
    ensureTopics(
      topicOf('').kafka,
      created.map((name) => ({ topic: `${topicPrefix}${name}`, partitions: 2 })),
    );
  if (names.length > 0) await create(names);
  return { topicOf, create, settings: toViewSettings(config, undefined, 0) };
}

describe('a view of topics', () => {
  it('tells what is on them, and after a restart counts nothing twice', async () => {
    const { topicOf, settings } = await createOutputTopics('json');
    const send = (name: string, ...records: readonly object[]) =>
      topicOf(name).produce(records.map((one, i) => ({ partition: i % 2, value: JSON.stringify(one) })));
    await send('assignments', assignment('a', 2, 's1'), assignment('b', 2, 's1'), assignment('a', 3, 's2'));
    await send('transitions', transition('a', 3, 's1', 's2'));
    const first = await createView(settings, SILENT);
    await eventually(
      `${first.url}api/summary`,
      ({ records }) => records.assignments === 3 && records.transitions === 1,
    );
    expect(await (await fetch(`${first.url}api/customers/a`)).json()).toMatchObject({ segmentId: 's2' });
    await first.close();

    const second = await createView(settings, SILENT);
    await send('transitions', transition('b', 3, 's1', 's2'));
    await eventually(`${second.url}api/summary`, ({ records }) => records.transitions === 2);
    expect(await (await fetch(`${second.url}api/flows`)).json()).toMatchObject({
      flows: [{ from: 's1', to: 's2', customers: 2 }],
    });
    await second.close();
  });

  it('waits for topics that are not there, is not ready meanwhile, and reads those that come later', async () => {
    const { topicOf, create, settings } = await createOutputTopics('json', []);
    const view = await createView({ ...settings, database: undefined }, SILENT);
    await eventually(`${view.url}readyz`, ({ checks }) => checks[0].detail.includes('there is no topic'));
    expect((await fetch(`${view.url}readyz`)).status).toBe(503);
    await create(['assignments']);
    await topicOf('assignments').produce([{ value: JSON.stringify(assignment('a', 2, 's1')) }]);
    await eventually(`${view.url}api/summary`, ({ records }) => records.assignments === 1);
    expect((await fetch(`${view.url}readyz`)).status).toBe(200);
    await create(['transitions']);
    await topicOf('transitions').produce([{ value: JSON.stringify(transition('a', 3, 's1', 's2')) }]);
    await eventually(`${view.url}api/summary`, ({ records }) => records.transitions === 1);
    expect(await (await fetch(`${view.url}api/summary`)).json()).toMatchObject({ records: { assignments: 1 } });
    await view.close();
  });

  it('reads Avro as it is written', async () => {
    const { topicOf, settings } = await createOutputTopics('avro');
    for (const [output, record] of [
      [ASSIGNMENTS, assignment('a', 2, 's1')],
      [TRANSITIONS, transition('a', 2, 's1', 's2')],
      [ALERTS, alert('a', 2)],
    ] as const) {
      const encode = await createAvroEncoder(output as never);
      await topicOf(output.name).produce([{ value: encode(record as never) }]);
    }
    const view = await createView({ ...settings, database: undefined }, SILENT);
    await eventually(
      `${view.url}api/customers/a`,
      ({ alerts, transitions }) => alerts?.length === 1 && transitions?.length === 1,
    );
    expect(await (await fetch(`${view.url}api/customers/a`)).json()).toMatchObject({
      segmentId: 's1',
      assignments: [{ margin: 0.25 }],
      alerts: [{ explanation: { text: 'no usage for 9 steps' } }],
    });
    await view.close();
  });
});

// biome-ignore lint/suspicious/noExplicitAny: what is asked of an answer is what the test knows of it
async function eventually(url: string, isWanted: (answer: any) => boolean): Promise<void> {
  while (!isWanted(await (await fetch(url)).json())) await new Promise((resolve) => setTimeout(resolve, 50));
}
