import { graph, JOB, mean, NAMES, OF, OR_NONE, type Panel, quantile, RATE, rate, stat } from './panel.js';

/** All panels by their rows, in the order of the questions that somebody on call asks. */
export const PANELS: Readonly<Record<string, readonly Panel[]>> = {
  'Is it alive and keeping up?': [
    stat(
      'Workers',
      'Processes that have at least one partition.',
      'short',
      `count(segtide_worker_partitions${JOB} > 0)`,
    ),
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
  ],
  'Model and retraining': [
    stat('In force', 'Version of the model in force.', 'short', `max by (model_version) (segtide_model_info${JOB})`, {
      named: true,
      width: 6,
    }),
    stat(
      'Its age',
      'Time since the newest event that it learnt from.',
      's',
      `time() - max(segtide_model_trained_timestamp_seconds${JOB})`,
      {
        width: 6,
      },
    ),
    stat(
      'Training under way',
      'How much of its updates it has made; 0 where none is under way.',
      'percentunit',
      `max(segtide_train_progress_ratio${JOB}) ${OR_NONE}`,
      { width: 6, max: 1 },
    ),
    stat(
      'A training takes',
      'Mean of all trainings since the trainer began.',
      's',
      `sum(segtide_train_duration_seconds_sum${JOB}) / (sum(segtide_train_duration_seconds_count${JOB}) > 0)`,
      { width: 6 },
    ),
    graph(
      'What became of models',
      'Promoted by the gate, refused by it, failed to train, reinstated by hand.',
      'short',
      [['{{event}}', `sum by (event) (segtide_train_model_events_total${JOB})`]],
    ),
    graph('What the gate compared', 'At the last training, as in the output model-events.', 'short', [
      ['{{value}}', `max by (value) (segtide_train_gate_value${JOB})`],
    ]),
    graph('Versions at work', 'Workers by the model that they assign by; for long it is one.', 'short', [
      ['{{model_version}}', `count by (model_version) (segtide_worker_model_info${JOB})`],
    ]),
    graph(
      'Reconstruction error',
      'Mean of windows as they come. A rise means that the encoder fits them less well.',
      'short',
      [['mean', mean('segtide_encode_reconstruction_error_total', 'segtide_encode_windows_total')]],
    ),
    graph('Inertia', 'Mean squared distance to the centroid, now and when the model was fitted.', 'short', [
      ['now', mean('segtide_cluster_squared_distance_total', 'segtide_encode_windows_total')],
      ['when fitted', `max(segtide_model_inertia${JOB})`],
    ]),
    graph(
      'Agreement with labels',
      'Of segments, where events have labels (input.fields.label): 1 is the same partition, chance is an ARI of 0.',
      'short',
      [
        ['ARI', `max(segtide_label_adjusted_rand_index${JOB})`],
        ['NMI', `max(segtide_label_normalized_mutual_information${JOB})`],
      ],
    ),
    graph('Labelled windows', 'What the agreement with labels rests on, and all since the trainer began.', 'short', [
      ['scored', `max(segtide_label_scored_windows${JOB})`],
      ['since the trainer began', `sum(segtide_label_windows_total${JOB})`],
    ]),
    graph('Centroids behind', 'Moves of the centroids that the slowest worker has not taken yet.', 'short', [
      ['epochs', `max(segtide_model_centroid_epoch${JOB}) - min(segtide_worker_centroid_epoch${JOB})`],
    ]),
    graph('Learning', 'Windows that taught the trainer, and statistics that came too late for their model.', 'cps', [
      ['windows', `sum(rate(segtide_trainer_windows_total${JOB}${RATE}))`],
      ['dropped statistics', `sum(rate(segtide_trainer_dropped_statistics_total${JOB}${RATE}))`],
    ]),
  ],
  Segments: [
    graph(
      'Shares',
      'Share of the windows that each centroid has learnt from, recent ones counting more.',
      'percentunit',
      [['{{segment}} {{name}}', `max by (job, segment) (segtide_segment_share_ratio${JOB}) * ${NAMES}`]],
      { stacked: true, max: 1, width: 12 },
    ),
    graph(
      'Windows by segment',
      'Windows assigned to each, in a second: its size now.',
      'cps',
      [
        [
          '{{segment}} {{name}}',
          `sum by (job, segment) (rate(segtide_cluster_assignments_total${JOB}${RATE})) * ${NAMES}`,
        ],
      ],
      { stacked: true, width: 12 },
    ),
    {
      type: 'table',
      title: 'Segments in force',
      description:
        'Each with its name, and what its customers ask for: a forecasting model, a simple rule, or nothing.',
      unit: 'percentunit',
      width: 12,
      queries: [
        [
          '',
          `max by (segment, name, advice) (segtide_segment_info${JOB}) * on (segment) group_left () max by (segment) (segtide_segment_share_ratio${JOB})`,
        ],
      ],
    },
    graph(
      'Customers that move',
      'Changes of segment by their cause: behaviour, a new model, or both.',
      'cps',
      [['{{cause}}', rate('segtide_publish_transitions_total', 'cause')]],
      { width: 12 },
    ),
  ],
  Drift: [
    graph(
      'Statistics against their thresholds',
      'The farthest subject of each statistic, as a multiple of the threshold: from 1 on it has drifted.',
      'short',
      [
        [
          '{{layer}} {{statistic}}',
          `max by (job, layer, statistic) (segtide_drift_statistic${JOB}) / on (job, layer, statistic) max by (job, layer, statistic) (segtide_drift_threshold${JOB})`,
        ],
      ],
      { limit: 1, width: 12 },
    ),
    graph(
      'Drifted subjects',
      'Subjects beyond their threshold in the last round, by layer.',
      'short',
      [['{{layer}}', `max by (layer) (segtide_drift_drifted_subjects${JOB})`]],
      { width: 6 },
    ),
    graph(
      'Reports',
      'Statistics reported, by whether they had drifted.',
      'cps',
      [['drifted: {{drifted}}', `sum by (drifted) (rate(segtide_drift_reports_total${JOB}${RATE}))`]],
      { width: 6 },
    ),
    {
      type: 'table',
      title: 'What has moved farthest',
      description: 'Ten subjects, as multiples of their thresholds.',
      unit: 'short',
      width: 24,
      limit: 1,
      queries: [
        [
          '',
          `topk(10, max by (job, layer, subject, statistic) (segtide_drift_statistic${JOB}) / on (job, layer, statistic) group_left () max by (job, layer, statistic) (segtide_drift_threshold${JOB}))`,
        ],
      ],
    },
  ],
  Alerts: [
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
  ],
  Resources: [
    graph('CPU', 'Cores at work.', 'short', [
      ['{{instance}}', `sum by (instance) (rate(process_cpu_seconds_total${OF}${RATE}))`],
    ]),
    graph(
      'Memory',
      'Resident memory of each process, without that of a training, which has a process of its own.',
      'bytes',
      [['{{instance}}', `sum by (instance) (process_resident_memory_bytes${OF})`]],
    ),
    graph(
      'Event loop',
      'Longest stalls, 99 of 100 are below. Above a second heartbeats may fail.',
      's',
      [['{{instance}}', `max by (instance) (nodejs_eventloop_lag_p99_seconds${OF})`]],
      { limit: 1 },
    ),
    graph('State', 'Memory of open windows, by partition.', 'bytes', [
      ['{{partition}}', `sum by (partition) (segtide_window_state_bytes${OF})`],
    ]),
    graph(
      'Customers and windows',
      'Customers of whom state is held, spans of time that are open, and customers given up in a second.',
      'short',
      [
        ['customers', `sum(segtide_window_customers${OF})`],
        ['open windows', `sum(segtide_window_open_windows${OF})`],
        ['given up: {{cause}}', rate('segtide_window_evicted_customers_total', 'cause')],
      ],
    ),
    graph('A restart has to redo', 'Commits since the last checkpoint, by partition.', 'short', [
      ['{{partition}}', `max by (partition) (segtide_worker_log_entries${OF})`],
    ]),
    graph('Page of windows', 'Time of one batch of windows through series, encoder, clusterer and publisher.', 's', [
      ['half of them', quantile(0.5, 'segtide_worker_page_duration_seconds')],
      ['99 of 100', quantile(0.99, 'segtide_worker_page_duration_seconds')],
    ]),
    graph('Encoder', 'Time from handing a batch of windows over until its embeddings are there.', 's', [
      ['99 of 100', quantile(0.99, 'segtide_encode_batch_duration_seconds')],
    ]),
    graph('Encoder’s queue', 'Batches at work or waiting for a thread, and windows encoded in a second.', 'short', [
      ['batches', `sum(segtide_encode_queue_batches${OF})`],
      ['windows per second', `sum(rate(segtide_encode_windows_total${OF}${RATE}))`],
    ]),
  ],
};
