import { arrayOf, enumOf, field, nullable, recordOf, TIMESTAMP } from './record-schema.js';

export const SEGMENT_SCHEMA = recordOf('Segment', 'What a segment looks like: its profile under one model version.', [
  field('segmentId', 'string', 'Identity of the segment over time; never reused.'),
  field('modelVersion', 'string', 'The model that the profile was made with.'),
  field('name', 'string', 'A readable name, made from the profile.'),
  field('advice', 'string', 'What the segment asks for: a forecasting model, a simple rule, or nothing.'),
  field('size', 'long', 'Windows of the reservoir that belong to the segment.'),
  field('share', 'double', 'Share of the reservoir, 0 to 1.'),
  field('level', 'double', 'Mean usage per step, in the units of the first channel.'),
  field('trend', 'double', 'Change of the trend line over one window, relative to its larger end: -1 to 1.'),
  field('volatility', 'double', 'Standard deviation of usage over its mean.'),
  field('seasonality', 'double', 'Strength of the seasonal pattern, 0 to 1.'),
  field('inactiveShare', 'double', 'Share of those windows without any usage, 0 to 1.'),
  field(
    'prototype',
    arrayOf(arrayOf('double')),
    "The segment's typical curve, unscaled: one array of steps per channel; 0 where no member knows the step.",
  ),
  nullable('medoidCustomer', 'string', 'The customer nearest to the centroid.'),
  field(
    'lineage',
    enumOf('SegmentLineage', 'same', 'moved', 'split', 'merged', 'born', 'retired', 'restored'),
    'What became of the segment at the last retraining.',
  ),
  field('windowEnd', TIMESTAMP, 'End of the newest window that the profile knows.'),
]);
