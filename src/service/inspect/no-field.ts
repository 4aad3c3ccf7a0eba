import { SegtideError } from '../../errors.js';
import { formatCounted } from '../summary/format.js';
import type { FieldFacts } from './describe-fields.js';

/** Fewer records may lack what tells a field's role. */
const FEW_RECORDS = 20;

/** That no field can have a role, with what the role needs and what fields there are. */
export function noField(role: string, what: string, fields: readonly FieldFacts[], records: number): SegtideError {
  const names = fields.map(({ name, type, example }) => `${name} (${type}, such as ${example})`);
  const seen = names.slice(0, 20).join(', ') || 'none';
  const few = records < FEW_RECORDS ? `; ${formatCounted(records, 'record')} may be too few to tell` : '';
  return new SegtideError('input', `no field can be the ${role}, which is ${what}; the fields are ${seen}${few}`);
}
