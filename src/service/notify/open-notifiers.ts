import { NO_RECEIVER_METER, type NotifyMeter, type ReceiverMeter } from '../../metrics/notify-meter.js';
import type { Clock } from '../../ports.js';
import type { Config } from '../config/schema.js';
import { createKeyedCustomers } from '../keyed-customers.js';
import type { Log } from '../log.js';
import { readPem } from '../run/to-connection.js';
import type { AlertReceiver, ReceiverName } from './alert-receiver.js';
import { createAlertmanagerReceiver } from './alertmanager.js';
import { createHttpPoster } from './http-poster.js';
import { createNotifier, type Notifier } from './notifier.js';
import { createWebhookReceiver } from './webhook.js';

export type NotifySection = NonNullable<Config['alerts']['notify']>;

/** A receiver of alerts, with what tells it. */
export interface OpenNotifier extends Notifier {
  readonly name: ReceiverName;
  readonly meter: ReceiverMeter;
  close(): void;
}

export interface NotifiersParts {
  readonly log: Log;
  readonly clock: Clock;
  /** Aborted where the process is to end. */
  readonly signal: AbortSignal;
  readonly meter?: Pick<NotifyMeter, 'receiver'> | undefined;
}

/**
 * What tells each receiver that a config names.
 *
 * @throws SegtideError `config` where a file of certificates can't be read
 */
export function openNotifiers(config: Config, notify: NotifySection, parts: NotifiersParts): Promise<OpenNotifier[]> {
  const { webhook, alertmanager, maxAlerts } = notify;
  const own = { deployment: config.name, maxAlerts };
  const opened: Promise<OpenNotifier>[] = [];
  if (webhook !== undefined) {
    const { groupBy } = notify;
    const { signatureKey } = webhook;
    const receiver = createWebhookReceiver({ ...own, groupBy, signatureKey, now: () => parts.clock.now() });
    opened.push(open(receiver, new URL(webhook.url), webhook, notify, parts));
  }
  if (alertmanager !== undefined) {
    const url = new URL(alertmanager.url);
    url.pathname = `${url.pathname.replace(/\/+$/, '')}/api/v2/alerts`;
    opened.push(open(createAlertmanagerReceiver(own), url, alertmanager, notify, parts));
  }
  return Promise.all(opened);
}

async function open(
  receiver: AlertReceiver,
  url: URL,
  { username, password, token, ca, timeout }: NonNullable<NotifySection['alertmanager']>,
  notify: NotifySection,
  { log, clock, signal, meter: meters }: NotifiersParts,
): Promise<OpenNotifier> {
  const meter = meters?.receiver(receiver.name) ?? NO_RECEIVER_METER;
  const basic = username && `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  const poster = createHttpPoster({
    url,
    authorization: token === undefined ? basic : `Bearer ${token}`,
    ca: await readPem(ca),
    timeoutMs: timeout,
    random: Math.random,
    onAttempt: meter.request,
  });
  const customers = createKeyedCustomers(notify.customerKey);
  const notifier = createNotifier(
    {
      minSeverity: notify.minSeverity,
      maxAgeMs: notify.maxAge,
      resolveAfterMs: notify.resolveAfter,
      groupWaitMs: notify.groupWait,
      giveUpAfterMs: notify.giveUpAfter,
    },
    { receiver, poster, log, meter, now: () => clock.now(), signal },
  );
  // A path may be a secret, and so the origin alone is told.
  log.info(`alerts go to ${receiver.name}`, { origin: url.origin });
  return {
    name: receiver.name,
    meter,
    deliver: (alerts) =>
      notifier.deliver(
        alerts.map(({ alert, position }) => ({ alert: customers.hide('alerts', alert) as typeof alert, position })),
      ),
    hurry: notifier.hurry,
    close: poster.close,
  };
}
