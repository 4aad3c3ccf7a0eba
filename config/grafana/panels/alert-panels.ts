import { graph, OF, type Panel, quantile, RATE, rate } from '../panel.js';

/** Who stood out, and who was told. */
export const ALERT_PANELS: readonly Panel[] = [
  graph('By kind', 'Alerts about customers and segments, those withdrawn later left in.', 'cps', [
    ['{{kind}}', rate('segtide_publish_alerts_total', 'kind')],
  ]),
  graph('By severity', 'Confirmed ones, and those that are provisional or withdrawn.', 'cps', [
    ['{{severity}} {{status}}', rate('segtide_publish_alerts_total', 'severity, status')],
  ]),
  graph(
    'Share of windows',
    'Alerts by windows; above a tenth something has happened to many at once, or thresholds are too low.',
    'percentunit',
    [
      [
        '',
        `sum(rate(segtide_publish_alerts_total${OF}${RATE})) / (sum(rate(segtide_publish_windows_total${OF}${RATE})) > 0)`,
      ],
    ],
    { limit: 0.1 },
  ),
  graph(
    'Told to receivers',
    'What became of alerts by `segtide notify`; undelivered ones were told to nobody.',
    'cps',
    [['{{receiver}} {{outcome}}', rate('segtide_notify_alerts_total', 'receiver, outcome')]],
  ),
  graph('Requests to receivers', 'Failed ones are tried again, refused ones are not.', 'cps', [
    ['{{receiver}} {{result}}', rate('segtide_notify_requests_total', 'receiver, result')],
  ]),
  graph('Alerts that wait', 'Gathered, or tried again.', 'short', [
    ['{{receiver}}', `sum by (receiver) (segtide_notify_waiting_alerts${OF})`],
  ]),
  graph('Time of a request to a receiver', 'Of half of them, and of 99 of 100.', 's', [
    ['half of them', quantile(0.5, 'segtide_notify_request_duration_seconds')],
    ['99 of 100', quantile(0.99, 'segtide_notify_request_duration_seconds')],
  ]),
];
