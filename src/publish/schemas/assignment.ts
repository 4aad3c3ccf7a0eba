import { enumOf, field, nullable, recordOf, TIMESTAMP } from './record-schema.js';

export const ASSIGNMENT_SCHEMA = recordOf(
  'Assignment',
  'The segment of one customer in one window. Unique by customerId, windowStart and revision.',
  [
    field('customerId', 'string', 'The customer, as the input names it.'),
    field('windowStart', TIMESTAMP, 'Start of the window, inclusive.'),
    field('windowEnd', TIMESTAMP, 'End of the window, exclusive.'),
    field(
      'revision',
      'int',
      '0 for the first result of the window; late events within the allowed lateness add 1 each time they revise it.',
    ),
    field('final', 'boolean', 'False for a provisional result of a window that is still open, or that was cut short.'),
    nullable('segmentId', 'string', 'The nearest segment; null while warming.'),
    nullable('previousSegmentId', 'string', "The customer's segment before this result; null where there was none."),
    nullable(
      'distance',
      'float',
      "Euclidean distance to the segment's centroid, in embedding units; small even for a window unlike any that was fitted.",
    ),
    nullable(
      'margin',
      'float',
      '(d2 - d1) / d2 with d1 and d2 the distances to the two nearest centroids; 0 on the border, 1 on the centroid. No measure of novelty, as little as `distance`.',
    ),
    nullable(
      'confidence',
      'float',
      'Share of the nearest segment in the softmax of negative squared distances; no measure of novelty either.',
    ),
    nullable(
      'reconstructionError',
      'float',
      'Mean squared error per observed cell, in scaled units, where the encoder can reconstruct; high for a window unlike any that was fitted.',
    ),
    field('observedSteps', 'int', 'Steps of the window with at least one event.'),
    field('inactive', 'boolean', 'True where the customer used nothing in the whole window.'),
    field(
      'status',
      enumOf('AssignmentStatus', 'warming', 'provisional', 'assigned'),
      'assigned by a trained model; until the first there is none, provisional by one made of the first windows, and warming before that.',
    ),
    nullable('modelVersion', 'string', 'The model that scaled, encoded and assigned this window; null while warming.'),
    nullable('centroidEpoch', 'long', 'Counts the small centroid updates within the model version.'),
    field('emittedAt', TIMESTAMP, 'When the result was made: processing time live, event time in a replay of files.'),
  ],
);
