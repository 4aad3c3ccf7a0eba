import { SegtideError } from '../../errors.js';
import type { TimeUnit } from '../../ingest/ingest-options.js';
import type { FieldFacts } from './describe-fields.js';
import { timeUnitOf } from './time-unit.js';

/** A field that was chosen for a role, why, and what else it might have been. */
export interface Choice {
  readonly field: string;
  readonly reason: string;
  /** Other fields that could be it, the likeliest first. */
  readonly alternatives: readonly string[];
}

/** What the fields of a record mean. */
export interface Roles {
  readonly customer: Choice;
  readonly time: Choice & { readonly unit: TimeUnit };
  /** Id of an event. */
  readonly eventId: string | undefined;
  /** Fields with values to measure, the likeliest first; none where events are to be counted. */
  readonly values: readonly string[];
  /** Field that says what a value is of, with what it says. */
  readonly type: { readonly field: string } | undefined;
}

const CUSTOMER =
  /(^|[._-]|\b)(customer|client|user|account|subscriber|household|meter|device|sensor|msisdn|member|tail|shop|store|site|host|tenant)/i;
const TIME = /(^|[._-])(time|ts|date|datetime|timestamp|at|when|eventtime|event_time)($|[._-])|time|date/i;
const VALUE =
  /(value|amount|usage|kwh|energy|bytes|minutes|seconds|duration|volume|total|consumption|reading|price|revenue|items|air_time|load|power|spend)/i;
const TYPE = /(^|[._-])(type|kind|metric|channel|measure|event)($|[._-])/i;
const EVENT_ID = /(event|record|transaction|message|request)[._-]?id|^uuid$/i;
/** Numbers that name something, and measure nothing. */
const NAMES = /(^|[._-])(id|code|zip|postcode|lat|lon|latitude|longitude|year|month|day|hour|version|label)$|Id$/;

/** Values of a field that says what a value is of. */
const MOST_TYPES = 12;
/** Channels that are proposed: more say little that the first ones do not. */
const MOST_VALUES = 3;

/**
 * Chooses customer, time and values by what fields hold and, among fields that could be either, by what they are called.
 *
 * @throws SegtideError `input` where no field could be the customer or the time
 */
export function chooseRoles(fields: readonly FieldFacts[], records: number): Roles {
  const time = chooseTime(fields);
  const eventId = fields.find(({ name, distinct }) => EVENT_ID.test(name) && distinct > 0.9 * records)?.name;
  const rest = fields.filter(({ name }) => name !== time.field && name !== eventId);
  const customer = chooseCustomer(rest, records);
  const others = rest.filter(({ name, type }) => name !== customer.field && type !== 'empty');
  return { time, customer, eventId, values: chooseValues(others), type: chooseType(others) };
}

function chooseTime(fields: readonly FieldFacts[]): Roles['time'] {
  const scored = fields.flatMap((field) => {
    const { name, type, range, present, distinct } = field;
    const unit: TimeUnit | undefined = type === 'time' ? 'iso' : range === null ? undefined : timeUnitOf(range);
    if (unit === undefined || present < 0.5 || distinct < 2) return [];
    const named = TIME.test(name) || /^(t|ts)$/i.test(name);
    // Seconds since the epoch look like any large number: only a name makes them a time.
    if (unit === 's' && !named) return [];
    return [{ name, unit, score: (named ? 2 : 0) + (type === 'time' ? 1 : 0) + present }];
  });
  const [first, ...others] = scored.sort((a, b) => b.score - a.score);
  if (first === undefined) throw noField('event time', 'ISO 8601 text or epoch in s, ms, µs or ns', fields);
  const written = first.unit === 'iso' ? 'ISO 8601 times' : `epoch times in ${first.unit === 'us' ? 'µs' : first.unit}`;
  return {
    field: first.name,
    unit: first.unit,
    reason: `its values are ${written}`,
    alternatives: others.map(({ name }) => name),
  };
}

function chooseCustomer(fields: readonly FieldFacts[], records: number): Choice {
  const scored = fields.flatMap(({ name, type, distinct, present }) => {
    const each = (present * records) / distinct;
    // A value of its own for each record names records; less than two name nothing.
    if ((type !== 'text' && type !== 'integer') || distinct < 2 || each < 1.2 || present < 0.5) return [];
    const named = CUSTOMER.test(name);
    const isId = /id$|key$|nr$|num(ber)?$|^name$/i.test(name);
    const many = Math.log10(distinct) / Math.log10(Math.max(10, records));
    const score = (named ? 3 : 0) + (isId ? 1 : 0) + (type === 'text' ? 0.5 : 0) + many - (VALUE.test(name) ? 2 : 0);
    return [{ name, named, distinct, each, score }];
  });
  const [first, ...others] = scored.sort((a, b) => b.score - a.score);
  if (first === undefined) throw noField('customer', 'an id that comes again from record to record', fields);
  const how = `${first.distinct} different values, ${first.each.toPrecision(3)} records each`;
  return {
    field: first.name,
    reason: first.named ? `it is called so: ${how}` : how,
    // What is a value by its name is no likely customer.
    alternatives: others.filter(({ score }) => score > first.score - 2).map(({ name }) => name),
  };
}

function chooseValues(fields: readonly FieldFacts[]): readonly string[] {
  const numbers = fields.filter(
    ({ name, type, distinct }) => (type === 'number' || type === 'integer') && distinct > 1 && !NAMES.test(name),
  );
  const named = numbers.filter(({ name }) => VALUE.test(name));
  return (named.length > 0 ? named : numbers).slice(0, MOST_VALUES).map(({ name }) => name);
}

function chooseType(fields: readonly FieldFacts[]): Roles['type'] {
  const found = fields.find(
    ({ name, type, distinct, present }) =>
      type === 'text' && distinct >= 2 && distinct <= MOST_TYPES && present > 0.9 && TYPE.test(name),
  );
  return found && { field: found.name };
}

function noField(role: string, what: string, fields: readonly FieldFacts[]): SegtideError {
  const names = fields.map(({ name, type, example }) => `${name} (${type}, such as ${example})`);
  const seen = names.slice(0, 20).join(', ') || 'none';
  return new SegtideError('input', `no field can be the ${role}, which is ${what}; the fields are ${seen}`);
}
