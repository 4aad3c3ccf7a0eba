import type { Schema, Type } from 'avsc';
import { SegtideError } from '../errors.js';
import { createAvroTypes } from './avro-types.js';

/** Reads records of one Avro schema. */
export interface AvroReader {
  readonly type: Type;
  /**
   * The record of a whole body, with values as `createAvroTypes` tells.
   *
   * @throws Error if the body is not what the schema says
   */
  read(body: Buffer): unknown;
}

/**
 * Creates a reader of Avro records. avsc is loaded by the first call.
 *
 * @param schema the writer's schema: JSON text, or what it says
 * @throws SegtideError `config` if it is no Avro schema, or not that of a record
 */
export async function createAvroReader(schema: unknown): Promise<AvroReader> {
  if (schema === undefined) {
    throw new SegtideError('config', 'Avro records need the schema that they were written with; none is configured');
  }
  const { default: avro } = await import('avsc');
  const { typeHook, begin } = createAvroTypes(avro);
  let type: Type;
  try {
    type = avro.Type.forSchema((typeof schema === 'string' ? JSON.parse(schema) : schema) as Schema, { typeHook });
  } catch (cause) {
    throw new SegtideError('config', `the Avro schema is not valid: ${(cause as Error).message}`, { cause });
  }
  if (type.typeName !== 'record') {
    throw new SegtideError(
      'config',
      `the Avro schema must be of a record, with the mapped fields; got ${type.typeName}`,
    );
  }
  return {
    type,
    read(body) {
      begin(body.length);
      return type.fromBuffer(body) as unknown;
    },
  };
}
