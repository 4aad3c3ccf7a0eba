import { NUMBER, OTHER, type RecordFields, STRING } from './record-fields.js';

const SHOWN_BYTES = 60;

/** A field's value for a message, shortened: text in quotes, all else as written. */
export function showField(fields: RecordFields, field: number, text: Uint8Array): string {
  const kind = fields.kinds[field]!;
  const start = fields.starts[field]!;
  const end = fields.ends[field]!;
  if (kind === NUMBER && start === end) return String(fields.numbers[field]);
  if (kind !== STRING && kind !== NUMBER && kind !== OTHER) return String(fields.numbers[field]);
  const shown = Buffer.from(text.buffer, text.byteOffset + start, Math.min(end - start, SHOWN_BYTES)).toString();
  const whole = end - start <= SHOWN_BYTES ? shown : `${shown}…`;
  return kind === STRING ? JSON.stringify(whole) : whole;
}
