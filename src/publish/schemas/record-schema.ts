/** An Avro record schema as it is written in a schema file; what `avsc` and schema registries take as it is. */
export interface RecordSchema {
  readonly type: 'record';
  readonly name: string;
  readonly namespace: string;
  readonly doc: string;
  readonly fields: readonly FieldSchema[];
}

export interface FieldSchema {
  readonly name: string;
  readonly type: AvroType;
  readonly doc: string;
  readonly default?: null | 0 | '' | readonly [];
}

export type AvroType =
  | string
  | readonly AvroType[]
  | { readonly type: 'array'; readonly items: AvroType }
  | RecordSchema
  | { readonly type: 'enum'; readonly name: string; readonly symbols: readonly string[] }
  | { readonly type: 'record'; readonly name: string; readonly fields: readonly FieldSchema[] }
  | { readonly type: 'long'; readonly logicalType: 'timestamp-millis' };

/** Epoch milliseconds, UTC. */
export const TIMESTAMP: AvroType = { type: 'long', logicalType: 'timestamp-millis' };

export function enumOf(name: string, ...symbols: readonly string[]): AvroType {
  return { type: 'enum', name, symbols };
}

export function arrayOf(items: AvroType): AvroType {
  return { type: 'array', items };
}

/** Records within a record; others name them by `name`. */
export function partOf(name: string, fields: readonly FieldSchema[]): AvroType {
  return { type: 'record', name, fields };
}

export function field(name: string, type: AvroType, doc: string): FieldSchema {
  return { name, type, doc };
}

/** A field that came later: what readers take it for in records that were written before it. */
export function added(name: string, type: AvroType, doc: string, missing: 0 | '' | readonly []): FieldSchema {
  return { name, type, doc, default: missing };
}

/** A field that may be null; null comes first in the union so that it can be the default of readers with older records. */
export function nullable(name: string, type: AvroType, doc: string): FieldSchema {
  return { name, type: ['null', type], doc, default: null };
}

export function recordOf(name: string, doc: string, fields: readonly FieldSchema[]): RecordSchema {
  return { type: 'record', name, namespace: 'segtide', doc, fields };
}
