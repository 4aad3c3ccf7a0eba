import type { AvroType, FieldSchema, RecordSchema } from './schemas/record-schema.js';

/** A JSON Schema (draft 07) of what is written here. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/**
 * The JSON Schema of records of an output as they are written in JSON. Fields may be added to a record by later versions,
 * so that it allows others.
 */
export function jsonSchemaOf({ doc, fields }: RecordSchema): JsonSchema {
  const named = new Map<string, JsonSchema>();

  function object(of: readonly FieldSchema[]): JsonSchema {
    const properties = of.map(({ name, type, doc: description }) => [name, { ...convert(type), description }]);
    return { type: 'object', required: of.map(({ name }) => name), properties: Object.fromEntries(properties) };
  }

  function convert(type: AvroType): JsonSchema {
    if (typeof type === 'string') return PRIMITIVES[type] ?? named.get(type)!;
    if (isUnion(type)) return { anyOf: type.map(convert) };
    if (type.type === 'array') return { type: 'array', items: convert(type.items) };
    if (type.type === 'enum') return remember(type.name, { type: 'string', enum: type.symbols });
    if (type.type === 'record') return remember(type.name, object(type.fields));
    return { type: 'integer', description: 'Epoch milliseconds, UTC.' };
  }

  /** Avro tells a type of a name once, and means it by the name from then on. */
  function remember(name: string, schema: JsonSchema): JsonSchema {
    named.set(name, schema);
    return schema;
  }

  return { description: doc, ...object(fields) };
}

const PRIMITIVES: Readonly<Record<string, JsonSchema>> = {
  null: { type: 'null' },
  boolean: { type: 'boolean' },
  int: { type: 'integer' },
  long: { type: 'integer' },
  // What is not finite is written as null.
  float: { type: ['number', 'null'] },
  double: { type: ['number', 'null'] },
  string: { type: 'string' },
  bytes: { type: 'string', contentEncoding: 'base64' },
};

function isUnion(type: AvroType): type is readonly AvroType[] {
  return Array.isArray(type);
}
