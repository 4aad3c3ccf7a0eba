import { createHash } from 'node:crypto';
import type { Alert, AlertKind } from '../../anomaly/alert.js';
import { type AlertReceiver, inParts, MAX_REQUEST_BYTES, type SentAlert } from './alert-receiver.js';

export interface AlertmanagerOptions {
  /** Name of the config, which tells deployments apart. */
  readonly deployment: string;
  readonly maxAlerts: number;
}

/**
 * Alerts as Alertmanager's API v2 takes them. It groups and repeats by its own config, and ends an alert at `endsAt`
 * by itself, so that nothing has to be sent again while one lasts.
 */
export function createAlertmanagerReceiver({ deployment, maxAlerts }: AlertmanagerOptions): AlertReceiver {
  return {
    name: 'alertmanager',
    toRequests(alerts) {
      const written = alerts.map((sent) => ({ sent, text: toPostables(sent, deployment).join(',') }));
      const sizeOf = ({ text }: { readonly text: string }): number => Buffer.byteLength(text);
      return inParts(written, { most: maxAlerts, maxBytes: MAX_REQUEST_BYTES, sizeOf }).map((part) => ({
        alerts: part.map(({ sent }) => sent),
        body: Buffer.from(`[${part.map(({ text }) => text).join(',')}]`),
        headers: {},
      }));
    },
  };
}

/** Names of rules, by the kind that they raise. */
const ALERT_NAMES: Readonly<Record<AlertKind, string>> = {
  anomaly: 'SegtideAnomaly',
  silence: 'SegtideSilence',
  'segment-change': 'SegtideSegmentChange',
  'segment-size': 'SegtideSegmentSize',
  rule: 'SegtideRule',
};

/**
 * The alert, and before it the end of what it was known as: Alertmanager knows alerts by their labels, and severity and
 * segment may have changed since it was told.
 */
function toPostables({ alert, before, startsAt, endsAt }: SentAlert, deployment: string): readonly string[] {
  const labels = toLabels(alert, deployment);
  const former = before === undefined ? labels : toLabels(before, deployment);
  const own = JSON.stringify({ ...toTimes(startsAt, endsAt), labels, annotations: toAnnotations(alert) });
  if (JSON.stringify(former) === JSON.stringify(labels)) return [own];
  const ended = { ...toTimes(startsAt, Math.max(startsAt, alert.emittedAt)), labels: former };
  return [JSON.stringify({ ...ended, annotations: toAnnotations(before!) }), own];
}

function toTimes(startsAt: number, endsAt: number): object {
  return { startsAt: new Date(startsAt).toISOString(), endsAt: new Date(endsAt).toISOString() };
}

function toLabels({ alertId, kind, severity, customerId, segmentId }: Alert, deployment: string): object {
  return {
    alertname: ALERT_NAMES[kind],
    ...{ deployment, kind, severity },
    alert_id: clip(alertId),
    ...(customerId !== null && { customer: clip(customerId) }),
    ...(segmentId !== null && { segment: segmentId }),
  };
}

function toAnnotations({ status, cause, score, threshold, explanation, ...alert }: Alert): object {
  return {
    summary: clip(explanation.text, 1000),
    ...{ status, cause, score: String(score), threshold: String(threshold) },
    window: `${new Date(alert.windowStart).toISOString()}/${new Date(alert.windowEnd).toISOString()}`,
    ...(alert.modelVersion !== null && { model_version: alert.modelVersion }),
  };
}

/** Labels are kept, compared and shown as a whole; what is too long ends in a hash, so that two stay two. */
function clip(text: string, most = 256): string {
  if (text.length <= most) return text;
  const hash = createHash('sha256').update(text).digest('hex').slice(0, 16);
  return `${text.slice(0, most - hash.length - 1)}…${hash}`;
}
