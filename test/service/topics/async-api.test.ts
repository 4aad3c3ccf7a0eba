import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Ajv, type AnySchema } from 'ajv';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { OUTPUTS } from '../../../src/publish/output.js';
import { asyncApi } from '../../../src/service/topics/async-api.js';

const require = createRequire(import.meta.url);
const SPECIFICATION = require('@asyncapi/specs/schemas/3.0.0-without-$id.json') as AnySchema;
// Formats such as URIs are not looked at.
const isAsyncApi = new Ajv({ strict: false, validateFormats: false }).compile(SPECIFICATION);
const NAMING = { topicPrefix: 'acme.', topics: { late: 'too-late' } };

describe('asyncApi', () => {
  it.each(['json', 'avro'] as const)('is an AsyncAPI 3.0 document with records in %s', (format) => {
    const document = asyncApi(NAMING, format, '1.2.3');
    isAsyncApi(document);
    expect(isAsyncApi.errors).toBeNull();
    expect(isAsyncApi({ ...document, asyncapi: '2.6.0' })).toBe(false);
  });

  it('has a channel for each output, at the topic that the config names', () => {
    const { channels, components } = asyncApi(NAMING, 'avro', '1.2.3') as {
      channels: Record<string, { address: string; messages: object }>;
      components: {
        messages: Record<string, { payload: object; bindings: { kafka: { key: { description: string } } } }>;
      };
    };
    expect(Object.keys(channels)).toEqual(OUTPUTS.map(({ name }) => name));
    expect([channels.drift!.address, channels.late!.address]).toEqual(['acme.drift', 'too-late']);
    expect(channels.drift!.messages).toEqual({ Drift: { $ref: '#/components/messages/Drift' } });
    for (const { schema } of OUTPUTS) {
      const { payload, bindings } = components.messages[schema.name]!;
      expect(payload).toMatchObject({ schema });
      expect(bindings.kafka.key.description).toMatch(/\.$/);
    }
  });

  it('is what docs/asyncapi.yaml says, by config/kafka.yaml', () => {
    const text = readFileSync(new URL('../../../docs/asyncapi.yaml', import.meta.url), 'utf8');
    const { version } = require('../../../package.json') as { version: string };
    expect(parse(text)).toEqual(asyncApi({ topicPrefix: 'segtide.', topics: {} }, 'json', version));
  });
});
