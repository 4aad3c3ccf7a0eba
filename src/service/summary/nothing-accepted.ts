import type { DeadLetterReason } from '../../ingest/dead-letter.js';
import type { Config } from '../config/schema.js';
import type { RunSummary } from '../run-summary.js';
import { formatCount, formatCounted } from './format.js';

/**
 * What to say of a run that had events and could use none of them: how many went where, the most frequent reason, and
 * what to check. Undefined for any other run.
 */
export function describeNothingAccepted(summary: RunSummary, config: Config): string | undefined {
  const { events, outputs } = summary;
  if (events.in === 0 || events.accepted > 0) return undefined;
  const fates: [string, number][] = [
    ['dead-lettered', events.deadLettered],
    ['quarantined', events.quarantined],
    ['late', events.late],
    ['skipped', events.skipped],
    ['duplicate', events.duplicate],
  ];
  const went = fates.filter(([, count]) => count > 0).map(([fate, count]) => `${formatCount(count)} ${fate}`);
  const letters = outputs.find(({ output }) => output === 'dead-letters');
  return [
    `none of ${formatCounted(events.in, 'event')} was accepted (${went.join(', ')})${mainReason(summary)}.`,
    `Check the fields in use, ${fieldsOf(config)} (flags --customer, --time, --value), and input.time.unit`,
    letters === undefined ? '' : `; ${letters.path} holds the reasons and the records`,
  ]
    .join(' ')
    .replace(' ;', ';')
    .trimEnd();
}

function mainReason({ deadLetterReasons }: RunSummary): string {
  const [main] = Object.entries(deadLetterReasons).sort(([, a], [, b]) => b - a);
  if (main === undefined) return '';
  const [reason, count] = main;
  return `, most of them as ${reason} (${formatCount(count)}): ${REASONS[reason as DeadLetterReason]}`;
}

const REASONS: Readonly<Record<DeadLetterReason, string>> = {
  unreadable: 'they are not in the format that was expected',
  incomplete: 'a field is missing or null',
  invalid: 'a field holds something else than expected',
  'not-finite': 'a value is no finite number',
  'implausible-time': 'the event time is outside input.time.min and input.time.max',
  negative: 'a value is negative',
  'too-large': 'they are longer than input.maxRecordBytes',
  future: 'the event time lies in the future',
};

function fieldsOf({ input }: Config): string {
  const { fields, channels = [], pivot } = input;
  const named: [string, string | undefined][] = [
    ['customer', fields.customer],
    ['time', fields.time],
    ['eventId', fields.eventId],
    ['timeZone', fields.timeZone],
    ...channels.map((channel): [string, string | undefined] => [
      `channel ${channel.name}`,
      'field' in channel ? channel.field : undefined,
    ]),
    ['pivot', pivot?.field],
    ['pivot value', pivot?.value],
  ];
  return named.flatMap(([role, field]) => (field === undefined ? [] : [`${role}: '${field}'`])).join(', ');
}
