import { jsonSchemaOf } from '../../publish/json-schema-of.js';
import { OUTPUTS } from '../../publish/output.js';
import { type OUTPUT_TOPICS, type TopicNaming, topicOf } from './topic-name.js';

type OutputTopic = (typeof OUTPUT_TOPICS)[number];

/** What a record's key is; it is text in UTF-8. */
const KEYS: Readonly<Record<OutputTopic, string>> = {
  assignments: 'The customer.',
  transitions: 'The customer.',
  embeddings: 'The customer.',
  segments: 'The segment.',
  drift: 'Layer, subject and statistic, joined by slashes.',
  alerts: 'The customer, or the segment of an alert about one.',
  'model-events': 'The model.',
  late: 'The customer.',
  'dead-letters': 'File, or topic/partition.',
};

/**
 * Describes the output topics for their readers: an AsyncAPI 3.0 document with a channel for each topic, and its records
 * in the format that is written.
 *
 * @param version of segtide
 */
export function asyncApi(naming: TopicNaming, format: 'json' | 'avro', version: string): object {
  const outputs = OUTPUTS.map(({ name, schema }) => ({ name: name as OutputTopic, schema }));
  return {
    asyncapi: '3.0.0',
    info: { title: 'segtide', version, description: DESCRIPTION[format] },
    channels: Object.fromEntries(
      outputs.map(({ name, schema }) => [
        name,
        {
          address: topicOf(naming, name),
          description: schema.doc,
          messages: { [schema.name]: { $ref: `#/components/messages/${schema.name}` } },
        },
      ]),
    ),
    operations: Object.fromEntries(
      outputs.map(({ name, schema }) => [
        `send-${name}`,
        {
          action: 'send',
          channel: { $ref: `#/channels/${name}` },
          messages: [{ $ref: `#/channels/${name}/messages/${schema.name}` }],
        },
      ]),
    ),
    components: {
      messages: Object.fromEntries(
        outputs.map(({ name, schema }) => [
          schema.name,
          {
            summary: schema.doc,
            contentType: format === 'json' ? 'application/json' : 'application/avro',
            payload: format === 'json' ? jsonSchemaOf(schema) : { schemaFormat: AVRO, schema },
            bindings: { kafka: { key: { type: 'string', description: KEYS[name] }, bindingVersion: '0.5.0' } },
          },
        ]),
      ),
    },
  };
}

const AVRO = 'application/vnd.apache.avro;version=1.9.0';

const READ = 'The output topics of segtide, for those who read them; docs/outputs.md says more of each field.';

const DESCRIPTION = {
  json: `${READ} Numbers that are not finite are written as null.`,
  avro: `${READ} Values are in single-object encoding, or with a schema registry in its wire format.`,
} as const;
