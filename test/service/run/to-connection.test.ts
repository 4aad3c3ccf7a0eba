import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadConfig } from '../../../src/service/config/load-config.js';
import { toConnection } from '../../../src/service/run/to-connection.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'segtide-connection-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

function connect(keys: Readonly<Record<string, unknown>>) {
  const text = JSON.stringify({ input: { kafka: { brokers: ['a:1'], ...keys } } });
  return toConnection(loadConfig({ file: { path: 'c.yaml', text } }).input.kafka!);
}

describe('toConnection', () => {
  it('says nothing of what the config leaves out', async () => {
    expect(await connect({})).toEqual({ brokers: ['a:1'], clientId: 'segtide', requestTimeoutMs: 30_000 });
    expect(await connect({ rack: 'eu-1a', tls: true })).toMatchObject({ rack: 'eu-1a', tls: {} });
  });

  it('reads certificates and keys', async () => {
    const pem = '-----BEGIN CERTIFICATE-----\n';
    await writeFile(join(folder, 'ca.pem'), pem);
    const tls = { ca: join(folder, 'ca.pem'), servername: 'kafka' };
    expect(await connect({ tls })).toMatchObject({ tls: { ca: pem, servername: 'kafka' } });
  });

  it('tells which file can not be read, or is none', async () => {
    await expect(connect({ tls: { ca: join(folder, 'none.pem') } })).rejects.toMatchObject({
      code: 'config',
      message: expect.stringMatching(/none\.pem/),
    });
    await writeFile(join(folder, 'store.jks'), Buffer.from('feedfeed', 'hex'));
    await expect(connect({ tls: { ca: join(folder, 'store.jks') } })).rejects.toMatchObject({
      code: 'config',
      message: expect.stringContaining('is not a PEM file'),
    });
  });

  it('reads the file of a token for each login', async () => {
    const tokenFile = join(folder, 'token');
    await writeFile(tokenFile, 'first\n');
    const { sasl } = await connect({ tls: true, sasl: { mechanism: 'oauthbearer', tokenFile } });
    const { oauthBearerProvider } = sasl as { oauthBearerProvider: () => Promise<{ value: string }> };
    expect(await oauthBearerProvider()).toEqual({ value: 'first' });
    await writeFile(tokenFile, 'second');
    expect(await oauthBearerProvider()).toEqual({ value: 'second' });
    await writeFile(tokenFile, ' \n');
    await expect(oauthBearerProvider()).rejects.toMatchObject({ code: 'transport', retriable: true });
  });
});
