import { graph, JOB, mean, OR_NONE, type Panel, RATE, stat } from '../panel.js';

/** Which model is in force, and how trainings go. */
export const MODEL_PANELS: readonly Panel[] = [
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
  graph('What became of models', 'Promoted by the gate, refused by it, failed to train, reinstated by hand.', 'short', [
    ['{{event}}', `sum by (event) (segtide_train_model_events_total${JOB})`],
  ]),
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
];
