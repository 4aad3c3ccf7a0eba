import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../../src/service/config/load-config.js';
import { maskSecrets } from '../../../src/service/config/mask-secrets.js';
import { printConfig } from '../../../src/service/config/print-config.js';

const TEXT = `
input:
  kind: kafka
  kafka:
    brokers: [a:9092]
    tls: true
    sasl: { mechanism: plain, username: me, password: s3cret }
window: { step: 90m, steps: 4 }
`;

describe('printConfig', () => {
  it('masks secrets and nothing else', () => {
    const text = printConfig(loadConfig({ file: { path: 'c', text: TEXT } }));
    expect(text).not.toContain('s3cret');
    expect(text).toContain('password: "********"');
    expect(text).toContain('username: me');
  });

  it('writes durations as people do', () => {
    const text = printConfig(loadConfig({ file: { path: 'c', text: TEXT } }));
    expect(text).toContain('step: 1h30m');
    expect(text).toContain('outOfOrderness: 5m');
    expect(text).toContain('seed: 42');
  });

  it('prints what loads as the same config', () => {
    const config = loadConfig({ file: { path: 'c', text: TEXT.replace('s3cret', '"********"') } });
    expect(loadConfig({ file: { path: 'printed', text: printConfig(config) } })).toEqual(config);
  });
});

describe('maskSecrets', () => {
  it('leaves the config itself alone', () => {
    const config = loadConfig({ file: { path: 'c', text: TEXT } });
    expect(JSON.stringify(maskSecrets(config))).not.toContain('s3cret');
    expect(config.input.kafka?.sasl).toMatchObject({ password: 's3cret' });
  });
});
