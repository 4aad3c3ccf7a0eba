import { SegtideError } from '../../errors.js';
import { RecentMap } from '../../ingest/recent-map.js';
import type { FoundSchema, MissingSchema, SchemaSource } from '../../ingest/schema-source.js';
import type { Clock } from '../../ports.js';
import { createRegistryHttp } from './registry-http.js';
import { type RegistryOptions, resolveRegistry } from './registry-options.js';

/** A schema registry. */
export interface RegistryClient extends SchemaSource {
  /** The registry's address, for messages. */
  readonly address: string;
  /** The id under which a subject holds a schema, undefined where it does not. */
  lookUp(subject: string, schema: object): Promise<number | undefined>;
  /**
   * Whether a subject would take a schema, by its own rules.
   *
   * @returns undefined where the subject holds none yet, an empty list where it would, else why not
   */
  incompatibilities(subject: string, schema: object): Promise<readonly string[] | undefined>;
  /**
   * Adds a schema to a subject; one that is there stays as it is.
   *
   * @returns its id
   * @throws SegtideError `output` where the subject's rules forbid it
   */
  register(subject: string, schema: object): Promise<number>;
  /** Ends what is under way with an error. */
  close(): void;
}

/**
 * Creates a client of a schema registry. It asks one address and follows no redirect; one request is under way for an
 * id at a time, whoever wants it; what is found is kept, and what is not for `negativeTtlMs`. Requests that may succeed
 * later are tried again until `outageMs` have passed, so that an outage is never taken for an unknown schema.
 *
 * @throws SegtideError `config` for a wrong option
 */
export function createRegistryClient(options: RegistryOptions, clock: Clock): RegistryClient {
  const settings = resolveRegistry(options);
  const { maxSchemaBytes, negativeTtlMs } = settings;
  const http = createRegistryHttp(settings, clock);
  const found = new RecentMap<number, FoundSchema>(MAX_IDS);
  const missing = new RecentMap<number, { readonly answer: MissingSchema; readonly until: number }>(MAX_IDS);
  const flights = new Map<number, Promise<FoundSchema | MissingSchema>>();

  const fetchSchema = async (id: number): Promise<FoundSchema | MissingSchema> => {
    const answer = await http.ask(`/schemas/ids/${id}`);
    if (answer.status === 'too-large') return { missing: tooLarge(maxSchemaBytes) };
    if (answer.status !== 'ok') return { missing: `is not known to the registry (${answer.text})` };
    const top = toEntry(answer.body);
    if ('missing' in top) return top;
    const references: string[] = [];
    const seen = new Set<string>();
    let bytes = Buffer.byteLength(top.schema);

    /** Puts down the schemas that an entry refers to, the innermost first; answers why that can't be done. */
    const follow = async (entry: Entry, depth: number): Promise<MissingSchema | undefined> => {
      if (bytes > maxSchemaBytes) return { missing: tooLarge(maxSchemaBytes) };
      if (entry.references.length > 0 && depth === MAX_DEPTH) return { missing: `refers to others ${MAX_DEPTH} deep` };
      for (const { subject, version } of entry.references) {
        const path = `/subjects/${encodeURIComponent(subject)}/versions/${version}`;
        if (seen.has(path)) continue;
        if (seen.size === MAX_REFERENCES) return { missing: `refers to more than ${MAX_REFERENCES} others` };
        seen.add(path);
        const reply = await http.ask(path);
        if (reply.status === 'too-large') return { missing: tooLarge(maxSchemaBytes) };
        if (reply.status !== 'ok') return { missing: `refers to version ${version} of ${subject}, which is not there` };
        const inner = toEntry(reply.body);
        if ('missing' in inner) return inner;
        bytes += Buffer.byteLength(inner.schema);
        const why = await follow(inner, depth + 1);
        if (why !== undefined) return why;
        references.push(inner.schema);
      }
      return undefined;
    };
    return (await follow(top, 0)) ?? { schema: top.schema, references };
  };

  const fetchOnce = async (id: number): Promise<FoundSchema | MissingSchema> => {
    try {
      const answer = await fetchSchema(id);
      if ('missing' in answer) missing.set(id, { answer, until: clock.now() + negativeTtlMs });
      else found.set(id, answer);
      return answer;
    } finally {
      flights.delete(id);
    }
  };

  const idFrom = (body: unknown): number => {
    const id = (body as { id?: unknown } | null)?.id;
    if (Number.isInteger(id) && (id as number) >= 0 && (id as number) < 2 ** 32) return id as number;
    throw new SegtideError('transport', `what answers at ${settings.url.origin} is no schema registry: it gave no id`);
  };
  const refusal = (subject: string, said: string): SegtideError =>
    new SegtideError('output', `the schema registry does not take the schema of subject ${subject}: ${said}`);

  const lookUp = async (subject: string, schema: object): Promise<number | undefined> => {
    const answer = await http.ask(`/subjects/${encodeURIComponent(subject)}`, toBody(schema));
    if (answer.status === 'ok') return idFrom(answer.body);
    if (answer.status === 'missing') return undefined;
    throw refusal(subject, 'text' in answer ? answer.text : answer.status);
  };

  return {
    address: settings.url.href.replace(/\/+$/, ''),
    find(id) {
      const known = found.get(id);
      if (known !== undefined) return Promise.resolve(known);
      const absent = missing.get(id);
      if (absent !== undefined && clock.now() < absent.until) return Promise.resolve(absent.answer);
      let flight = flights.get(id);
      if (flight === undefined) {
        flight = fetchOnce(id);
        flights.set(id, flight);
      }
      return flight;
    },
    lookUp,
    async incompatibilities(subject, schema) {
      const path = `/compatibility/subjects/${encodeURIComponent(subject)}/versions/latest?verbose=true`;
      const answer = await http.ask(path, toBody(schema));
      if (answer.status === 'missing') return undefined;
      if (answer.status !== 'ok') return ['text' in answer ? answer.text : answer.status];
      const { is_compatible, messages, reason } = (answer.body ?? {}) as Record<string, unknown>;
      if (is_compatible === true) return [];
      // Confluent's registry gives a list, Apicurio's one text.
      const texts = [messages, reason].flat().filter((one) => typeof one === 'string');
      return texts.length > 0 ? texts : ['the registry gives no reason'];
    },
    async register(subject, schema) {
      const answer = await http.ask(`/subjects/${encodeURIComponent(subject)}/versions`, toBody(schema));
      if (answer.status === 'ok') return idFrom(answer.body);
      // Somebody else may have been faster, or this request was a repetition of one whose answer came too late.
      const there = answer.status === 'conflict' ? await lookUp(subject, schema) : undefined;
      if (there !== undefined) return there;
      throw refusal(subject, 'text' in answer ? answer.text : answer.status);
    },
    close: () => http.close(),
  };
}

/** Ids of which the answer is kept, about. */
const MAX_IDS = 500;
/** How far references are followed; schemas that people write refer to a few others. */
const MAX_DEPTH = 16;
const MAX_REFERENCES = 64;

interface Entry {
  readonly schema: string;
  readonly references: readonly { readonly subject: string; readonly version: number }[];
}

/** What a registry says of a schema. It does not name the type where that is Avro. */
function toEntry(body: unknown): Entry | MissingSchema {
  const { schema, schemaType = 'AVRO', references } = (body ?? {}) as Record<string, unknown>;
  if (typeof schema !== 'string') return { missing: 'came without its text' };
  if (schemaType !== 'AVRO') return { missing: `is of type ${String(schemaType).slice(0, 20)}, not AVRO` };
  const list = references ?? [];
  if (!Array.isArray(list) || !list.every(isReference)) return { missing: 'came with broken references' };
  return { schema, references: list };
}

function isReference(value: unknown): value is { subject: string; version: number } {
  const { subject, version } = (value ?? {}) as Record<string, unknown>;
  return typeof subject === 'string' && Number.isSafeInteger(version);
}

function toBody(schema: object): object {
  return { schema: JSON.stringify(schema), schemaType: 'AVRO' };
}

function tooLarge(maxSchemaBytes: number): string {
  return `is larger than \`maxSchemaBytes\` (${maxSchemaBytes}), with what it refers to`;
}
