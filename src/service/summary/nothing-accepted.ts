import type { DeadLetterReason } from '../../ingest/dead-letter.js';
import type { Config } from '../config/schema.js';
import type { RunSummary } from '../run-summary.js';
import { formatCount, formatCounted } from './format.js';

/**
 * What to say of a run that had events and could use none of them: how many went where, the most frequent reason, what to
 * check, and where to look. Undefined for any other run.
 */
export function describeNothingAccepted(
  { events, deadLetterReasons, outputs }: Pick<RunSummary, 'events' | 'deadLetterReasons' | 'outputs'>,
  config: Config,
): string | undefined {
  if (events.in === 0 || events.accepted > 0) return undefined;
  const fates: [string, number][] = [
    ['dead-lettered', events.deadLettered],
    ['quarantined', events.quarantined],
    ['late', events.late],
    ['skipped', events.skipped],
    ['duplicate', events.duplicate],
  ];
  const went = fates.filter(([, count]) => count > 0).map(([fate, count]) => `${formatCount(count)} ${fate}`);
  const { late, duplicate, skipped } = events;
  const [main = ['', 0]] = Object.entries({ ...deadLetterReasons, late, duplicate, skipped })
    .filter(([, count]) => count > 0)
    .sort(([, a], [, b]) => b - a);
  const [reason, count] = main;
  const why = count === 0 ? '' : `, most of them as ${reason} (${formatCount(count)}): ${REASONS[reason as Reason]}`;
  const places = outputs
    .filter(({ records }) => records > 0)
    .flatMap(({ output, path }) => (output in HELD ? [`; ${path} holds ${HELD[output as keyof typeof HELD]}`] : []));
  const check = CHECKS[reason as keyof typeof CHECKS] ?? checkFields(config);
  return `none of ${formatCounted(events.in, 'event')} was accepted (${went.join(', ')})${why}. Check ${check}${places.join('')}`;
}

type Reason = DeadLetterReason | 'late' | 'duplicate' | 'skipped';

/** What is in the outputs of refused events. */
const HELD = { late: 'the late events', 'dead-letters': 'the reasons and the records' };

/** Where it is not the fields that are to be checked. */
const CHECKS = {
  late: 'input.time.unit, and whether old events are sent again; window.allowedLateness accepts those that are not much too late',
  duplicate: 'input.fields.eventId, which must differ from event to event, and whether events are sent again',
  skipped: 'window.hop, which is longer than the window',
};

const REASONS: Readonly<Record<Reason, string>> = {
  unreadable: 'they are not in the format that was expected',
  incomplete: 'a field is missing or null',
  invalid: 'a field holds something else than expected',
  'not-finite': 'a value is no finite number',
  'implausible-time': 'the event time is outside input.time.min and input.time.max',
  negative: 'a value is negative',
  'too-large': 'they are longer than input.maxRecordBytes',
  future: 'the event time lies in the future',
  late: 'all windows that they belong to had closed',
  duplicate: 'an event of the same id had come before',
  skipped: 'they lie between two windows',
};

function checkFields(config: Config): string {
  // A worker has no flags for them.
  const isWorker = config.input.kind === 'kafka' && config.output.kind === 'kafka';
  const flags = isWorker ? '' : ' (flags --customer, --time, --value)';
  return `the fields in use, ${fieldsOf(config)}${flags}, and input.time.unit`;
}

type Named = readonly [role: string, field: string | undefined, elements?: number | undefined];

function fieldsOf({ input }: Config): string {
  const { fields, channels = [], pivot } = input;
  const named: Named[] = [
    ['customer', fields.customer],
    ['time', fields.time],
    ['eventId', fields.eventId],
    ['timeZone', fields.timeZone],
    ['label', fields.label],
    ...channels.map(
      (channel): Named => [
        `channel ${channel.name}`,
        'field' in channel ? channel.field : undefined,
        'field' in channel ? channel.elements : undefined,
      ],
    ),
    ['pivot', pivot?.field],
    ['pivot value', pivot?.value],
  ];
  return named
    .flatMap(([role, field, elements]) =>
      field === undefined ? [] : [`${role}: '${field}'${elements === undefined ? '' : `, an array of ${elements}`}`],
    )
    .join(', ');
}
