import { arrayOf, enumOf, field, nullable, recordOf, TIMESTAMP } from './record-schema.js';

export const MODEL_EVENT_SCHEMA = recordOf(
  'ModelEvent',
  'What became of a model: each training with all that its gate compared, whether or not it passed, and each change by hand.',
  [
    field('modelVersion', 'string', 'The model; of what was declined, the one that was asked for or the champion.'),
    field(
      'event',
      enumOf('ModelEventKind', 'promoted', 'refused', 'failed', 'reinstated', 'pruned', 'declined'),
      'promoted, refused: what the gate said of it; failed: its training gave no model; reinstated: put into force by hand; pruned: its file is kept no longer; declined: what was asked for by hand could not be done.',
    ),
    nullable('previousVersion', 'string', 'The model in force until then, or still.'),
    field('eventTime', TIMESTAMP, 'Event time at which it happened.'),
    field('atWindow', 'long', 'Windows seen by then; of a training, by its beginning.'),
    field('reasons', arrayOf('string'), 'Why it was trained, or what was asked for by hand.'),
    field('why', arrayOf('string'), 'What came of it, in words.'),
    nullable('championReconstructionError', 'double', 'Held-out reconstruction error of the model in force.'),
    nullable('challengerReconstructionError', 'double', 'The same of this model, in the same units.'),
    nullable('reconstructionGain', 'double', 'Relative fall of the error; negative is worse.'),
    nullable('championActiveUnits', 'double', 'Latent dimensions that carry information, of the model in force.'),
    nullable('challengerActiveUnits', 'double', 'The same of this model.'),
    nullable('championSilhouette', 'double', 'Held-out silhouette of the model in force.'),
    nullable('challengerSilhouette', 'double', 'The same of this model.'),
    nullable('silhouetteGain', 'double', 'Rise of the silhouette; negative is worse.'),
    nullable(
      'championAgreement',
      'double',
      "Part of held-out windows' nearest neighbours by all views that the embedding of the model in force keeps near.",
    ),
    nullable('challengerAgreement', 'double', 'The same of this model.'),
    nullable('agreementGain', 'double', 'Rise of that part; negative is worse.'),
    nullable('churn', 'double', 'Part of the windows whose segment would change.'),
    nullable('largestSizeShift', 'double', "Largest change of a segment's share."),
  ],
);
