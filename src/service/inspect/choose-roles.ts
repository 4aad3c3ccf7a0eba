import type { TimeUnit } from '../../ingest/ingest-options.js';
import { chooseCustomer, isCustomerName } from './choose-customer.js';
import type { FieldFacts } from './describe-fields.js';
import { isValueName } from './is-value-name.js';
import { noField } from './no-field.js';
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
  /** Further fields with values, which are not proposed. */
  readonly unusedValues: readonly string[];
  /** An embedding that most records carry, where they carry nothing that is called what people measure. */
  readonly embedding: { readonly field: string; readonly elements: number } | undefined;
  /** Field that says what a value is of, with what it says. */
  readonly type: { readonly field: string } | undefined;
}

const TIME = /(^|[._-])(time|ts|date|datetime|timestamp|at|when|eventtime|event_time)($|[._-])|time|date|zeit|datum/i;
const TYPE = /(^|[._-])(type|kind|metric|channel|measure|event)($|[._-])/i;
const EVENT_ID = /(event|record|transaction|message|request)[._-]?id|^uuid$/i;
/** Numbers that name something, and measure nothing. */
const NAMES =
  /(^|[._-])(id|code|zip|postcode|lat|lon|latitude|longitude|year|month|day|hour|version|label|nr|no|num|nbr|number|key)$|I[dD]$|(Nr|Num|Number|Key)$/;

/** Values of a field that says what a value is of. */
const MOST_TYPES = 12;
/** Channels that are proposed: more say little that the first ones do not. */
const MOST_VALUES = 6;

/**
 * Chooses customer, time and values by what fields hold and, among fields that could be either, by what they are called.
 *
 * @throws SegtideError `input` where no field could be the customer or the time
 */
export function chooseRoles(fields: readonly FieldFacts[], records: number): Roles {
  const time = chooseTime(fields, records);
  const eventId = fields.find(({ name, distinct }) => EVENT_ID.test(name) && distinct > 0.9 * records)?.name;
  const rest = fields.filter(({ name }) => name !== time.field && name !== eventId);
  const customer = chooseCustomer(rest, records);
  const others = rest.filter(({ name, type }) => name !== customer.field && type !== 'empty');
  const measured = chooseValues(others.filter(({ name }) => !time.alternatives.includes(name)));
  const embedding = measured.some(isValueName) ? undefined : chooseEmbedding(others);
  const values = embedding === undefined ? MOST_VALUES : 0;
  return {
    time,
    customer,
    eventId,
    values: measured.slice(0, values),
    unusedValues: measured.slice(values),
    embedding,
    type: chooseType(others),
  };
}

function chooseTime(fields: readonly FieldFacts[], records: number): Roles['time'] {
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
  if (first === undefined) throw noField('event time', 'ISO 8601 text or epoch in s, ms, µs or ns', fields, records);
  const written = first.unit === 'iso' ? 'ISO 8601 times' : `epoch times in ${first.unit === 'us' ? 'µs' : first.unit}`;
  return {
    field: first.name,
    unit: first.unit,
    reason: `its values are ${written}`,
    alternatives: others.map(({ name }) => name),
  };
}

/** All numbers that name nothing, those first that are called what people measure; a constant one after all others. */
function chooseValues(fields: readonly FieldFacts[]): readonly string[] {
  const numbers = fields.filter(
    ({ name, type }) => (type === 'number' || type === 'integer') && !NAMES.test(name) && !isCustomerName(name),
  );
  const rank = ({ name, distinct }: FieldFacts): number => (distinct < 2 ? 2 : isValueName(name) ? 0 : 1);
  return numbers.sort((a, b) => rank(a) - rank(b)).map(({ name }) => name);
}

/** The one of the most numbers. */
function chooseEmbedding(fields: readonly FieldFacts[]): Roles['embedding'] {
  const [longest] = fields
    .flatMap(({ name, elements, present }) => (elements === null || present <= 0.9 ? [] : [{ field: name, elements }]))
    .sort((a, b) => b.elements - a.elements);
  return longest;
}

function chooseType(fields: readonly FieldFacts[]): Roles['type'] {
  const found = fields.find(
    ({ name, type, distinct, present }) =>
      type === 'text' && distinct >= 2 && distinct <= MOST_TYPES && present > 0.9 && TYPE.test(name),
  );
  return found && { field: found.name };
}
