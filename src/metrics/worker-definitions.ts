import { type MetricDefinition, SECONDS_OF_WORK } from './metric-definition.js';

/**
 * What a worker tells. Counters are of the process; gauges of a partition come from its owner alone, and end with its
 * assignment.
 */
export const WORKER_METRICS = {
  events: {
    name: 'segtide_ingest_events_total',
    type: 'counter',
    labels: ['fate'],
    help: 'Usage events by their first fate: accepted into a window; late for every window; duplicate; dead_lettered, as it could not be read; quarantined, as it lies too far ahead; skipped between two windows. Its sum is the throughput.',
  },
  deadLetters: {
    name: 'segtide_ingest_dead_letters_total',
    type: 'counter',
    labels: ['reason'],
    help: 'Records that were refused, by the reason in the dead letter. A rise after a release of a producer means that its records have changed.',
  },
  lag: {
    name: 'segtide_ingest_lag_records',
    type: 'gauge',
    labels: ['partition'],
    help: 'Records of the partition that wait at the broker: next offset there less next offset here, over all input topics. Looked up every 10 s.',
  },
  processingLag: {
    name: 'segtide_ingest_processing_lag_seconds',
    type: 'gauge',
    labels: ['partition'],
    help: 'How long the oldest waiting record of the partition has been known to wait, by the wall clock; 0 where none waits. It grows while the worker is too slow or stuck.',
  },
  watermarkDelay: {
    name: 'segtide_window_watermark_delay_seconds',
    type: 'gauge',
    labels: ['partition'],
    help: 'Wall clock less watermark: how old, by event time, what is complete by now is. It includes the disorder that is waited for, and grows where producers are late or silent, too. Absent before the first event.',
  },
  openWindows: {
    name: 'segtide_window_open_windows',
    type: 'gauge',
    labels: ['partition'],
    help: 'Spans of time whose windows still take events: begun, and not closed by watermark and allowed lateness.',
  },
  customers: {
    name: 'segtide_window_customers',
    type: 'gauge',
    labels: ['partition'],
    help: 'Customers of whom state is held: its keys. Bounded by window.maxCustomers and window.customerTtl.',
  },
  stateBytes: {
    name: 'segtide_window_state_bytes',
    type: 'gauge',
    labels: ['partition'],
    help: 'Memory of the open windows of the partition, about.',
  },
  evicted: {
    name: 'segtide_window_evicted_customers_total',
    type: 'counter',
    labels: ['cause'],
    help: 'Customers whose state was given up: ttl after a long silence, cap as there were more than window.maxCustomers. Any by cap means that windows were cut short.',
  },
  windows: {
    name: 'segtide_publish_windows_total',
    type: 'counter',
    labels: ['status'],
    help: 'Windows that were published: warming without any model, provisional by a first rough one, assigned by a trained one. Revisions count.',
  },
  reconstructionErrors: {
    name: 'segtide_encode_reconstruction_error_total',
    type: 'counter',
    help: 'Sum of the reconstruction errors of encoded windows, in scaled units squared. Its rate by that of segtide_encode_windows_total is the mean error.',
  },
  encoded: {
    name: 'segtide_encode_windows_total',
    type: 'counter',
    help: 'Windows that were encoded.',
  },
  encodeSeconds: {
    name: 'segtide_encode_batch_duration_seconds',
    type: 'histogram',
    buckets: SECONDS_OF_WORK,
    help: 'Time from handing a batch of windows to the encoder until its embeddings are there, waiting for a thread included.',
  },
  encodeQueue: {
    name: 'segtide_encode_queue_batches',
    type: 'gauge',
    help: 'Batches of windows that are with the encoder now: at work or waiting for a thread (run.encodeThreads).',
  },
  assignments: {
    name: 'segtide_cluster_assignments_total',
    type: 'counter',
    labels: ['segment'],
    help: 'Windows by the segment that they were assigned to; its rate is the size of the segment now. Series end with their segment.',
  },
  squaredDistances: {
    name: 'segtide_cluster_squared_distance_total',
    type: 'counter',
    help: 'Sum of squared distances of windows to their centroids. Its rate by that of segtide_encode_windows_total is the inertia of a window; a rise means that segments fit less well.',
  },
  transitions: {
    name: 'segtide_publish_transitions_total',
    type: 'counter',
    labels: ['cause'],
    help: 'Customers that changed segment, by whether their behaviour did it, a new model, or both.',
  },
  alerts: {
    name: 'segtide_publish_alerts_total',
    type: 'counter',
    labels: ['kind', 'severity', 'status'],
    help: 'Alerts about customers and segments as they were published: confirmed, provisional while their window is open, or withdrawn when it closed and was usual after all.',
  },
  pageSeconds: {
    name: 'segtide_worker_page_duration_seconds',
    type: 'histogram',
    buckets: SECONDS_OF_WORK,
    help: 'Time of one batch of windows through series, encoder, clusterer and publisher.',
  },
  commitSeconds: {
    name: 'segtide_worker_commit_duration_seconds',
    type: 'histogram',
    buckets: SECONDS_OF_WORK,
    help: 'Time of one commit of outputs, state and offsets, until it is durable. Seconds mean that brokers are slow or away.',
  },
  commitFailures: {
    name: 'segtide_worker_commit_failures_total',
    type: 'counter',
    help: 'Commits that were given up: the partition was taken over, or brokers were away for longer than delivery.outage.',
  },
  uncheckpointed: {
    name: 'segtide_worker_log_entries',
    type: 'gauge',
    labels: ['partition'],
    help: 'Commits since the last checkpoint of the partition: what a restart has to do again.',
  },
  idleSeconds: {
    name: 'segtide_worker_since_turn_seconds',
    type: 'gauge',
    labels: ['partition'],
    help: 'Time since the partition was last looked after, with or without records. It stays below some seconds; a partition that hangs grows older.',
  },
  silentSeconds: {
    name: 'segtide_worker_since_answer_seconds',
    type: 'gauge',
    labels: ['partition'],
    help: 'Time since a broker was seen to answer for the partition, with or without records. It grows while brokers are away, though the worker goes on looking.',
  },
  partitions: {
    name: 'segtide_worker_partitions',
    type: 'gauge',
    help: 'Partitions that this worker has. Over all workers they add up to those of the input.',
  },
  model: {
    name: 'segtide_worker_model_info',
    type: 'gauge',
    labels: ['model_version'],
    help: '1 for the model that windows were last assigned by here. Workers that stay behind segtide_model_info do not read the topic of models.',
  },
  centroidEpoch: {
    name: 'segtide_worker_centroid_epoch',
    type: 'gauge',
    help: 'Epoch of the centroids that windows were last assigned by here; segtide_model_centroid_epoch less this is how stale they are.',
  },
} as const satisfies Readonly<Record<string, MetricDefinition>>;
