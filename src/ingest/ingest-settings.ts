import { SegtideError } from '../errors.js';
import { MOST_CHANNELS } from '../numeric/most-channels.js';
import { createZone } from '../numeric/zone.js';
import { elementNames } from './element-names.js';
import { type FieldPath, toFieldPath } from './field-path.js';
import type {
  ChannelOptions,
  FieldChannelOptions,
  IngestOptions,
  NegativePolicy,
  TimeOptions,
  TimeUnit,
} from './ingest-options.js';
import { parseIsoTime } from './iso-time.js';

/** A checked field mapping: plain data, so that it can be handed to another thread. */
export interface IngestSettings {
  /** Every distinct field that is read; the others refer to it by index. */
  readonly fields: readonly FieldSettings[];
  readonly customer: number;
  readonly time: number;
  readonly eventId: number | undefined;
  readonly timeZone: number | undefined;
  readonly label: number | undefined;
  readonly channels: readonly ChannelSettings[];
  readonly pivot: PivotSettings | undefined;
  readonly unit: TimeUnit;
  /** Zone of ISO times that carry none. */
  readonly zone: string;
  /** Plausible event times are in [minTime, maxTime), epoch ms. */
  readonly minTime: number;
  readonly maxTime: number;
  /** Times before this are plausible but odd: a sign of a wrong unit. -Infinity where the user moved `time.min`. */
  readonly oddBefore: number;
  readonly negative: NegativePolicy;
  readonly maxRecordBytes: number;
  readonly csv: { readonly delimiter: string; readonly header: boolean | readonly string[] };
}

export interface FieldSettings {
  /** As the user wrote it. */
  readonly name: string;
  readonly path: FieldPath;
  /** Whether a number is expected. */
  readonly numeric: boolean;
}

export interface ChannelSettings {
  readonly name: string;
  /** Index of the field, or undefined where every record counts as 1. */
  readonly field: number | undefined;
  /** Values are meter readings. */
  readonly cumulative: boolean;
  readonly optional: boolean;
}

export interface PivotSettings {
  readonly field: number;
  readonly values: readonly string[];
  readonly unknown: 'reject' | 'skip';
}

/**
 * Checks a field mapping and fills in defaults.
 *
 * @throws SegtideError `config` if a value is out of range, a channel is named twice, or fields contradict each other
 */
export function resolveIngest(options: IngestOptions): IngestSettings {
  const fields = new FieldList();
  const unit = options.time?.unit ?? 'iso';
  if (!UNITS.includes(unit)) refuse(`\`time.unit\` must be one of ${UNITS.join(', ')}; got \`${unit}\``);
  const customer = fields.add('fields.customer', options.fields.customer, false);
  const time = fields.add('fields.time', options.fields.time, unit !== 'iso');
  const eventId = fields.addOptional('fields.eventId', options.fields.eventId);
  const timeZone = fields.addOptional('fields.timeZone', options.fields.timeZone);
  const label = fields.addOptional('fields.label', options.fields.label);
  if (options.channels !== undefined && options.pivot !== undefined) {
    refuse('`channels` and `pivot` exclude each other, since a pivot names all channels; leave one out');
  }
  const { pivot, channels } = options.pivot
    ? resolvePivot(options.pivot, fields)
    : { pivot: undefined, channels: resolveChannels(options.channels ?? [{ name: 'events', count: true }], fields) };
  fields.check();
  return {
    fields: fields.list,
    customer,
    time,
    eventId,
    timeZone,
    label,
    channels,
    pivot,
    unit,
    ...resolveTimes(options.time ?? {}),
    negative: resolveNegative(options.negative ?? 'keep'),
    maxRecordBytes: resolveSize(options.maxRecordBytes ?? 16 * 1024 * 1024),
    csv: resolveCsv(options.csv ?? {}),
  };
}

const UNITS: readonly TimeUnit[] = ['iso', 's', 'ms', 'us', 'ns'];

/** The distinct fields of a mapping: one that serves twice is read once. */
class FieldList {
  readonly list: FieldSettings[] = [];

  addOptional(option: string, name: string | undefined): number | undefined {
    return name === undefined ? undefined : this.add(option, name, false);
  }

  add(option: string, name: string, numeric: boolean): number {
    const found = this.list.findIndex((field) => field.name === name);
    if (found < 0) return this.list.push({ name, path: toFieldPath(option, name), numeric }) - 1;
    const field = this.list[found]!;
    this.list[found] = { ...field, numeric: field.numeric || numeric };
    return found;
  }

  /** A field can't be a value and an object with further fields at once. */
  check(): void {
    const values = new Map(this.list.map(({ path, name }) => [JSON.stringify(path), name]));
    for (const inner of this.list) {
      for (let depth = 1; depth < inner.path.length; depth++) {
        const outer = values.get(JSON.stringify(inner.path.slice(0, depth)));
        if (outer === undefined) continue;
        refuse(`field \`${outer}\` can't be a value, since \`${inner.name}\` lies inside it; map only one`);
      }
    }
  }
}

function resolveChannels(options: readonly ChannelOptions[], fields: FieldList): ChannelSettings[] {
  if (options.length === 0) refuse('`channels` must name at least one channel; leave it out to count records');
  const channels = options.flatMap((channel): readonly ChannelSettings[] => {
    if ('count' in channel) return [{ name: channel.name, field: undefined, cumulative: false, optional: false }];
    const { cumulative = false, optional = false } = channel;
    checkElements(channel, options, fields);
    const option = `channels[].field of \`${channel.name}\``;
    const names = elementNames(channel.name, channel.elements);
    const read = elementNames(channel.field, channel.elements);
    return names.map((name, i) => ({ name, field: fields.add(option, read[i]!, true), cumulative, optional }));
  });
  checkNames('channels[].name', channels);
  return channels;
}

function resolvePivot(options: NonNullable<IngestOptions['pivot']>, fields: FieldList) {
  const field = fields.add('pivot.field', options.field, false);
  const value = options.value === undefined ? undefined : fields.add('pivot.value', options.value, true);
  const cumulative = options.cumulative ?? false;
  if (cumulative && value === undefined) refuse('`pivot.cumulative` needs `pivot.value`: a count is no meter reading');
  const unknown = options.unknown ?? 'reject';
  if (unknown !== 'reject' && unknown !== 'skip') {
    refuse(`\`pivot.unknown\` must be \`reject\` or \`skip\`; got \`${unknown}\``);
  }
  if (options.values.length === 0) refuse('`pivot.values` must list at least one value of the type field');
  const channels = options.values.map((name): ChannelSettings => ({ name, field: value, cumulative, optional: false }));
  checkNames('pivot.values', channels);
  return { pivot: { field, values: [...options.values], unknown } satisfies PivotSettings, channels };
}

function checkElements(channel: FieldChannelOptions, all: readonly ChannelOptions[], fields: FieldList): void {
  const { name, field, elements, cumulative, optional } = channel;
  if (elements === undefined) return;
  const option = `\`channels[].elements\` of \`${name}\``;
  if (!(Number.isInteger(elements) && elements >= 2 && elements <= MOST_CHANNELS)) {
    refuse(`${option} must be a whole number from 2 to ${MOST_CHANNELS}; got ${elements}`);
  }
  if (cumulative === true || optional === true) {
    refuse(
      `${option} excludes \`cumulative\` and \`optional\`: an embedding is there as a whole, and is no meter reading`,
    );
  }
  const others = all.flatMap((other) => (other !== channel && 'field' in other ? [other.field] : []));
  const mapped = [...others, ...fields.list.map(({ name }) => name)];
  if (mapped.some((name) => name === field || name.startsWith(`${field}.`))) {
    refuse(`${option} maps all of \`${field}\`, which is mapped otherwise, too; leave one out`);
  }
}

function checkNames(option: string, channels: readonly ChannelSettings[]): void {
  const names = new Set<string>();
  for (const { name } of channels) {
    if (typeof name !== 'string' || name === '') refuse(`\`${option}\` must be text that is not empty`);
    if (names.has(name)) refuse(`\`${option}\` must differ from each other; got \`${name}\` twice`);
    names.add(name);
  }
}

function resolveTimes(options: TimeOptions): Pick<IngestSettings, 'zone' | 'minTime' | 'maxTime' | 'oddBefore'> {
  const minTime = resolveInstant('time.min', options.min ?? '1970-01-01');
  const maxTime = resolveInstant('time.max', options.max ?? '2100-01-01');
  if (minTime >= maxTime) refuse(`\`time.min\` must be before \`time.max\`; got ${minTime} and ${maxTime} (epoch ms)`);
  // Seconds that are read as milliseconds lie in January 1970.
  const oddBefore = minTime === 0 ? Date.UTC(1971, 0) : -Infinity;
  return { zone: createZone(options.zone ?? 'UTC').name, minTime, maxTime, oddBefore };
}

function resolveInstant(option: string, value: string | number): number {
  const text = new TextEncoder().encode(String(value));
  const epochMs = typeof value === 'number' ? value : parseIsoTime(text, 0, text.length, createZone('UTC'));
  if (!Number.isFinite(epochMs)) {
    refuse(`\`${option}\` must be an ISO 8601 time such as \`2013-01-01\`, or epoch ms; got \`${value}\``);
  }
  return epochMs;
}

function resolveNegative(policy: NegativePolicy): NegativePolicy {
  if (['keep', 'reject', 'zero'].includes(policy)) return policy;
  return refuse(`\`negative\` must be \`keep\`, \`reject\` or \`zero\`; got \`${policy}\``);
}

function resolveSize(bytes: number): number {
  if (Number.isInteger(bytes) && bytes >= 1 && bytes <= 2 ** 30) return bytes;
  return refuse(`\`maxRecordBytes\` must be a whole number from 1 to ${2 ** 30}; got ${bytes}`);
}

function resolveCsv(options: NonNullable<IngestOptions['csv']>): IngestSettings['csv'] {
  const delimiter = options.delimiter ?? ',';
  if (!/^[\t\x20-\x7e]$/.test(delimiter) || delimiter === '"') {
    refuse(`\`csv.delimiter\` must be one ASCII character other than a quote; got ${JSON.stringify(delimiter)}`);
  }
  const header = options.header ?? true;
  if (typeof header !== 'boolean' && new Set(header).size !== header.length)
    refuse('`csv.header` must not name a column twice');
  return { delimiter, header };
}

function refuse(text: string): never {
  throw new SegtideError('config', text);
}
