import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { DRIFT, LATE, OUTPUTS } from '../../../src/publish/output.js';
import { findOutputSchemas } from '../../../src/transport/registry/output-schemas.js';
import type { RegistryClient } from '../../../src/transport/registry/registry-client.js';

/** A registry in memory, whose subjects take a schema of the same record name alone. */
function createMemoryRegistry(): RegistryClient & { readonly subjects: Map<string, Map<string, number>> } {
  const subjects = new Map<string, Map<string, number>>();
  let ids = 0;
  const nameOf = (schema: object | string): string =>
    (typeof schema === 'string' ? JSON.parse(schema) : (schema as { name: string })).name;
  return {
    subjects,
    address: 'http://registry:8081/base',
    find: async () => ({ missing: 'is not asked for' }),
    lookUp: async (subject, schema) => subjects.get(subject)?.get(JSON.stringify(schema)),
    incompatibilities: async (subject, schema) => {
      const [latest] = [...(subjects.get(subject)?.keys() ?? [])].slice(-1);
      if (latest === undefined) return undefined;
      return nameOf(latest) === nameOf(schema) ? [] : [`NAME_MISMATCH ${nameOf(schema)}`];
    },
    async register(subject, schema) {
      const versions = subjects.get(subject) ?? new Map<string, number>();
      subjects.set(subject, versions);
      versions.set(JSON.stringify(schema), ++ids);
      return ids;
    },
    close: () => {},
  };
}

const outputs = [
  { output: LATE, topic: 'segtide.late' },
  { output: DRIFT, topic: 'segtide.drift' },
];

describe('schemas of outputs', () => {
  it('have the ids under which the registry holds them', async () => {
    const registry = createMemoryRegistry();
    await registry.register('other', {});
    await registry.register('segtide.drift-value', DRIFT.schema);
    await registry.register('segtide.late-value', LATE.schema);
    const ids = await findOutputSchemas(registry, outputs);
    expect([...ids]).toEqual([
      ['late', 3],
      ['drift', 2],
    ]);
  });

  it.each([
    ['topic', ['segtide.late-value', 'segtide.drift-value']],
    ['record', ['segtide.Late', 'segtide.Drift']],
    ['topic-record', ['segtide.late-segtide.Late', 'segtide.drift-segtide.Drift']],
  ] as const)('are registered on request, in subjects named after the %s', async (subjects, names) => {
    const registry = createMemoryRegistry();
    const ids = await findOutputSchemas(registry, outputs, { subjects, autoRegister: true });
    expect([...registry.subjects.keys()]).toEqual(names);
    expect(await findOutputSchemas(registry, outputs, { subjects })).toEqual(ids);
  });

  it('must be there otherwise: the error tells how', async () => {
    const all = OUTPUTS.map((output) => ({ output, topic: `segtide.${output.name}` }));
    const error = await findOutputSchemas(createMemoryRegistry(), all).catch((caught: unknown) => caught as Error);
    expect(error).toMatchObject({ code: 'output' });
    const [text, ...commands] = (error as Error).message.split('\n');
    expect(text).toMatch(/no schema of this version for segtide.assignments-value, .*\. Register it/);
    expect(commands).toHaveLength(OUTPUTS.length);
    for (const [i, { output, topic }] of all.entries()) {
      // What a shell makes of it is a request that holds the schema.
      const words = execFileSync('sh', ['-c', commands[i]!.replace('curl', 'printf "%s\\n"')])
        .toString()
        .split('\n');
      expect(words[6]).toBe(`http://registry:8081/base/subjects/${topic}-value/versions`);
      const { schema, schemaType } = JSON.parse(words[5]!);
      expect([schemaType, JSON.parse(schema)]).toEqual(['AVRO', output.schema]);
    }
  });

  it('must be compatible with what is there, also to be registered', async () => {
    const registry = createMemoryRegistry();
    await registry.register('segtide.late-value', { name: 'Other' });
    for (const autoRegister of [false, true]) {
      await expect(findOutputSchemas(registry, outputs, { autoRegister })).rejects.toThrow(
        /subject segtide.late-value is not compatible with the one there: NAME_MISMATCH Late/,
      );
    }
  });
});
