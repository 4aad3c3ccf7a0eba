import { formatDuration } from '../../numeric/duration.js';
import { formatCounted, formatDate, formatNumber } from '../summary/format.js';
import type { EventFindings } from './inspect-sample.js';

/** How a topic is reached. */
export interface TopicPlace {
  readonly brokers: readonly string[];
  readonly groupId: string;
}

/** A config with comments that runs on what was found. */
export function toConfig(findings: EventFindings, place?: TopicPlace): string {
  const { name, extent, events, notes } = findings;
  return [
    `# Written by segtide init from ${inComment(name)}: ${extent}, ${formatCounted(events.customers, 'customer')},`,
    `# ${formatDate(events.first)} to ${formatDate(events.last)}. Every key: docs/configuration.md; check it: segtide config check`,
    ...notes.map((note) => `# Note: ${inComment(note)}`),
    '',
    `name: ${scalar(nameOf(name))}`,
    '',
    ...inputOf(findings, place),
    '',
    ...windowOf(findings),
    '',
    ...seriesOf(findings),
    '',
    'cluster:',
    '  k: auto # as many segments as are most apart; or a number',
    ...(findings.roles.embedding === undefined ? [] : ['  distance: cosine # directions count; or euclidean']),
    '',
    'output:',
    ...(place === undefined
      ? ['  kind: directory', '  # path: out # left out: a fresh folder below segtide-out']
      : ['  kind: kafka', '  topicPrefix: segtide.', '  createTopics: true']),
    '  embeddings:',
    '    enabled: true # for the map of the page and of the report',
    '',
    'run:',
    '  seed: 42',
    '',
  ].join('\n');
}

function inputOf(findings: EventFindings, place: TopicPlace | undefined): string[] {
  const { name, roles, csv, events } = findings;
  const { customer, time, eventId } = roles;
  const others = (alternatives: readonly string[]): string =>
    alternatives.length === 0 ? '' : `; or ${inComment(alternatives.slice(0, 3).join(', '))}`;
  return [
    'input:',
    ...(place === undefined ? ['  kind: file', `  paths: [${scalar(name)}]`] : kafkaOf(findings, place)),
    ...(csv === undefined || (csv.delimiter === ',' && csv.header === true)
      ? []
      : [
          '  csv:',
          `    delimiter: ${JSON.stringify(csv.delimiter)}`,
          ...(csv.header === true ? [] : [`    header: [${csv.header.map(scalar).join(', ')}]`]),
        ]),
    '  fields:',
    `    customer: ${scalar(customer.field)} # ${inComment(customer.reason)}${others(customer.alternatives)}`,
    `    time: ${scalar(time.field)} # ${inComment(time.reason)}${others(time.alternatives)}`,
    ...(eventId === undefined ? [] : [`    eventId: ${scalar(eventId)}`]),
    ...channelsOf(findings),
    '  time:',
    `    unit: ${time.unit}`,
    '    zone: UTC # of times that carry none; a sample cannot tell',
    ...(events.negative > 0
      ? [`  negative: keep # ${formatNumber(100 * events.negative)} % of the values; or reject, zero`]
      : []),
  ];
}

function kafkaOf({ name, keyed }: EventFindings, { brokers, groupId }: TopicPlace): string[] {
  return [
    '  kind: kafka',
    `  keyed: ${keyed === true ? 'verify # each key is its customer' : 'repartition # keys are not the customers'}`,
    '  kafka:',
    `    brokers: [${brokers.map(scalar).join(', ')}]`,
    `    topics: [${scalar(name)}]`,
    `    groupId: ${scalar(groupId)}`,
  ];
}

/** What names a level and no amount: its mean counts, not its sum. */
const LEVEL = /temp|rate|price|level|voltage|percent|ratio|speed|humidity|pressure|avg|mean/i;

function channelsOf({ roles, types, events }: EventFindings): string[] {
  const [value] = roles.values;
  if (roles.embedding !== undefined) {
    const { field, elements } = roles.embedding;
    return [
      '  channels:',
      `    - name: ${scalar(field)}`,
      `      field: ${scalar(field)}`,
      `      elements: ${elements} # numbers of the embedding`,
      '      aggregate: mean # of the embeddings in a step; or last',
    ];
  }
  if (roles.type !== undefined && types.length > 0) {
    return [
      '  pivot: # a channel for each type',
      `    field: ${scalar(roles.type.field)}`,
      `    values: [${types.map(scalar).join(', ')}]`,
      ...(value === undefined ? [] : [`    value: ${scalar(value)}`, `    aggregate: ${aggregateOf(value)}`]),
      ...(events.cumulative ? ['    cumulative: true # values hardly ever fall: meter readings'] : []),
    ];
  }
  const channels = roles.values.flatMap((field, i) => [
    `    - name: ${scalar(field)}`,
    `      field: ${scalar(field)}`,
    `      aggregate: ${aggregateOf(field)} # of the values in a step`,
    ...(i === 0 && events.cumulative ? ['      cumulative: true # values hardly ever fall: meter readings'] : []),
    ...(i > 0 || events.missing > 0 ? ['      optional: true'] : []),
  ]);
  const counts = roles.values.length === 0 || events.regular.share < 0.8;
  return ['  channels:', ...channels, ...(counts ? ['    - name: events', '      count: true'] : [])];
}

function aggregateOf(field: string): string {
  return LEVEL.test(field) ? 'mean' : 'sum';
}

function windowOf({ window, events, roles }: EventFindings): string[] {
  const { step, steps, hop, reasons, alternatives } = window;
  const { usualMs, longestMs } = events.outOfOrder;
  const lag = usualMs === 0 ? undefined : ceilDuration(usualMs);
  return [
    ...alternatives.map((one) => `# or step: ${one.step}, steps: ${one.steps} – ${one.reason}`),
    'window:',
    `  step: ${step} # ${reasons.step}`,
    `  steps: ${steps} # ${reasons.steps}`,
    `  hop: ${hop} # ${reasons.hop}`,
    '  timeZone: UTC # of calendar steps',
    ...(lag === undefined
      ? []
      : [
          `  outOfOrderness: ${formatDuration(lag)} # so late come 99.9 % of the events; the last, ${formatDuration(ceilDuration(longestMs))}`,
        ]),
    // The watermark lags as far, and what is in time must not seem to be of the future.
    ...(lag !== undefined && lag > 7 * 86_400_000 ? [`  maxAhead: ${formatDuration(2 * lag)}`] : []),
    ...(roles.eventId !== undefined && events.duplicates > 0 ? ['  deduplicate: true'] : []),
  ];
}

function seriesOf({ roles, window: { smoothWidth, reasons } }: EventFindings): string[] {
  if (roles.embedding !== undefined) {
    return [
      'series: # embeddings are taken as they are',
      '  transform: none',
      '  scale: none',
      '',
      'encoder:',
      '  kind: precomputed',
    ];
  }
  return [
    'series:',
    ...(smoothWidth > 1
      ? [`  smooth: average # ${reasons.smooth}`, `  smoothWidth: ${smoothWidth}`]
      : [`  smooth: none # ${reasons.smooth}`]),
    '  transform: log1p',
    '  scale: zscore',
    '  scope: global # own: the shape alone counts, whatever the level',
  ];
}

/** Up to a whole minute, hour or day, as far as it is long. */
function ceilDuration(ms: number): number {
  const unit = [86_400_000, 3_600_000, 60_000].find((one) => ms > 2 * one) ?? 1000;
  return Math.ceil(ms / unit) * unit;
}

/** Text as a YAML scalar: JSON's quotes are YAML's, too. */
function scalar(text: string): string {
  const isPlain = /^[A-Za-z_./][\w./-]*$/.test(text) && !/^(true|false|null|yes|no|on|off|y|n)$/i.test(text);
  return isPlain ? text : JSON.stringify(text);
}

/** A comment ends with its line. */
function inComment(text: string): string {
  return text.replaceAll(/[\p{Cc}]/gu, ' ').slice(0, 240);
}

function nameOf(path: string): string {
  const name = path
    .split(/[\\/]/)
    .at(-1)!
    .replace(/(\.\w+){1,2}$/, '');
  return name === '' ? 'usage' : name;
}
