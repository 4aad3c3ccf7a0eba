import { readFile } from 'node:fs/promises';
import { SegtideError } from '../../errors.js';
import type { IngestSettings } from '../../ingest/ingest-settings.js';
import type { Clock } from '../../ports.js';
import type { AvroValuesOptions } from '../../transport/kafka/avro-values.js';
import type { ValueParser } from '../../transport/kafka/value-parser.js';
import type { Config } from '../config/schema.js';
import { openRegistry } from './open-registry.js';

type KafkaInput = NonNullable<Config['input']['kafka']>;

/** How the values of input topics are read. */
export interface Values {
  /** Creates a parser; partitions that are read at the same time take one each. */
  create(): Promise<ValueParser>;
  /** Ends what is still asked for. */
  close(): void;
}

/**
 * Opens what `input.kafka` says of values: schemas are read here, a registry is asked when records come.
 *
 * @throws SegtideError `config` when a schema can't be read
 */
export async function openValues(kafka: KafkaInput, settings: IngestSettings, clock: Clock): Promise<Values> {
  const { format, avroFraming: framing } = kafka;
  if (format === 'json') {
    const { createJsonValues } = await import('../../transport/kafka/json-values.js');
    return { create: async () => createJsonValues(settings), close: () => {} };
  }
  const registry = kafka.registry && (await openRegistry(kafka.registry, clock));
  const paths = kafka.avroSchema === undefined ? [] : [kafka.avroSchema].flat();
  const schema = await Promise.all(paths.map(readSchema));
  const avro: AvroValuesOptions = registry ? { registry } : { schema, framing };
  return {
    async create() {
      if (format === 'avro') {
        const { createAvroValues } = await import('../../transport/kafka/avro-values.js');
        return createAvroValues(settings, avro);
      }
      const { createContentValues } = await import('../../transport/kafka/content-values.js');
      const hasAvro = registry !== undefined || schema.length > 0;
      const cloudEvents = format === 'cloudevents' ? 'required' : 'detected';
      return createContentValues(settings, { cloudEvents, ...(hasAvro && { avro }) });
    },
    close: () => registry?.close(),
  };
}

async function readSchema(path: string): Promise<string> {
  return readFile(path, 'utf8').catch((cause: unknown) => {
    const text = `'input.kafka.avroSchema' names ${path}, which can't be read: ${(cause as Error).message}`;
    throw new SegtideError('config', text, { cause, context: { path } });
  });
}
