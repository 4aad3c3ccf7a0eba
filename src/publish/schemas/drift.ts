import { enumOf, field, nullable, recordOf, TIMESTAMP } from './record-schema.js';

export const DRIFT_SCHEMA = recordOf('Drift', 'One statistic of one subject, compared between a reference and now.', [
  field('reportId', 'string', 'The report that this line belongs to.'),
  field('layer', enumOf('DriftLayer', 'input', 'embedding', 'assignment', 'model'), 'Where drift was looked for.'),
  field(
    'subject',
    'string',
    'A channel, a quarter of its steps (`minutes:q2`), a dimension (`dim1`) or a segment; `all` for the whole.',
  ),
  field('statistic', 'string', 'Name of the statistic.'),
  field('value', 'double', 'Its value now.'),
  field('threshold', 'double', 'Above this it has drifted.'),
  nullable('pValue', 'double', 'Where the statistic has one.'),
  field('drifted', 'boolean', 'Whether it has drifted.'),
  field('severity', enumOf('DriftSeverity', 'none', 'low', 'medium', 'high'), 'How far beyond the threshold.'),
  field('rank', 'int', '1 for the subject that drifted most within its layer.'),
  nullable('since', TIMESTAMP, 'Since when it has drifted without a break.'),
  field('referenceStart', TIMESTAMP, 'Start of what was compared with, inclusive.'),
  field('referenceEnd', TIMESTAMP, 'Its end, exclusive.'),
  field('currentStart', TIMESTAMP, 'Start of what was compared, inclusive.'),
  field('currentEnd', TIMESTAMP, 'Its end, exclusive.'),
  field('nReference', 'long', 'Windows in the reference.'),
  field('nCurrent', 'long', 'Windows compared.'),
  field('referenceModelVersion', 'string', 'The model that the reference was made with.'),
  field('modelVersion', 'string', 'The model that the compared windows were made with.'),
  field('action', enumOf('DriftAction', 'none', 'refit', 'retrain', 'suppressed'), 'What followed.'),
]);
