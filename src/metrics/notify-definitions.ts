import { type MetricDefinition, SECONDS_OF_WORK } from './metric-definition.js';

/** What `segtide notify` tells, and `segtide run` where it sends alerts. */
export const NOTIFY_METRICS = {
  alerts: {
    name: 'segtide_notify_alerts_total',
    type: 'counter',
    labels: ['receiver', 'outcome'],
    help: 'Alerts by what became of them: delivered, undelivered after all tries; or left out as duplicate, superseded by a later record, stale (older than alerts.notify.maxAge), below_severity, or unreadable. Any undelivered means that somebody was not told.',
  },
  requests: {
    name: 'segtide_notify_requests_total',
    type: 'counter',
    labels: ['receiver', 'result'],
    help: 'Requests to a receiver: accepted; failed, which is tried again; or refused, which is not.',
  },
  requestSeconds: {
    name: 'segtide_notify_request_duration_seconds',
    type: 'histogram',
    labels: ['receiver'],
    buckets: SECONDS_OF_WORK,
    help: 'Time of one request to a receiver.',
  },
  waiting: {
    name: 'segtide_notify_waiting_alerts',
    type: 'gauge',
    labels: ['receiver'],
    help: 'Alerts that were read and are not dealt with yet: gathered, or tried again.',
  },
} as const satisfies Readonly<Record<string, MetricDefinition>>;
