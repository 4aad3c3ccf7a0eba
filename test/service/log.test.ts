import { describe, expect, it } from 'vitest';
import { secretsOf } from '../../src/service/config/mask-secrets.js';
import { createLog } from '../../src/service/log.js';
import { pipelineConfig, toConfig } from '../support/kafka/pipeline-config.js';

function writtenBy(format: 'json' | 'text', secrets: readonly string[], ...args: [string, object?]): string {
  const lines: string[] = [];
  createLog({ level: 'info', format, write: (line) => lines.push(line), secrets }).info(...(args as [string]));
  return lines.join('');
}

describe('a log', () => {
  it('is one JSON object a line, or lines for people', () => {
    expect(JSON.parse(writtenBy('json', [], 'began', { partition: 3 }))).toEqual({
      ...{ level: 'info', msg: 'began', partition: 3 },
      time: expect.any(Number),
    });
    expect(writtenBy('text', [], 'began', { partition: 3 })).toMatch(/^\d\d:\d\d:\d\d info began partition=3\n$/);
  });

  it.each(['json', 'text'] as const)(
    'as %s names no secret of the config, wherever it stands and whatever is in it',
    (format) => {
      const kafka = { brokers: ['b:1'], topics: ['usage'], groupId: 'g' };
      const sasl = { mechanism: 'scram-sha-256', username: 'user', password: 'pass"wo\\rd' };
      const config = toConfig(
        pipelineConfig(
          { kind: 'kafka', kafka: { ...kafka, sasl } },
          { kind: 'kafka' },
          {
            view: { token: 'token-of-the-view' },
            alerts: { notify: { webhook: { url: 'https://hooks.test/T0/B0/path', signatureKey: 'sign' } } },
          },
        ),
      );
      const secrets = secretsOf(config);
      expect([...secrets].sort()).toEqual(
        ['https://hooks.test/T0/B0/path', 'pass"wo\\rd', 'sign', 'token-of-the-view'].sort(),
      );
      const line = writtenBy(format, secrets, 'POST https://hooks.test/T0/B0/path failed', {
        said: { by: 'pass"wo\\rd', and: ['token-of-the-view'] },
      });
      expect(line).toContain('POST ******** failed');
      for (const secret of ['hooks.test', 'wo\\', 'token-of']) expect(line).not.toContain(secret);
    },
  );

  it('names no customer, even where one was given by mistake', () => {
    const line = writtenBy('json', [], 'odd', { customerId: 'c7', at: { customer: 'c7', key: 'c7' }, partition: 1 });
    expect(line).not.toContain('c7');
    expect(line).toContain('"partition":1');
  });
});
