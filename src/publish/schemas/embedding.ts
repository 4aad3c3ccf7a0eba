import { arrayOf, field, nullable, recordOf, TIMESTAMP } from './record-schema.js';

export const EMBEDDING_SCHEMA = recordOf(
  'Embedding',
  'The vector of one customer in one window. Unique by customerId, windowStart and revision; none while warming.',
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
    field('modelVersion', 'string', 'The model that scaled and encoded this window; the vector is in its space.'),
    nullable('vector', arrayOf('float'), 'What k-means sees; null where it is not finite.'),
    nullable(
      'alignedVector',
      arrayOf('float'),
      'The same vector in the space of `alignedTo`; null where the model is not mapped.',
    ),
    nullable('alignedTo', 'string', 'The model whose space `alignedVector` is in; null where the model is not mapped.'),
    nullable(
      'alignmentResidual',
      'double',
      'Root of the mean squared residual of the map over the spread it was fitted to: 0 is exact, 1 no better than the mean. Without a unit.',
    ),
  ],
);
