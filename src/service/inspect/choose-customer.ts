import { formatCounted, formatNumber } from '../summary/format.js';
import type { Choice } from './choose-roles.js';
import type { FieldFacts } from './describe-fields.js';
import { isValueName } from './is-value-name.js';
import { noField } from './no-field.js';

const WHO =
  'customer|cust|client|user|account|subscriber|visitor|household|meter|device|sensor|msisdn|member|tail|shop|store|site|host|tenant|kunden?|konto|nutzer|benutzer|teilnehmer|haushalt|zähler|zaehler|gerät|geraet';
const ID = 'id|ids|key|nr|no|num|nbr|number|nummer|name|code|ref|uuid|hash|ip|mac|email|serial';
/** It ends with who it is, or with an id of it: a `user_agent` or an `account_type` is something else of them. */
const TELLING = new RegExp(`(?:^|[^\\p{L}])(?:${WHO})s?(?:[^\\p{L}]*(?:${ID}))*[^\\p{L}]*$`, 'u');
const ID_LIKE = /id$|key$|nr$|num(ber)?$|^name$/i;

/** Whether a field's name says that it is a customer, or an id of one. */
export function isCustomerName(name: string): boolean {
  return TELLING.test(name.replaceAll(/(\p{Ll}|\d)(?=\p{Lu})/gu, '$1_').toLowerCase());
}

/**
 * Chooses the customer: a field that is called so; else a text or an id that comes again; else the first whole number that
 * comes again, where another number is left to be the value. Of several it is the one with the most different values.
 *
 * @throws SegtideError `input` where there is none
 */
export function chooseCustomer(fields: readonly FieldFacts[], records: number): Choice {
  const repeated = fields.filter(({ type, distinct, present }) => {
    // A value of its own for each record names records.
    const comesAgain = (present * records) / distinct >= 1.2;
    return (type === 'text' || type === 'integer') && comesAgain && present >= 0.5;
  });
  const byDistinct = (a: FieldFacts, b: FieldFacts): number => b.distinct - a.distinct;
  const named = repeated.filter(({ name }) => isCustomerName(name)).sort(byDistinct);
  // What is the same everywhere tells nobody from another, unless it is called a customer.
  const several = repeated.filter(({ distinct }) => distinct >= 2);
  const ids = several
    .filter(({ name, type }) => type === 'text' || (ID_LIKE.test(name) && !isValueName(name)))
    .sort(byDistinct);
  const [first, ...others] = [named, ids, firstNumber(several, fields)].find((tier) => tier.length > 0) ?? [];
  if (first === undefined) throw noField('customer', 'an id that comes again from record to record', fields, records);
  const each = formatNumber((first.present * records) / first.distinct);
  const how = `${formatCounted(first.distinct, 'different value')}, ${each} records each`;
  return {
    field: first.name,
    reason: named.length > 0 ? `it is called so: ${how}` : how,
    alternatives: others.map(({ name }) => name),
  };
}

function firstNumber(several: readonly FieldFacts[], fields: readonly FieldFacts[]): readonly FieldFacts[] {
  const numbers = fields.filter(({ type }) => type === 'integer' || type === 'number');
  const first = several.find(({ name, type }) => type === 'integer' && !isValueName(name));
  return first === undefined || numbers.length < 2 ? [] : [first];
}
