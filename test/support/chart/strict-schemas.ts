import { parse } from 'yaml';

interface Schema {
  readonly [key: string]: unknown;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: unknown;
}

interface Definition {
  readonly spec: {
    readonly group: string;
    readonly names: { readonly kind: string };
    readonly versions: readonly { readonly name: string; readonly schema: { readonly openAPIV3Schema: Schema } }[];
  };
}

/**
 * JSON Schemas of the custom resources that a definition describes, by the names that kubeconform looks for. As its own
 * for Kubernetes, they refuse keys that they do not know.
 */
export function toStrictSchemas(definition: string): [name: string, schema: Schema][] {
  const { spec } = parse(definition) as Definition;
  const group = spec.group.split('.')[0];
  return spec.versions.map(({ name, schema }) => [
    `${spec.names.kind.toLowerCase()}-${group}-${name}.json`,
    strict(schema.openAPIV3Schema) as Schema,
  ]);
}

function strict(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(strict);
  if (schema === null || typeof schema !== 'object') return schema;
  const copy = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, strict(value)])) as Schema;
  const isOpen = copy.additionalProperties !== undefined || copy['x-kubernetes-preserve-unknown-fields'] === true;
  const isObject = copy.type === 'object' && copy.properties !== undefined && !Array.isArray(copy.properties);
  return isObject && !isOpen ? { ...copy, additionalProperties: false } : copy;
}
