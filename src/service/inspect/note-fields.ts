import type { Roles } from './choose-roles.js';
import type { FieldFacts } from './describe-fields.js';

/**
 * What is to know of the fields before a run, in sentences.
 *
 * @param repeated names that several columns have
 */
export function noteFields(
  fields: readonly FieldFacts[],
  { values, unusedValues }: Roles,
  repeated: readonly string[] = [],
): readonly string[] {
  const commas = fields.filter(({ type }) => type === 'decimal comma');
  const constants = fields.filter(({ name, distinct }) => values.includes(name) && distinct < 2);
  return [
    ...commas.map(
      ({ name, example }) =>
        `${name} holds numbers with a decimal comma (${example}), which can't be read and are left out: write them with a point (${toPoint(example)})`,
    ),
    ...repeated.map(
      (name) =>
        `several columns are called ${name}: only the last was looked at, and a run refuses to take one; rename all but one`,
    ),
    ...constants.map(({ name, example }) => `${name} is ${example} in every record: as a channel it tells nothing yet`),
    ...(unusedValues.length === 0
      ? []
      : [`also numbers, and no channels of the proposal: ${unusedValues.slice(0, 20).join(', ')}`]),
  ];
}

function toPoint(example: string): string {
  return example.replaceAll('.', '').replace(',', '.');
}
