import { enumOf, field, nullable, recordOf, TIMESTAMP } from './record-schema.js';

export const TRANSITION_SCHEMA = recordOf('Transition', 'A customer left one segment for another.', [
  field('customerId', 'string', 'The customer, as the input names it.'),
  field('windowStart', TIMESTAMP, 'Start of the window that shows the change, inclusive.'),
  field('windowEnd', TIMESTAMP, 'End of that window, exclusive.'),
  field('from', 'string', "The customer's segment before."),
  field('to', 'string', "The customer's segment in this window."),
  field(
    'cause',
    enumOf('TransitionCause', 'behaviour', 'model', 'both'),
    'behaviour: the same model, or the previous one as well, says so; model: the previous model would have left the customer where it was; both: neither alone explains it, or it cannot be told.',
  ),
  field('modelVersion', 'string', 'The model that said `to`.'),
  field('previousModelVersion', 'string', 'The model that said `from`.'),
  nullable('margin', 'float', 'Margin of the assignment to `to`.'),
  nullable('previousMargin', 'float', 'Margin of the assignment to `from`.'),
  field('emittedAt', TIMESTAMP, 'When the record was made: processing time live, event time in a replay of files.'),
]);
