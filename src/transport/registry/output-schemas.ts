import { SegtideError } from '../../errors.js';
import type { Output } from '../../publish/output.js';
import type { RegistryClient } from './registry-client.js';

/**
 * What a schema's subject is called: after its topic (`<topic>-value`), after its record (`segtide.Assignment`), or after
 * both (`<topic>-segtide.Assignment`).
 */
export type SubjectNaming = 'topic' | 'record' | 'topic-record';

export interface OutputSchemasOptions {
  /** @default 'topic' */
  readonly subjects?: SubjectNaming;
  /** Registers schemas that are missing; else they have to be there. @default false */
  readonly autoRegister?: boolean;
}

/** An output and the topic that it goes to. */
export interface RegisteredOutput {
  readonly output: Pick<Output<never>, 'name' | 'schema'>;
  readonly topic: string;
}

/**
 * Finds the ids of outputs' schemas in a registry, before the first record is written.
 *
 * @returns ids by the name of the output
 * @throws SegtideError `output` that names the subjects without the schema and tells how to register it, or why a subject
 * would not take it
 */
export async function findOutputSchemas(
  registry: RegistryClient,
  outputs: readonly RegisteredOutput[],
  options: OutputSchemasOptions = {},
): Promise<ReadonlyMap<string, number>> {
  const ids = new Map<string, number>();
  const absent: { readonly subject: string; readonly schema: object }[] = [];
  for (const { output, topic } of outputs) {
    const subject = subjectOf(options.subjects ?? 'topic', output.schema, topic);
    const id =
      (await registry.lookUp(subject, output.schema)) ??
      (await addTo(registry, subject, output.schema, options.autoRegister === true));
    if (id === undefined) absent.push({ subject, schema: output.schema });
    else ids.set(output.name, id);
  }
  if (absent.length > 0) throw missing(registry.address, absent);
  return ids;
}

/** @throws SegtideError `output` where the subject would not take the schema */
async function addTo(
  registry: RegistryClient,
  subject: string,
  schema: object,
  register: boolean,
): Promise<number | undefined> {
  const why = await registry.incompatibilities(subject, schema);
  if (why !== undefined && why.length > 0) {
    throw new SegtideError(
      'output',
      `the schema of subject ${subject} is not compatible with the one there: ${why.join('; ')}. Write to other topics (\`output.topicPrefix\`), or relax the subject's compatibility`,
    );
  }
  return register ? registry.register(subject, schema) : undefined;
}

function subjectOf(
  naming: SubjectNaming,
  { namespace, name }: RegisteredOutput['output']['schema'],
  topic: string,
): string {
  if (naming === 'topic') return `${topic}-value`;
  return naming === 'record' ? `${namespace}.${name}` : `${topic}-${namespace}.${name}`;
}

function missing(
  address: string,
  absent: readonly { readonly subject: string; readonly schema: object }[],
): SegtideError {
  const subjects = absent.map(({ subject }) => subject).join(', ');
  const commands = absent.map(({ subject, schema }) => {
    const body = JSON.stringify({ schemaType: 'AVRO', schema: JSON.stringify(schema) }).replaceAll("'", '\\u0027');
    const to = `${address}/subjects/${encodeURIComponent(subject)}/versions`;
    return `curl -X POST -H 'Content-Type: application/vnd.schemaregistry.v1+json' --data '${body}' '${to}'`;
  });
  return new SegtideError(
    'output',
    `the schema registry holds no schema of this version for ${subjects}. Register it, or set output.registry.autoRegister to true:\n${commands.join('\n')}`,
  );
}
