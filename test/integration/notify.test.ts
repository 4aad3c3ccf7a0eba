import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, inject, it } from 'vitest';
import { createLog } from '../../src/service/log.js';
import { runNotifierFromConfig } from '../../src/service/notify/notify-from-config.js';
import { ensureTopics } from '../../src/transport/kafka/topics.js';
import { raised } from '../service/notify/raised-alert.js';
import { type Answer, openScriptedReceiver, type ScriptedReceiver } from '../support/alert-receiver.js';
import { pipelineConfig, toConfig } from '../support/kafka/pipeline-config.js';
import { openTestTopic } from '../support/kafka/topic.js';

const brokers = inject('brokers');
const opened: ScriptedReceiver[] = [];
afterEach(async () => {
  for (const receiver of opened.splice(0)) await receiver.close();
});

async function openReceiver(script?: readonly Answer[]): Promise<ScriptedReceiver> {
  const receiver = await openScriptedReceiver(script);
  opened.push(receiver);
  return receiver;
}

/** Alerts of a deployment of its own, and what sends them. */
async function createAlerts(notify: object) {
  const topicPrefix = `notify-${randomUUID()}.`;
  const kafka = { brokers, topics: ['usage'], groupId: topicPrefix };
  const alerts = { notify: { groupWait: '50ms', maxAge: '1d', ...notify } };
  const config = toConfig(
    pipelineConfig({ kind: 'kafka', kafka }, { kind: 'kafka', topicPrefix }, { alerts, http: { stuckAfter: '1m' } }),
  );
  const topic = openTestTopic(brokers, `${topicPrefix}alerts`);
  return {
    create: () => ensureTopics(topic.kafka, [{ topic: `${topicPrefix}alerts`, partitions: 2 }]),
    produce: (...customers: readonly string[]) =>
      topic.produce(
        customers.map((customer, i) => ({
          partition: i % 2,
          value: JSON.stringify(raised(customer, { emittedAt: Date.now() })),
        })),
      ),
    produceText: (value: string) => topic.produce([{ partition: 0, value }]),
    start(lines: string[] = []) {
      const stop = new AbortController();
      const ended = runNotifierFromConfig(config, {
        signal: stop.signal,
        progress: () => undefined,
        log: createLog({ level: 'info', format: 'json', write: (line) => lines.push(line) }),
        clock: { now: Date.now },
      });
      ended.catch(() => undefined); // whoever stops it hears of it
      return {
        stop() {
          stop.abort();
          return ended;
        },
      };
    },
  };
}

function customersOf({ requests }: ScriptedReceiver): string[] {
  return requests.flatMap(({ body }) => body.alerts.map(({ customerId }: { customerId: string }) => customerId)).sort();
}

async function eventually(isSo: () => boolean): Promise<void> {
  while (!isSo()) await sleep(50);
}

describe('alerts of a topic', () => {
  it('are waited for, sent from all partitions, and not again after a restart', async () => {
    const hook = await openReceiver();
    const alerts = await createAlerts({ webhook: { url: hook.url } });
    const lines: string[] = [];
    const first = alerts.start(lines);
    await eventually(() => lines.some((line) => line.includes('it is waited for')));
    await alerts.create();
    await alerts.produce('a', 'b', 'c');
    await eventually(() => customersOf(hook).length === 3);
    expect(customersOf(hook)).toEqual(['a', 'b', 'c']);
    expect(await first.stop()).toMatchObject({ role: 'notifier', delivered: 3, undelivered: 0 });

    const second = alerts.start();
    await alerts.produce('d');
    await eventually(() => customersOf(hook).length >= 4);
    await second.stop();
    expect(customersOf(hook)).toEqual(['a', 'b', 'c', 'd']);
  });

  it('reach one receiver while another does not answer, and the other after a restart', async () => {
    const stalled = await openReceiver(['stall', { status: 200 }]);
    const well = await openReceiver();
    const alerts = await createAlerts({
      webhook: { url: stalled.url, timeout: '1h' },
      alertmanager: { url: well.url },
    });
    await alerts.create();
    await alerts.produce('a');
    const first = alerts.start();
    await Promise.all([stalled.came(1), well.came(1)]);
    // One after the other passes by the receiver that hangs.
    await alerts.produce('b');
    await well.came(2);
    expect(await first.stop()).toMatchObject({ delivered: 2 });
    expect(stalled.requests).toHaveLength(1);

    const second = alerts.start();
    await eventually(() => customersOf(stalled).includes('b'));
    await second.stop();
    // The first was never answered, and so it is told again; who took it was told once.
    expect(customersOf(stalled)).toEqual(['a', 'a', 'b']);
    expect(well.requests.flatMap(({ body }) => body).map(({ labels }) => labels.customer)).toEqual(['a', 'b']);
  });

  it('come behind records that are none, which are passed over with their position', async () => {
    const hook = await openReceiver();
    const alerts = await createAlerts({ webhook: { url: hook.url } });
    await alerts.create();
    await alerts.produceText('{"alertId"');
    await alerts.produce('a');
    const lines: string[] = [];
    const running = alerts.start(lines);
    await hook.came(1);
    await running.stop();
    expect(customersOf(hook)).toEqual(['a']);
    expect(lines.map((line) => JSON.parse(line)).filter(({ level }) => level === 'warn')).toMatchObject([
      { receiver: 'webhook', position: expect.stringMatching(/alerts\/0@0$/) },
    ]);
  });
});
