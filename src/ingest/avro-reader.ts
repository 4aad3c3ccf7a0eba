import type { Schema, Type } from 'avsc';
import { SegtideError } from '../errors.js';
import { createAvroTypes } from './avro-types.js';

/** Reads records of one Avro schema. */
export interface AvroReader {
  /** Of the schema as it is written. */
  readonly type: Type;
  /**
   * The record of a whole body, with values as `createAvroTypes` tells.
   *
   * @throws Error if the body is not what the schema says
   */
  read(body: Buffer): unknown;
}

export interface AvroReaderOptions {
  /** Schemas of the types that the schema names without defining them, each after those that it refers to. @default none */
  readonly references?: readonly unknown[];
  /**
   * Keys that are asked for. A field whose own name is not among them, but one of its aliases is, goes by that alias:
   * so a mapping goes on to work when the writer gives a field another name. @default none
   */
  readonly keys?: ReadonlySet<string>;
}

/**
 * Creates a reader of Avro records. avsc is loaded by the first call.
 *
 * @param schema the writer's schema: JSON text, or what it says
 * @throws SegtideError `config` if it is no Avro schema, or not that of a record
 */
export async function createAvroReader(schema: unknown, options: AvroReaderOptions = {}): Promise<AvroReader> {
  if (schema === undefined) {
    throw new SegtideError('config', 'Avro records need the schema that they were written with; none is configured');
  }
  const { references = [], keys } = options;
  const { default: avro } = await import('avsc');
  const { typeHook, begin } = createAvroTypes(avro);

  const compile = (hook: typeof typeHook): Type => {
    const registry = Object.create(null) as Record<string, Type>; // no name means more than another
    const toType = (text: unknown): Type =>
      avro.Type.forSchema((typeof text === 'string' ? JSON.parse(text) : text) as Schema, { typeHook: hook, registry });
    try {
      for (const reference of references) toType(reference);
      return toType(schema);
    } catch (cause) {
      throw new SegtideError('config', `the Avro schema is not valid: ${(cause as Error).message}`, { cause });
    }
  };
  const type = compile(typeHook);
  if (type.typeName !== 'record') {
    throw new SegtideError(
      'config',
      `the Avro schema must be of a record, with the mapped fields; got ${type.typeName}`,
    );
  }
  const byKeys = (written: Schema, options: object): Type | undefined => {
    const renamed = goByAliases(written, keys!);
    return renamed === undefined ? typeHook(written, options) : new avro.types.RecordType(renamed, options);
  };
  const named = keys === undefined ? type : compile(byKeys);
  return {
    type,
    read(body) {
      begin(body.length);
      return named.fromBuffer(body) as unknown;
    },
  };
}

/** The schema of a record with fields renamed, undefined where it is of no record, or all are as they should be. */
function goByAliases(schema: Schema, keys: ReadonlySet<string>): Schema | undefined {
  const { type, fields } = schema as { type?: unknown; fields?: unknown };
  if (type !== 'record' || !Array.isArray(fields)) return undefined;
  const names = new Set(fields.map((field: WrittenField) => field?.name));
  let renamed = false;
  const all = fields.map((field: WrittenField) => {
    if (keys.has(field?.name as string) || !Array.isArray(field?.aliases)) return field;
    const alias = field.aliases.find((name) => keys.has(name) && !names.has(name));
    if (alias === undefined) return field;
    renamed = true;
    names.add(alias);
    return { ...field, name: alias };
  });
  return renamed ? ({ ...(schema as object), fields: all } as Schema) : undefined;
}

/** Nothing of it is checked. */
interface WrittenField {
  readonly name?: unknown;
  readonly aliases?: readonly string[];
}
