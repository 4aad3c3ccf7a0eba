import { parseIsoTime } from '../../ingest/iso-time.js';
import { createZone } from '../../numeric/zone.js';
import type { FlatRecord } from './sample.js';

/** What a field holds. */
export interface FieldFacts {
  readonly name: string;
  /** Of most of its values; `empty` where it has none. Numbers with a `decimal comma` are texts to every reader. */
  readonly type: 'integer' | 'number' | 'decimal comma' | 'text' | 'boolean' | 'time' | 'embedding' | 'empty';
  /** Share of the records that have it, in [0, 1]. */
  readonly present: number;
  /** Different values. */
  readonly distinct: number;
  readonly example: string;
  /** Of numbers, between which all but 2 % on either side lie: a spoilt value decides nothing. */
  readonly range: readonly [number, number] | null;
  /** Of an embedding, the numbers that most of them have; null otherwise. */
  readonly elements: number | null;
  /** Share of the embeddings that have as many, in [0, 1]; 1 of other fields. */
  readonly usual: number;
}

/** Describes every field of the records, in the order in which they come up. */
export function describeFields(records: readonly FlatRecord[]): readonly FieldFacts[] {
  const names = new Set<string>();
  for (const record of records) for (const name of Object.keys(record)) names.add(name);
  return [...names].map((name) => describeField(name, records));
}

/** A number as a record has it, or as text; NaN for anything else. */
export function toNumber(value: unknown): number {
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint') return Number(value);
  if (typeof value === 'string' && NUMBER.test(value.trim())) return Number(value);
  return Number.NaN;
}

/** Epoch ms of an ISO 8601 text or a date; NaN for anything else. */
export function toIsoTime(value: unknown): number {
  if (value instanceof Date) return value.getTime();
  if (typeof value !== 'string') return Number.NaN;
  const bytes = encoder.encode(value.trim());
  return parseIsoTime(bytes, 0, bytes.length, utc);
}

const encoder = new TextEncoder();
const utc = createZone('UTC');
const NUMBER = /^[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?$/i;
/** Also with points between thousands. */
const DECIMAL_COMMA = /^[-+]?(?:\d+|\d{1,3}(?:\.\d{3})+),\d+$/;

function describeField(name: string, records: readonly FlatRecord[]): FieldFacts {
  const counts = { integer: 0, number: 0, comma: 0, text: 0, boolean: 0, time: 0, embedding: 0 };
  const lengths = new Map<number, number>();
  const distinct = new Set<unknown>();
  const numbers: number[] = [];
  let present = 0;
  let example = '';
  let commaExample = '';
  for (const record of records) {
    const value = record[name];
    if (value === null || value === undefined) continue;
    if (present++ === 0) example = value instanceof Date ? value.toISOString() : String(value);
    distinct.add(value instanceof Date ? value.getTime() : value);
    // Of lists a sample keeps embeddings alone.
    if (Array.isArray(value)) {
      counts.embedding++;
      lengths.set(value.length, (lengths.get(value.length) ?? 0) + 1);
      continue;
    }
    const number = toNumber(value);
    if (!Number.isNaN(number)) {
      counts[Number.isInteger(number) ? 'integer' : 'number']++;
      numbers.push(number);
    } else if (typeof value === 'boolean') counts.boolean++;
    else if (typeof value === 'string' && DECIMAL_COMMA.test(value.trim())) {
      // Most telling of what the field holds.
      if (counts.comma++ === 0) commaExample = value.trim();
    } else counts[Number.isNaN(toIsoTime(value)) ? 'text' : 'time']++;
  }
  const type = typeOf(counts, present);
  const isEmbedding = type === 'embedding';
  const [elements, times] = usualOf(lengths);
  const isNumber = type === 'integer' || type === 'number';
  return {
    name,
    type,
    present: present / records.length,
    distinct: distinct.size,
    example: (type === 'decimal comma' ? commaExample : example).slice(0, 40),
    range: isNumber ? rangeOf(numbers) : null,
    elements: isEmbedding ? elements : null,
    usual: isEmbedding ? times / counts.embedding : 1,
  };
}

/** The most frequent length, and how often it comes; 0 without any. */
function usualOf(lengths: ReadonlyMap<number, number>): readonly [length: number, times: number] {
  const [usual] = [...lengths].sort(([, a], [, b]) => b - a);
  return usual ?? [0, 0];
}

function rangeOf(numbers: readonly number[]): readonly [number, number] {
  const sorted = Float64Array.from(numbers).sort();
  const last = sorted.length - 1;
  return [sorted[Math.round(0.02 * last)]!, sorted[Math.round(0.98 * last)]!];
}

type Counts = Readonly<Record<'integer' | 'number' | 'comma' | 'text' | 'boolean' | 'time' | 'embedding', number>>;

/** A field with some other values is what most of it is; whole numbers among others are numbers. */
function typeOf(counts: Counts, present: number): FieldFacts['type'] {
  if (present === 0) return 'empty';
  const { integer, number, comma } = counts;
  // A few are spoilt values of what the others are.
  if (comma > Math.max(number, 0.02 * present) && integer + number + comma > 0.9 * present) return 'decimal comma';
  if (counts.integer === present) return 'integer';
  if (counts.integer + counts.number > 0.9 * present) return counts.number > 0 ? 'number' : 'integer';
  if (counts.time > 0.9 * present) return 'time';
  if (counts.embedding > 0.9 * present) return 'embedding';
  return counts.boolean > 0.9 * present ? 'boolean' : 'text';
}
