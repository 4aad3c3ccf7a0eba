import { SegtideError } from '../../errors.js';
import { ALERTS, type Output } from '../../publish/output.js';
import { createGroupReader } from '../../transport/kafka/group-reader.js';
import { openKafka } from '../../transport/kafka/kafka-connection.js';
import type { Config } from '../config/schema.js';
import type { NotifierObserver } from '../observe/notifier-observer.js';
import { createRecordDecoder } from '../record-decoder.js';
import { closeWithin } from '../run/close-within.js';
import { groupSettings } from '../run/group-settings.js';
import type { NotifierSummary, RoleDeps } from '../run/role.js';
import { runTogether } from '../run/run-together.js';
import { servePartitions } from '../run/serve-partitions.js';
import { tellOutages } from '../run/tell-outages.js';
import { toConnection } from '../run/to-connection.js';
import { raisesAlerts } from '../run/written-outputs.js';
import { awaitTopics } from '../topics/await-topics.js';
import { notifierGroup } from '../topics/client-names.js';
import { topicOf } from '../topics/topic-name.js';
import { countedMeter } from './counted-meter.js';
import { followAlertPartition } from './follow-alert-topic.js';
import { type OpenNotifier, openNotifiers } from './open-notifiers.js';

/**
 * Reads the topic of alerts, and tells each receiver of them, until it is told to stop. Each receiver has a consumer
 * group of its own: one that fails holds up no other, and of several processes one alone tells it of an alert.
 *
 * @throws SegtideError `config` where nobody is to be told, `transport` when brokers are gone for too long
 */
export async function runNotifierFromConfig(config: Config, deps: RoleDeps): Promise<NotifierSummary> {
  const { clock, log, signal } = deps;
  const { notify } = config.alerts;
  if (notify?.webhook === undefined && notify?.alertmanager === undefined) {
    throw new SegtideError(
      'config',
      'nobody is to be told of alerts: set `alerts.notify.webhook.url` or `alerts.notify.alertmanager.url`',
    );
  }
  if (!raisesAlerts(config.alerts)) throw new SegtideError('config', 'no alerts are raised: `alerts.kinds` is empty');
  const observer = deps.observer?.notifier();
  const startedAt = clock.now();
  const summary: Record<string, number> = { delivered: 0, undelivered: 0 };
  const notifiers = await openNotifiers(config, notify, {
    ...{ log, clock, signal },
    meter: countedMeter(summary, observer?.meter),
  });
  try {
    const topic = topicOf(config.output, 'alerts');
    const kafka = await openKafka(await toConnection(config.input.kafka!, clock));
    const found = await awaitTopics(kafka, [topic], {
      signal,
      onMissing: () => log.warn(`there is no topic ${topic} yet, or this client may not see it; it is waited for`),
    });
    if (found === undefined) return done();
    observer?.began();
    await runTogether(
      signal,
      notifiers.map(
        (notifier) => (stop: AbortSignal) => follow(config, topic, notifier, observer, { ...deps, signal: stop }),
      ),
    );
    return done();
  } finally {
    for (const notifier of notifiers) notifier.close();
    observer?.close();
  }

  function done(): NotifierSummary {
    const { delivered = 0, undelivered = 0 } = summary;
    return { role: 'notifier', seconds: (clock.now() - startedAt) / 1000, delivered, undelivered };
  }
}

/** One receiver, in its group. */
async function follow(
  config: Config,
  topic: string,
  notifier: OpenNotifier,
  observer: NotifierObserver | undefined,
  { clock, log, signal }: RoleDeps,
): Promise<void> {
  const decode = await createRecordDecoder(ALERTS as unknown as Output<never>, config.output);
  const group = await createGroupReader(
    {
      ...(await toConnection(config.input.kafka!, clock)),
      ...groupSettings(config),
      groupId: notifierGroup(config.input.kafka!.groupId, notifier.name),
      topics: [topic],
      // What is too old to be told is left out anyway.
      startAt: 'earliest',
      outOfRange: 'earliest',
    },
    {
      ...tellOutages(log),
      onLost: (lost) => log.warn('alerts that were not sent are gone from the topic', { ...lost }),
    },
  );
  closeWithin(STOP_MS, signal, group);
  try {
    await servePartitions(
      group,
      (partition, stop) =>
        followAlertPartition(
          observer?.observe(partition) ?? partition,
          {
            ...{ group, decode },
            deliver: (alerts) => notifier.deliver(alerts),
            onUnreadable(position) {
              notifier.meter.became('unreadable', 1);
              log.warn('a record is no alert, and is passed over', { receiver: notifier.name, position });
            },
          },
          stop,
        ),
      {
        signal,
        onFenced: ({ partition }) => log.warn(`another process has taken over partition ${partition} of ${topic}`),
      },
    );
  } finally {
    await group.close();
  }
}

/** A stop waits so long for requests that are under way, and the commit after them. */
const STOP_MS = 8000;
