import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/service/config/load-config.js';
import { toConnection } from '../../src/service/run/to-connection.js';
import { type KafkaConnectionOptions, openKafka } from '../../src/transport/kafka/kafka-connection.js';
import { createKafkaProducer } from '../../src/transport/kafka/kafka-producer.js';
import { describeTopic, ensureTopics } from '../../src/transport/kafka/topics.js';
import { type Certificates, makeCertificates } from '../support/kafka/certificates.js';
import { startSecureBroker } from '../support/kafka/secure-broker.js';
import type { Broker } from '../support/kafka/start.js';

let folder: string;
let files: Certificates;
let broker: Broker;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'segtide-secure-'));
  files = await makeCertificates(folder, 'admin');
  broker = await startSecureBroker(files);
});
afterAll(async () => {
  await broker?.remove();
  await rm(folder, { recursive: true, force: true });
});

describe('a login', () => {
  it.each(['scram-sha-256', 'scram-sha-512'])('by %s', async (mechanism) => {
    const sasl = { mechanism, username: 'admin', password: 'admin-secret' };
    await sendAndCount(await connectionOf('SCRAM', { sasl }));
  });

  it('by a password over TLS', async () => {
    const sasl = { mechanism: 'plain', username: 'admin', password: 'admin-secret' };
    await sendAndCount(await connectionOf('PLAIN', { sasl, tls: { ca: files.ca } }));
  });

  it('by a certificate, whose key is encrypted', async () => {
    const { ca, clientCert: cert, clientKey: key, passphrase } = files;
    await sendAndCount(await connectionOf('MTLS', { tls: { ca, cert, key, passphrase } }));
  });

  it('by a token from a file', async () => {
    const tokenFile = join(folder, 'token');
    await writeFile(tokenFile, `${tokenOf('admin', 60)}\n`);
    const sasl = { mechanism: 'oauthbearer', tokenFile, allowPlaintext: true };
    await sendAndCount(await connectionOf('OAUTH', { sasl }));
  });

  it('by tokens of an authorisation server, on connections that outlive them', async () => {
    const server = await startTokenServer();
    const tokenUrl = `http://127.0.0.1:${(server.http.address() as AddressInfo).port}/token`;
    const credentials = { tokenUrl, clientId: 'admin', clientSecret: 'a:b c', scope: 'kafka' };
    const connection = await connectionOf('OAUTH', {
      sasl: { mechanism: 'oauthbearer', ...credentials, allowPlaintext: true },
    });
    const topic = await newTopic();
    const producer = await createKafkaProducer(connection);
    const began = Date.now();
    for (let sent = 0; server.given < 3; sent++) {
      expect(Date.now() - began).toBeLessThan(30_000);
      await producer.send(topic, [{ key: 'k', value: String(sent) }]);
      await sleep(100);
    }
    await producer.close();
    server.http.close();
  });

  it.each([
    ['a wrong password', 'SCRAM', { mechanism: 'scram-sha-256', username: 'admin', password: 'x' }, undefined, /auth/i],
    [
      'an authority that is not known',
      'PLAIN',
      { mechanism: 'plain', username: 'admin', password: 'admin-secret' },
      true,
      /certificate/,
    ],
    [
      'no certificate of its own',
      'MTLS',
      undefined,
      'ca',
      /certificate required|alert|closed|ECONNRESET|handshake|Connection error/i,
    ],
  ])('is refused with %s, in words', async (_, listener, sasl, tls, words) => {
    const connection = await connectionOf(listener, { sasl, tls: tls === 'ca' ? { ca: files.ca } : tls });
    await expect(createKafkaProducer(connection)).rejects.toMatchObject({
      code: 'transport',
      message: expect.stringMatching(words),
    });
  });
});

/** How a config says that a listener is reached. */
function connectionOf(listener: string, keys: Readonly<Record<string, unknown>>) {
  const text = JSON.stringify({ input: { kafka: { brokers: [broker.listeners[listener]], ...keys } } });
  return toConnection(loadConfig({ file: { path: 'secure.yaml', text } }).input.kafka!);
}

let topics = 0;
async function newTopic(): Promise<string> {
  const topic = `secure-${topics++}`;
  await ensureTopics(await openKafka({ brokers: broker.brokers }), [{ topic, partitions: 1 }]);
  return topic;
}

async function sendAndCount(connection: KafkaConnectionOptions): Promise<void> {
  const topic = await newTopic();
  const producer = await createKafkaProducer(connection);
  await producer.send(topic, [{ key: 'a', value: '1' }]);
  await producer.close();
  expect(await describeTopic(await openKafka(connection), topic)).toEqual([{ partition: 0, low: 0n, high: 1n }]);
}

/** A token without a signature. */
function tokenOf(subject: string, seconds: number): string {
  const now = Math.floor(Date.now() / 1000);
  const parts = [{ alg: 'none' }, { sub: subject, iat: now, exp: now + seconds, scope: [] }];
  return `${parts.map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')}.`;
}

/** Gives tokens of twelve seconds to a client that knows its secret. */
async function startTokenServer(): Promise<{ readonly http: Server; given: number }> {
  const http = createServer((request, response) => {
    const secret = Buffer.from('admin:a%3Ab+c').toString('base64');
    if (request.headers.authorization !== `Basic ${secret}`) {
      response.writeHead(401).end();
      return;
    }
    server.given++;
    response.end(JSON.stringify({ access_token: tokenOf('admin', 12), token_type: 'Bearer', expires_in: 12 }));
  });
  const server = { http, given: 0 };
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  return server;
}
