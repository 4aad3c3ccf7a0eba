import { added, arrayOf, enumOf, field, nullable, partOf, recordOf, TIMESTAMP } from './record-schema.js';

/** One array of steps per channel; null where no member knows the step. */
const CURVES = arrayOf(arrayOf(['null', 'double']));

const PART = partOf('SegmentPart', [
  field('segmentId', 'string', 'The other segment.'),
  field('share', 'double', 'Above 0, up to 1; shares below 0.01 are left out.'),
]);

const SIZE = partOf('SegmentSize', [
  field('modelVersion', 'string', 'The model.'),
  field('windowEnd', TIMESTAMP, 'End of the newest window that its profile knew.'),
  field('size', 'long', 'Windows of the reservoir that belonged to the segment.'),
  field('share', 'double', 'Share of the stream, by the reservoir.'),
]);

export const SEGMENT_SCHEMA = recordOf('Segment', 'What a segment looks like: its profile under one model version.', [
  field('segmentId', 'string', 'Identity of the segment over time; never reused.'),
  field('modelVersion', 'string', 'The model that the profile was made with.'),
  field('name', 'string', 'A readable name: what somebody called it, else the one made from the profile.'),
  field(
    'advice',
    'string',
    'What the segment asks for: `model` to forecast with, a simple `rule`, or nothing (`inactive`).',
  ),
  field('size', 'long', 'Windows of the reservoir that belong to the segment.'),
  field('share', 'double', 'Share of the stream by the reservoir, 0 to 1.'),
  field('level', 'double', 'Mean usage per step, in the units of the first channel.'),
  field('trend', 'double', 'Change of the trend line over one window, relative to its larger end: -1 to 1.'),
  field('volatility', 'double', 'Standard deviation of usage over its mean.'),
  field('seasonality', 'double', 'Strength of the seasonal pattern, 0 to 1.'),
  field('inactiveShare', 'double', 'Share of those windows without any usage, 0 to 1.'),
  field(
    'prototype',
    CURVES,
    "The segment's typical curve, unscaled: one array of steps per channel; null where no member knows the step.",
  ),
  nullable('medoidCustomer', 'string', 'The customer nearest to the centroid.'),
  field(
    'lineage',
    enumOf('SegmentLineage', 'same', 'moved', 'split', 'merged', 'born', 'retired', 'restored'),
    'What became of the segment at the last retraining.',
  ),
  field('windowEnd', TIMESTAMP, 'End of the newest window that the profile knows.'),
  added('reason', 'string', 'Why the model was trained; empty for one that was there from the start.', ''),
  added(
    'from',
    arrayOf(PART),
    'Where its members come from: segments of the model before, by their share in its members.',
    [],
  ),
  added(
    'into',
    arrayOf('SegmentPart'),
    'Where the members of the segment of this id under the model before are now, by their share.',
    [],
  ),
  added(
    'overlap',
    'double',
    'Members under this id in both models, as a share of those in either; 0 for a new or retired id.',
    0,
  ),
  added(
    'history',
    arrayOf(SIZE),
    'Size and share under this and the models before, oldest first; the last twenty.',
    [],
  ),
  added('seasonLag', 'int', 'Steps after which usage repeats; 0 where it does not.', 0),
  added(
    'forecastability',
    'double',
    "Part of the mean's squared error that the best forecast saves in the last quarter of the windows, 0 to 1.",
    0,
  ),
  added(
    'forecastSkill',
    'double',
    "What a model forecasts better than the mean and the seasonal naive, as part of the better one's error; negative where it is worse.",
    0,
  ),
  added(
    'bandLow',
    CURVES,
    '10 % of the members lie below this curve, at each step by itself; arranged as `prototype`.',
    [],
  ),
  added('bandHigh', CURVES, '10 % of the members lie above this curve; arranged as `prototype`.', []),
  nullable(
    'decoded',
    CURVES,
    "What the decoder makes of the members' mean latents, unscaled; null where the encoder has no decoder for it.",
  ),
  nullable('medoidStart', TIMESTAMP, "Start of that customer's window that lies nearest to the centroid."),
  added('madeName', 'string', 'The name made from the profile, also where somebody gave another one.', ''),
]);
