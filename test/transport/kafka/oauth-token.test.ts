import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { createTokenProvider } from '../../../src/transport/kafka/oauth-token.js';

let server: Server | undefined;
afterEach(() => server?.close());

/** An authorisation server, and a provider that asks it. The clock is turned by hand. */
async function startServer(answer: (request: IncomingMessage, response: ServerResponse, count: number) => void) {
  const asked: string[] = [];
  server = createServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part);
    asked.push(Buffer.concat(parts).toString());
    answer(request, response, asked.length);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const tokenUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/token?tenant=a`;
  const clock = { time: 0, now: () => clock.time };
  const credentials = { tokenUrl, clientId: 'me', clientSecret: 's3:c&t', scope: 'kafka read' };
  return { asked, clock, provide: createTokenProvider(credentials, clock) };
}

function token(value: string, seconds?: number): string {
  return JSON.stringify({ access_token: value, token_type: 'Bearer', expires_in: seconds });
}

describe('createTokenProvider', () => {
  it('asks by the grant of client credentials', async () => {
    let authorization: string | undefined;
    const { asked, provide } = await startServer((request, response) => {
      authorization = request.headers.authorization;
      response.end(token('a', 60));
    });
    expect(await provide()).toMatchObject({ value: 'a' });
    expect(asked).toEqual(['grant_type=client_credentials&scope=kafka+read']);
    // Both are encoded as in a form, so that a colon within does not part them.
    expect(Buffer.from(authorization!.replace('Basic ', ''), 'base64').toString()).toBe('me:s3%3Ac%26t');
  });

  it.each([
    ['four fifths of a long life', 600, 479_999, 480_000],
    ['15 s before the end of a short one', 60, 44_999, 45_000],
    ['five minutes where the server does not tell', undefined, 239_999, 240_000],
  ])('uses a token again until %s', async (_, seconds, before, after) => {
    const { clock, provide } = await startServer((__, response, count) => response.end(token(`t${count}`, seconds)));
    expect((await provide()).value).toBe('t1');
    clock.time = before;
    expect((await provide()).value).toBe('t1');
    clock.time = after;
    expect((await provide()).value).toBe('t2');
  });

  it('asks once for logins at the same time', async () => {
    const { asked, provide } = await startServer((_, response, count) => response.end(token(`t${count}`, 60)));
    const values = await Promise.all([provide(), provide(), provide()]);
    expect(values.map(({ value }) => value)).toEqual(['t1', 't1', 't1']);
    expect(asked).toHaveLength(1);
  });

  it('goes on with a token while the server is away, until it ends', async () => {
    const { clock, provide } = await startServer((_, response, count) => {
      if (count === 1) response.end(token('t1', 100));
      else response.writeHead(503).end();
    });
    await provide();
    clock.time = 99_999;
    expect((await provide()).value).toBe('t1');
    clock.time = 100_000;
    await expect(provide()).rejects.toMatchObject({ code: 'transport', retriable: true });
  });

  it.each([
    ['401 invalid_client; check clientId', 401, '{"error":"invalid_client"}', false],
    ['429', 429, 'slow down', true],
    ['503', 503, '', true],
    ['without an access_token', 200, '{}', false],
    ['without an access_token', 200, '<html>', false],
    ['more than 65536 bytes', 200, 'x'.repeat(70_000), false],
    ['could not be asked', 302, '', true],
  ])('tells of an answer that is %s, without the secret', async (words, status, body, retriable) => {
    const { provide } = await startServer((_, response) => response.writeHead(status, { location: '/x' }).end(body));
    const error = await provide().catch((e: unknown) => e as Error);
    expect(error).toMatchObject({ code: 'transport', retriable, message: expect.stringContaining(words) });
    expect(String(error)).not.toMatch(/s3|tenant/);
  });

  it('tells of a server that is not there', async () => {
    const credentials = { tokenUrl: 'http://127.0.0.1:1/token', clientId: 'a', clientSecret: 'b' };
    const provide = createTokenProvider(credentials, { now: () => 0 });
    await expect(provide()).rejects.toMatchObject({ code: 'transport', retriable: true });
  });
});
