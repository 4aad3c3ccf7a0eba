import { formatDuration } from '../../numeric/duration.js';
import type { EventFacts } from '../inspect/describe-events.js';
import type { Periodicity } from '../inspect/find-periods.js';
import type { EventFindings, Findings, WindowFindings } from '../inspect/inspect-sample.js';
import { formatCount, formatCounted, formatDate, formatNumber, formatShare, printable, wrap } from './format.js';
import { plainTable } from './plain-table.js';
import type { SummaryStyle } from './render-summary.js';

const DAY = 86_400_000;

/** A column of windows that are cut already. */
const STEP = /^(?:c\d+_)?s\d+$/;

/**
 * What was found in an input, for a terminal.
 *
 * @param next the command to type next
 */
export function renderFindings(findings: Findings, next: string, { width }: Pick<SummaryStyle, 'width'>): string {
  const { name, format, extent, unreadable, fields } = findings;
  const head = `${name}: ${format}, ${extent}${unreadable > 0 ? `, ${formatCounted(unreadable, 'record')} unreadable` : ''}`;
  const named = findings.holds === 'windows' ? fields.filter(({ name }) => !STEP.test(name)) : fields;
  const rows = named
    .slice(0, 30)
    .map((field) =>
      [
        field.name,
        field.type,
        formatShare(field.present),
        formatCount(field.distinct),
        roleOf(findings, field.name),
        field.example,
      ].map(printable),
    );
  const table = plainTable(COLUMNS, rows, width);
  const more = named.length > 30 ? `and ${named.length - 30} more\n` : '';
  const body = findings.holds === 'events' ? renderEvents(findings, width) : renderWindows(findings);
  const text = `${head}\n\nFields\n${table}\n${more}\n${body}\nNext: ${next}\n`;
  // Names of fields stand in reasons and notes, too.
  return text.split('\n').map(printable).join('\n');
}

const COLUMNS = [
  { head: 'field', least: 10 },
  { head: 'type' },
  { head: 'in records' },
  { head: 'distinct' },
  { head: 'taken for' },
  { head: 'example', least: 10 },
];

function roleOf(findings: Findings, field: string): string {
  if (findings.holds === 'windows') return field === findings.label ? 'label' : '';
  const { customer, time, eventId, values, embedding, type } = findings.roles;
  if (field === customer.field) return 'customer';
  if (field === time.field) return `time (${time.unit})`;
  if (field === eventId) return 'event id';
  if (field === embedding?.field) return `embedding of ${embedding.elements}`;
  if (field === type?.field && embedding === undefined) return 'type of value';
  return values.includes(field) ? 'value' : '';
}

function renderWindows({ steps, channels, records, label }: WindowFindings): string {
  const labelled = label === undefined ? '' : `, with a label in ${label}`;
  return `These are windows that are cut already, one a row: ${formatCount(records)} of ${steps} steps and ${formatCounted(channels, 'channel')}${labelled}.\nThere are no events to run on; encoder and segments can be scored on them.\n`;
}

function renderEvents(findings: EventFindings, width: number): string {
  const { roles, events, window } = findings;
  const { step, steps, hop, smoothWidth, reasons, alternatives, periodicity } = window;
  const lines = [
    ...choices(roles, width),
    '',
    'Events',
    ...eventLines(events).map(([term, value]) => wrap(value, width, `  ${term.padEnd(18)}`, ' '.repeat(20))),
    '',
    'What repeats',
    ...plotPeriods(periodicity, step, Math.min(72, width - 4)),
    '',
    'Proposal',
    ...(
      [
        [`step ${step}`, reasons.step],
        [`steps ${steps}`, reasons.steps],
        [`hop ${hop}`, reasons.hop],
        [smoothWidth > 1 ? `average ${smoothWidth}` : 'no averaging', reasons.smooth],
      ] as const
    ).map(([what, why]) => wrap(why, width, `  ${what.padEnd(18)}`, ' '.repeat(20))),
    ...alternatives.map((one) =>
      wrap(one.reason, width, `  ${`or ${one.step} × ${one.steps}`.padEnd(18)}`, ' '.repeat(20)),
    ),
    ...warningsOf(findings).map((text) => wrap(text, width, '  note: ', '        ')),
  ];
  return `${lines.join('\n')}\n`;
}

function choices({ customer, time }: EventFindings['roles'], width: number): string[] {
  return [customer, time].map(({ field, reason, alternatives }) => {
    const others = alternatives.length === 0 ? '' : `; it could also be ${alternatives.slice(0, 4).join(', ')}`;
    return wrap(`${reason}${others}`, width, `  ${field}: `, '    ');
  });
}

function eventLines(events: EventFacts): (readonly [string, string])[] {
  const { perCustomer, gaps, regular, outOfOrder, spans } = events;
  return [
    ['span', `${formatDate(events.first)} to ${formatDate(events.last)}, ${duration(events.last - events.first)}`],
    [
      events.customers === 1 ? 'customer' : 'customers',
      `${formatCount(events.customers)}, with ${formatCounted(perCustomer.median, 'event')} each (median; most ${formatCount(perCustomer.most)}), over ${duration(spans.median)}`,
    ],
    [
      'gaps',
      gaps === null
        ? 'no customer has two events'
        : `${duration(gaps.median)} (median), ${duration(gaps.p90)} (90 %), ${duration(gaps.most)} (longest)${regular.share > 0.5 ? `; ${formatShare(regular.share)} are ${duration(regular.gapMs)}` : ''}`,
    ],
    [
      'out of order',
      outOfOrder.share === 0
        ? 'none'
        : `${formatShare(outOfOrder.share)} of the events; 99.9 % come ${duration(outOfOrder.usualMs)} late at most, the last ${duration(outOfOrder.longestMs)}`,
    ],
    ...(events.incomplete === 0
      ? []
      : ([
          [
            'incomplete',
            `${formatCounted(events.incomplete, 'record')} without customer or time, or of a time far from all others`,
          ],
        ] as const)),
    ['duplicates', events.duplicates === 0 ? 'none' : formatCounted(events.duplicates, 'record')],
    [
      'values',
      `${formatShare(events.zeros)} zeros, ${formatShare(events.missing)} missing, ${formatShare(events.negative)} negative${events.cumulative ? '; they hardly ever fall: meter readings' : ''}`,
    ],
  ];
}

function warningsOf({ events, window, whole, keyed, notes }: EventFindings): string[] {
  const windows = (events.customers * (events.last - events.first)) / (window.stepMs * window.steps);
  return [
    ...notes,
    ...(whole ? [] : ['only a part was read; the figures are of it alone']),
    ...(events.byCustomer ? ['records come customer by customer: sorted by time, the run would need less memory'] : []),
    ...(windows < FEW_WINDOWS
      ? [`there are some ${formatCount(windows)} windows, where a model wants ${FEW_WINDOWS}`]
      : []),
    ...(keyed === false ? ['keys of records are not the customers: the input is repartitioned'] : []),
  ];
}

/** A first model is fitted to so many windows. */
const FEW_WINDOWS = 320;

/** Height of the plot of the autocorrelation, in rows. */
const ROWS = 4;

function plotPeriods({ autocorrelation, periods }: Periodicity, step: string, width: number): string[] {
  const lags = autocorrelation.length - 1;
  if (lags < 2) return ['  too few steps to tell'];
  const columns = Math.min(width, lags);
  const at = (column: number): number => 1 + Math.floor((column * lags) / columns);
  // The greatest of each column: peaks are what is looked for.
  const heights = Array.from({ length: columns }, (_, column) =>
    Math.max(0, ...autocorrelation.slice(at(column), Math.max(at(column) + 1, at(column + 1)))),
  );
  const top = Math.max(0.01, ...heights);
  const plot = Array.from(
    { length: ROWS },
    (_, row) => `  ${heights.map((value) => cell(value / top, ROWS - 1 - row)).join('')}`,
  );
  const marks = heights.map((_, column) =>
    periods.slice(0, 3).some(({ steps }) => steps >= at(column) && steps < at(column + 1)) ? '▲' : ' ',
  );
  return [
    `  autocorrelation by lag, 1 to ${lags} steps of ${step}; the top is ${formatNumber(top)}`,
    ...plot,
    `  ${marks.join('').trimEnd()}`,
    ...(periods.length === 0
      ? ['  no period stands out of the periodogram']
      : periods
          .slice(0, 3)
          .map(
            (one) =>
              `  ▲ ${one.steps} steps: autocorrelation ${formatNumber(one.autocorrelation)}, power ${formatNumber(one.power)} times the mean`,
          )),
  ];
}

const EIGHTHS = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/** What a bar of a height in [0, 1] shows in one row, counted from below. */
function cell(height: number, row: number): string {
  const eighths = Math.round(height * ROWS * 8) - row * 8;
  return EIGHTHS[Math.max(0, Math.min(8, eighths))]!;
}

function duration(ms: number): string {
  if (ms >= 3 * DAY) return `${formatNumber(ms / DAY)} days`;
  return ms < 1 ? '0s' : formatDuration(ms >= 60_000 ? Math.round(ms / 60_000) * 60_000 : Math.round(ms));
}
