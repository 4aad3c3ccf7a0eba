import { field, recordOf } from './record-schema.js';

export const DEAD_LETTER_SCHEMA = recordOf(
  'DeadLetter',
  'A record that was refused, with all that is needed to find and replay it.',
  [
    field(
      'reason',
      'string',
      'unreadable, incomplete, invalid, not-finite, implausible-time, negative, too-large or future.',
    ),
    field('detail', 'string', 'What was wrong, in words.'),
    field('source', 'string', 'File, or topic/partition.'),
    field('row', 'long', 'Line or row number, from 1.'),
    field('offset', 'long', 'Byte offset in the file, row index in Parquet, or Kafka offset.'),
    field('bytes', 'bytes', 'The record as it came; base64 in JSON.'),
    field('truncated', 'boolean', 'Whether the bytes were shortened.'),
  ],
);
