import { createHash, createHmac } from 'node:crypto';
import type { Alert } from '../../anomaly/alert.js';
import { type AlertReceiver, inParts, MAX_REQUEST_BYTES, type SentAlert } from './alert-receiver.js';

/** What alerts of one request have in common. */
export type GroupKey = 'kind' | 'segment' | 'customer' | 'severity';

export interface WebhookOptions {
  /** Name of the config, which tells deployments apart. */
  readonly deployment: string;
  readonly groupBy: readonly GroupKey[];
  readonly maxAlerts: number;
  /** Key of the signatures. @default requests are not signed */
  readonly signatureKey?: string | undefined;
  /** Wall clock, epoch ms: a signature says when it was made. */
  readonly now: () => number;
}

/** Groups of alerts as JSON, for programs of one's own: docs/alerts.md has the fields. */
export function createWebhookReceiver(options: WebhookOptions): AlertReceiver {
  const { deployment, groupBy, maxAlerts } = options;
  return {
    name: 'webhook',
    toRequests(alerts) {
      return [...groupAlerts(alerts, groupBy).values()].flatMap((group) => {
        const written = group.map((sent) => ({ sent, text: JSON.stringify(toEntry(sent)) }));
        const sizeOf = ({ text }: { readonly text: string }): number => Buffer.byteLength(text);
        return inParts(written, { most: maxAlerts, maxBytes: MAX_REQUEST_BYTES, sizeOf }).map((part) => {
          const sent = part.map((one) => one.sent);
          const id = idOf(sent);
          const head = {
            version: 1,
            id,
            deployment,
            state: sent.some(({ state }) => state === 'firing') ? 'firing' : 'resolved',
            group: groupOf(sent[0]!.alert, groupBy),
          };
          const body = Buffer.from(
            `${JSON.stringify(head).slice(0, -1)},"alerts":[${part.map(({ text }) => text).join(',')}]}`,
          );
          return { alerts: sent, body, headers: { 'idempotency-key': id, ...signed(body, options) } };
        });
      });
    },
  };
}

function toEntry({ alert, state, startsAt, endsAt }: SentAlert): object {
  return { ...alert, state, startsAt, endsAt };
}

function groupAlerts(alerts: readonly SentAlert[], groupBy: readonly GroupKey[]): ReadonlyMap<string, SentAlert[]> {
  const groups = new Map<string, SentAlert[]>();
  for (const sent of alerts) {
    const key = JSON.stringify(groupOf(sent.alert, groupBy));
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [sent]);
    else group.push(sent);
  }
  return groups;
}

function groupOf(alert: Alert, groupBy: readonly GroupKey[]): Readonly<Record<string, string | null>> {
  return Object.fromEntries(groupBy.map((key) => [FIELDS[key], alert[FIELDS[key]]]));
}

const FIELDS = { kind: 'kind', segment: 'segmentId', customer: 'customerId', severity: 'severity' } as const;

/** The same for the same alerts in the same state: what is sent twice, as after a restart, can be known by it. */
function idOf(alerts: readonly SentAlert[]): string {
  const names = alerts.map(({ alert }) => `${alert.alertId}\n${alert.status}`).sort();
  return createHash('sha256').update(names.join('\n')).digest('hex').slice(0, 32);
}

/** `t` is the time in Unix seconds, `v1` the HMAC-SHA-256 of `t`, a dot and the body, in hex. */
function signed(body: Buffer, { signatureKey, now }: WebhookOptions): Readonly<Record<string, string>> {
  if (signatureKey === undefined) return {};
  const t = Math.floor(now() / 1000);
  const hash = createHmac('sha256', signatureKey).update(`${t}.`).update(body).digest('hex');
  return { 'segtide-signature': `t=${t},v1=${hash}` };
}
