import { describe, expect, it } from 'vitest';
import { type ConfigSources, loadConfig } from '../../../src/service/config/load-config.js';
import { maskSecrets } from '../../../src/service/config/mask-secrets.js';

const kafka = (keys: string): ConfigSources => file(`input: { kind: kafka, kafka: { brokers: [a:1], ${keys} } }`);
const REGISTRY = 'registry: { url: "http://r:8081/apis/ccompat/v7" }';

describe('the config of schema registries', () => {
  it('has defaults, and secrets by files that are shown to nobody', () => {
    const env = {
      SEGTIDE_INPUT__KAFKA__REGISTRY__USERNAME: 'u',
      SEGTIDE_INPUT__KAFKA__REGISTRY__PASSWORD_FILE: '/p',
      SEGTIDE_OUTPUT__REGISTRY__TOKEN_FILE: '/t',
      SEGTIDE_OUTPUT__REGISTRY__URL: 'https://out',
    };
    const config = loadConfig({
      ...file(`input: { kafka: { brokers: [a:1], format: avro, ${REGISTRY} } }\noutput: { kind: kafka, format: avro }`),
      env,
      readFile: (path) => `secret of ${path}\n`,
    });
    expect(config.input.kafka!.registry).toEqual({
      url: 'http://r:8081/apis/ccompat/v7',
      username: 'u',
      password: 'secret of /p',
      timeout: 10_000,
      outage: 120_000,
    });
    expect(config.output.registry).toMatchObject({ token: 'secret of /t', subjects: 'topic', autoRegister: false });
    expect(JSON.stringify(maskSecrets(config))).not.toContain('secret of');
  });

  it.each([
    'format: avro, avroSchema: a.avsc',
    'format: avro, avroSchema: a.avsc, avroFraming: registry',
    'format: avro, avroSchema: [a.avsc, b.avsc], avroFraming: single-object',
    `format: avro, ${REGISTRY}`,
    `format: cloudevents, avroFraming: registry, ${REGISTRY}`,
    'format: cloudevents',
    'format: auto',
  ])('takes %s', (keys) => {
    expect(() => loadConfig(kafka(keys))).not.toThrow();
  });

  it.each([
    ['format: avro', 'unless `input.kafka.registry` has the schemas'],
    [`format: avro, avroSchema: a.avsc, ${REGISTRY}`, "'input.kafka.avroSchema' must be left out"],
    [`format: avro, avroFraming: none, ${REGISTRY}`, "'input.kafka.avroFraming' must be registry, or left out"],
    ['format: avro, avroSchema: [a, b]', "'input.kafka.avroFraming' must be single-object"],
    ['registry: { url: "registry:8081" }', "'input.kafka.registry.url' must be an address such as https://"],
    ['registry: {}', "'input.kafka.registry.url' is missing"],
    ['registry: { url: "http://r", username: u }', "'input.kafka.registry.password' must be given with `username`"],
    ['registry: { url: "http://r", password: p }', "'input.kafka.registry.username' must be given with `password`"],
    ['registry: { url: "http://r", username: u, token: t }', "'input.kafka.registry.token' must be left out"],
  ])('refuses %s', (keys, text) => {
    expect(() => loadConfig(kafka(keys))).toThrow(text);
  });

  it.each(['{ format: avro }', '{ kind: kafka, kafka: { brokers: [a:1] } }'])(
    'is of no use with the output %s',
    (output) => {
      const env = { SEGTIDE_OUTPUT__REGISTRY__URL: 'https://out' };
      expect(() => loadConfig({ ...file(`output: ${output}`), env })).toThrow(
        "'output.registry' must be left out unless",
      );
    },
  );
});

function file(text: string): ConfigSources {
  return { file: { path: 'c.yaml', text } };
}
