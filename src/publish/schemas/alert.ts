import { arrayOf, enumOf, field, nullable, recordOf, TIMESTAMP } from './record-schema.js';

export const ALERT_SCHEMA = recordOf('Alert', 'Something about a customer or a segment that stands out.', [
  field(
    'alertId',
    'string',
    'Of kind, customer or segment, and start of the window; the same for what becomes of the alert.',
  ),
  field('kind', 'string', 'anomaly, silence, segment-change or segment-size.'),
  field('severity', enumOf('AlertSeverity', 'low', 'medium', 'high'), 'By how far the score is beyond its threshold.'),
  field(
    'status',
    enumOf('AlertStatus', 'provisional', 'confirmed', 'withdrawn'),
    'provisional while the window is open; then confirmed where it stays so, else withdrawn.',
  ),
  nullable('customerId', 'string', 'The customer, as the input names it; null for an alert about a segment.'),
  nullable('segmentId', 'string', "The customer's segment, or the one that the alert is about; null while warming."),
  field('windowStart', TIMESTAMP, 'Start of the window, inclusive.'),
  field('windowEnd', TIMESTAMP, 'End of the window, exclusive.'),
  field('knownUntil', TIMESTAMP, 'Event time up to which the window was known.'),
  field(
    'score',
    'double',
    'anomaly: about -log10 of the share of usual windows that are as unlike their customer, or while little is known of it, as odd among all. silence: -log10 of its chance. segment-change: margin of the assignment. segment-size: standard deviations of chance.',
  ),
  field('threshold', 'double', 'At or above this an alert is raised.'),
  field(
    'cause',
    'string',
    'anomaly: the part of the score that stands out most. segment-change: behaviour or both (the model, too). segment-size: growth or shrinkage.',
  ),
  field(
    'explanation',
    recordOf('AlertExplanation', 'Why, with the numbers.', [
      field('text', 'string', 'In one sentence.'),
      field(
        'parts',
        arrayOf(
          recordOf('AlertPart', 'One thing that was measured.', [
            field(
              'part',
              'string',
              "What: amount, shape (by the customer's own habits), landmarks, reconstruction, centroid, isolation, nearest, run, course; or of other rules.",
            ),
            field('value', 'double', 'What it is.'),
            field('usual', 'double', "What it is usually: the segment's median, or the customer's own."),
            nullable('score', 'double', '-log10 of the share of usual windows in which it is as large.'),
          ]),
        ),
        'What the score is made of, then what else stands out; the largest first in each.',
      ),
      field(
        'steps',
        arrayOf(
          recordOf('AlertSteps', 'Consecutive steps of a channel that differ from what was expected.', [
            field('channel', 'string', 'Name of the channel.'),
            field('first', 'int', 'First step of the window, from 0.'),
            field('end', 'int', 'Step after the last.'),
            field('from', TIMESTAMP, 'Start of the first step.'),
            field('to', TIMESTAMP, 'End of the last step.'),
            field('expected', 'double', "Mean of a step that was expected, in the channel's units."),
            field('seen', 'double', 'Mean of a step that was seen.'),
            field('deviation', 'double', 'Of the run, in standard deviations; negative where less was seen.'),
          ]),
        ),
        'The most deviating first; none for silence and segments.',
      ),
    ]),
    'Why, with the numbers.',
  ),
  nullable('modelVersion', 'string', 'The model that scored the window; null while warming.'),
  nullable('centroidEpoch', 'long', 'Counts the small centroid updates within the model version.'),
  field('emittedAt', TIMESTAMP, 'When the alert was made: processing time live, `knownUntil` in a replay of files.'),
]);
