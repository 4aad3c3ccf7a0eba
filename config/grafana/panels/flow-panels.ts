import { graph, JOB, OF, OR_NONE, type Panel, quantile, RATE, rate, stat } from '../panel.js';

/** Whether events flow, and how far behind. */
export const FLOW_PANELS: readonly Panel[] = [
  stat('Workers', 'Processes that have at least one partition.', 'short', `count(segtide_worker_partitions${JOB} > 0)`),
  stat(
    'Partitions',
    'Partitions that have an owner: as many as the input has.',
    'short',
    `sum(segtide_worker_partitions${JOB})`,
  ),
  stat('Active trainers', 'One; the others stand by.', 'short', `sum(segtide_trainer_active${JOB})`, { limit: 2 }),
  stat('Events', 'Events read in a second.', 'cps', `sum(rate(segtide_ingest_events_total${JOB}${RATE}))`),
  stat('Records that wait', 'Lag over all partitions.', 'short', `sum(segtide_ingest_lag_records${JOB})`),
  stat(
    'Rules that fire',
    'Alerts of config/prometheus/rules; docs/operations.md tells what to do.',
    'short',
    `count(ALERTS{alertname=~"Segtide.+", alertstate="firing"}) ${OR_NONE}`,
    { limit: 1 },
  ),
  graph(
    'Throughput by fate',
    'What became of events at first: accepted, late for every window, duplicate, dead-lettered, quarantined, skipped.',
    'cps',
    [['{{fate}}', rate('segtide_ingest_events_total', 'fate')]],
    { stacked: true },
  ),
  graph('Lag', 'Records that wait at the broker, by partition.', 'short', [
    ['{{partition}}', `sum by (partition) (segtide_ingest_lag_records${OF})`],
  ]),
  graph(
    'Processing lag',
    'For how long the oldest waiting record has waited, by the wall clock. Workers are too slow, too few, or stuck.',
    's',
    [['{{partition}}', `max by (partition) (segtide_ingest_processing_lag_seconds${OF})`]],
    { limit: 300 },
  ),
  graph(
    'Event-time delay',
    'Wall clock less watermark: how old what is complete by now is. Without processing lag it is the producers who are late or silent.',
    's',
    [['{{partition}}', `max by (partition) (segtide_window_watermark_delay_seconds${OF})`]],
  ),
  graph('Dead letters', 'Records that were refused, by the reason in the dead letter.', 'cps', [
    ['{{reason}}', rate('segtide_ingest_dead_letters_total', 'reason')],
  ]),
  graph(
    'Bad and late events',
    'Shares of all events that can’t be read or lie in the future, and of those that came after their windows.',
    'percentunit',
    [
      [
        'bad',
        `sum(rate(segtide_ingest_events_total{job=~"$job", instance=~"$instance", fate=~"dead_lettered|quarantined"}${RATE})) / (sum(rate(segtide_ingest_events_total${OF}${RATE})) > 0)`,
      ],
      [
        'late',
        `sum(rate(segtide_ingest_events_total{job=~"$job", instance=~"$instance", fate="late"}${RATE})) / (sum(rate(segtide_ingest_events_total${OF}${RATE})) > 0)`,
      ],
    ],
  ),
  graph(
    'Since last looked after',
    'Partitions and the trainer, each looked after every few seconds; a stuck one grows older.',
    's',
    [
      ['partition {{partition}}', `max by (partition) (segtide_worker_since_turn_seconds${OF})`],
      ['brokers, partition {{partition}}', `max by (partition) (segtide_worker_since_answer_seconds${OF})`],
      ['trainer', `max(segtide_trainer_since_turn_seconds${OF})`],
    ],
    { limit: 60 },
  ),
  graph(
    'Windows',
    'Windows published, by what assigned them: nothing yet, a first rough model, a trained one.',
    'cps',
    [['{{status}}', rate('segtide_publish_windows_total', 'status')]],
  ),
  graph('Commits', 'Time of one commit of outputs, state and offsets, and commits given up in a second.', 's', [
    ['half of them', quantile(0.5, 'segtide_worker_commit_duration_seconds')],
    ['99 of 100', quantile(0.99, 'segtide_worker_commit_duration_seconds')],
    ['99 of 100 of the trainer', quantile(0.99, 'segtide_trainer_commit_duration_seconds')],
    ['given up, per second', `sum(rate(segtide_worker_commit_failures_total${OF}${RATE}))`],
  ]),
];
