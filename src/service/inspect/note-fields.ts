import { formatShare } from '../summary/format.js';
import type { Roles } from './choose-roles.js';
import type { FieldFacts } from './describe-fields.js';

/**
 * What is to know of the fields before a run, in sentences.
 *
 * @param repeated names that several columns have
 */
export function noteFields(
  fields: readonly FieldFacts[],
  { values, unusedValues, embedding }: Roles,
  repeated: readonly string[] = [],
): readonly string[] {
  const commas = fields.filter(({ type }) => type === 'decimal comma');
  const embeddings = fields.filter(({ name, type }) => type === 'embedding' && name !== embedding?.field);
  const chosen = fields.find(({ name }) => name === embedding?.field);
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
    ...(embedding === undefined
      ? []
      : [
          `lists of ${embedding.elements} numbers, ${embedding.field}, are taken for embeddings; ${
            chosen!.usual < 1 ? `${formatShare(1 - chosen!.usual)} have another length, and are dead letters; ` : ''
          }where they are readings, write an event for each`,
        ]),
    ...embeddings.map(
      ({ name, elements }) =>
        `lists of ${elements} numbers, ${name}, may be embeddings, and are no channels of the proposal`,
    ),
    ...(unusedValues.length === 0
      ? []
      : [`also numbers, and no channels of the proposal: ${unusedValues.slice(0, 20).join(', ')}`]),
  ];
}

function toPoint(example: string): string {
  return example.replaceAll('.', '').replace(',', '.');
}
