import { type MetricDefinition, SECONDS_OF_WORK } from './metric-definition.js';

/** What the active trainer tells, and nobody else: figures of the whole deployment. */
export const TRAINER_METRICS = {
  active: {
    name: 'segtide_trainer_active',
    type: 'gauge',
    help: '1 where the active trainer is. None means that no model is trained; more than one, for longer than a takeover, that two deployments share their topics.',
  },
  windows: {
    name: 'segtide_trainer_windows_total',
    type: 'counter',
    help: 'Windows that taught this trainer.',
  },
  droppedLessons: {
    name: 'segtide_trainer_dropped_statistics_total',
    type: 'counter',
    help: 'Statistics of workers that came too late for their model. Some at each change of models are usual.',
  },
  commitSeconds: {
    name: 'segtide_trainer_commit_duration_seconds',
    type: 'histogram',
    buckets: SECONDS_OF_WORK,
    help: 'Time of one commit of models, reports, state and offsets, until it is durable.',
  },
  sinceTurn: {
    name: 'segtide_trainer_since_turn_seconds',
    type: 'gauge',
    help: 'Time since the trainer last looked for lessons. It stays below some seconds; a trainer that hangs grows older.',
  },
  model: {
    name: 'segtide_model_info',
    type: 'gauge',
    labels: ['model_version'],
    help: '1 for the model in force. Absent while the first one is waited for.',
  },
  trainedAt: {
    name: 'segtide_model_trained_timestamp_seconds',
    type: 'gauge',
    help: 'Event time up to which the model in force learnt, as a Unix time: time() less this is its age.',
  },
  centroidEpoch: {
    name: 'segtide_model_centroid_epoch',
    type: 'gauge',
    help: 'How often the centroids of the model in force have moved.',
  },
  inertia: {
    name: 'segtide_model_inertia',
    type: 'gauge',
    help: 'Mean squared distance of a window to its centroid when the model in force was fitted.',
  },
  segmentShare: {
    name: 'segtide_segment_share_ratio',
    type: 'gauge',
    labels: ['segment'],
    help: 'Share of the windows that the centroid of a segment has learnt from, with those of cluster.halfLife ago counting half. Series end with their segment.',
  },
  segmentInfo: {
    name: 'segtide_segment_info',
    type: 'gauge',
    labels: ['segment', 'name', 'advice'],
    help: '1 for each segment in force, with its name and what its customers ask for: a forecasting model, a simple rule, or nothing. The one metric with names: join it by the segment.',
  },
  trainingSeconds: {
    name: 'segtide_train_duration_seconds',
    type: 'histogram',
    labels: ['kind'],
    buckets: [0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1800, 3600],
    help: 'Time of one training in its own process: fit of encoder and segments, or refit of the segments alone.',
  },
  trainingProgress: {
    name: 'segtide_train_progress_ratio',
    type: 'gauge',
    help: 'How much of its updates the training under way has made. Absent while none is under way.',
  },
  modelEvents: {
    name: 'segtide_train_model_events_total',
    type: 'counter',
    labels: ['event'],
    help: 'What became of models: promoted by the gate, refused by it, failed to train, reinstated by hand, pruned, or declined, as what was asked for by hand could not be done.',
  },
  gate: {
    name: 'segtide_train_gate_value',
    type: 'gauge',
    labels: ['value'],
    help: 'What the gate compared at the last training, as in the output model-events; absent where it does not apply.',
  },
  labelledWindows: {
    name: 'segtide_label_windows_total',
    type: 'counter',
    help: 'Windows with a label (input.fields.label) that were compared with their segments. None although events have labels means that the field is another one.',
  },
  scoredWindows: {
    name: 'segtide_label_scored_windows',
    type: 'gauge',
    help: 'Labelled windows that the agreement with labels is told from: the last 50,000 or more by the model in force, or all while there are fewer. Few of them say little. Absent while there are none.',
  },
  adjustedRandIndex: {
    name: 'segtide_label_adjusted_rand_index',
    type: 'gauge',
    help: 'Agreement of segments with labels, corrected for chance: 1 for the same partition, about 0 for an unrelated one. Absent while the model in force has no labelled window.',
  },
  normalizedMutualInformation: {
    name: 'segtide_label_normalized_mutual_information',
    type: 'gauge',
    help: 'What segments tell of labels, 0 to 1. Absent while the model in force has no labelled window.',
  },
  drift: {
    name: 'segtide_drift_statistic',
    type: 'gauge',
    labels: ['layer', 'subject', 'statistic'],
    help: 'The last round of drift statistics: how far channels, coordinates of embeddings, segment shares and the model are from the reference. As in the output drift.',
  },
  driftThreshold: {
    name: 'segtide_drift_threshold',
    type: 'gauge',
    labels: ['layer', 'statistic'],
    help: 'From this value on a statistic is drift, where chance does not explain it.',
  },
  statisticFailures: {
    name: 'segtide_drift_statistic_failures_total',
    type: 'counter',
    labels: ['statistic'],
    help: "Rounds of drift reports that a statistic of one's own was left out of: it threw, hung or gave what is no value. docs/plugins.md.",
  },
  drifted: {
    name: 'segtide_drift_drifted_subjects',
    type: 'gauge',
    labels: ['layer'],
    help: 'Subjects that had drifted in the last round, by layer.',
  },
  driftReports: {
    name: 'segtide_drift_reports_total',
    type: 'counter',
    labels: ['layer', 'drifted'],
    help: 'Statistics that were reported, by layer and by whether they had drifted.',
  },
} as const satisfies Readonly<Record<string, MetricDefinition>>;
