import { arrayOf, field, recordOf, TIMESTAMP } from './record-schema.js';

export const LATE_SCHEMA = recordOf('Late', 'A usage event for which every window had closed.', [
  field('customerId', 'string', 'The customer, as the input names it.'),
  field('eventTime', TIMESTAMP, 'When the usage happened.'),
  field(
    'values',
    arrayOf(['null', 'double']),
    'One value per channel; null where the event does not observe the channel.',
  ),
  field('watermark', TIMESTAMP, 'The watermark that the event came behind.'),
  field('source', 'string', 'File, or topic/partition.'),
  field('row', 'long', 'Line or row number, from 1.'),
  field('offset', 'long', 'Byte offset in the file, row index in Parquet, or Kafka offset.'),
]);
