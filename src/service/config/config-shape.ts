import * as z from 'zod';
import { configSchema } from './schema.js';

/** A node of the published JSON Schema: what is known about one key of the config. */
export interface Shape {
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly unit?: string;
  readonly secret?: boolean;
  readonly default?: unknown;
  readonly enum?: readonly string[];
  readonly const?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly pattern?: string;
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly required?: readonly string[];
  readonly items?: Shape;
  readonly anyOf?: readonly Shape[];
}

/** The config's JSON Schema (draft 2020-12), for editors and for all that walks over keys. */
export function configShape(): Shape {
  shape ??= z.toJSONSchema(configSchema, { io: 'input', override: ({ jsonSchema }) => tidy(jsonSchema) }) as Shape;
  return shape;
}

/** The shape of the key at `path`, undefined where there is none. An array's elements are named by their index. */
export function shapeAt(path: readonly PropertyKey[]): Shape | undefined {
  let at: Shape | undefined = configShape();
  for (const key of path) {
    if (at?.items && /^\d+$/.test(String(key))) at = at.items;
    else at = at?.properties && Object.hasOwn(at.properties, String(key)) ? at.properties[String(key)] : undefined;
  }
  return at;
}

let shape: Shape | undefined;

/** Leaves out what says nothing to a reader: empty defaults of sections and the bounds of a double. */
function tidy(schema: Record<string, unknown>): void {
  if (schema.type === 'object' && JSON.stringify(schema.default) === '{}') delete schema.default;
  if (schema.minimum === -Number.MAX_VALUE) delete schema.minimum;
  if (schema.maximum === Number.MAX_VALUE || schema.maximum === Number.MAX_SAFE_INTEGER) delete schema.maximum;
}
