import type { ServerResponse } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { createRegistryClient, type RegistryClient } from '../../../src/transport/registry/registry-client.js';
import type { RegistryOptions } from '../../../src/transport/registry/registry-options.js';
import { readPem, serve, type TestServer } from '../../support/registry/serve.js';

const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

const SCHEMA = '{"type":"record","name":"A","fields":[]}';

function send(response: ServerResponse, body: unknown, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
const sendMissing = (response: ServerResponse): void =>
  send(response, { error_code: 40403, message: 'Schema not found' }, 404);

async function served(...args: Parameters<typeof serve>): Promise<TestServer> {
  const server = await serve(...args);
  open.push(server);
  return server;
}

/** A client whose clock stands still unless it is turned. */
function clientOf(options: RegistryOptions): { client: RegistryClient; clock: { time: number; now(): number } } {
  const clock = { time: 0, now: () => clock.time };
  const client = createRegistryClient(options, clock);
  open.push(client);
  return { client, clock };
}

describe('schema registry client', () => {
  it('asks once for an id, whoever wants it, and keeps what it found', async () => {
    const server = await served((_, response) => send(response, { schema: SCHEMA }));
    const { client } = clientOf({ url: `${server.url}/apis/ccompat/v7/` });
    const answers = await Promise.all([client.find(7), client.find(7), client.find(7)]);
    expect(answers).toEqual(Array(3).fill({ schema: SCHEMA, references: [] }));
    await client.find(7);
    expect(server.requests).toEqual(['/apis/ccompat/v7/schemas/ids/7']);
  });

  it('asks again for an id that was not known, but not at once', async () => {
    let known = false;
    const server = await served((_, response) => (known ? send(response, { schema: SCHEMA }) : sendMissing(response)));
    const { client, clock } = clientOf({ url: server.url, negativeTtlMs: 1000 });
    expect(await client.find(1)).toMatchObject({ missing: expect.stringContaining('not known to the registry') });
    known = true;
    clock.time = 999;
    expect(await client.find(1)).toMatchObject({ missing: expect.any(String) });
    expect(server.requests).toHaveLength(1);
    clock.time = 1000;
    expect(await client.find(1)).toMatchObject({ schema: SCHEMA });
  });

  it.each([429, 500, 503])('tries again after %i', async (status) => {
    const server = await served((_, response) =>
      server.requests.length < 3 ? send(response, {}, status) : send(response, { schema: SCHEMA }),
    );
    const { client } = clientOf({ url: server.url });
    expect(await client.find(1)).toMatchObject({ schema: SCHEMA });
    expect(server.requests).toHaveLength(3);
  });

  it('tries again when a connection breaks, and when an answer is late', async () => {
    const server = await served((request, response) => {
      if (server.requests.length === 1) request.socket.destroy();
      else if (server.requests.length > 2) send(response, { schema: SCHEMA });
    });
    const { client } = clientOf({ url: server.url, timeoutMs: 100 });
    expect(await client.find(1)).toMatchObject({ schema: SCHEMA });
    expect(server.requests).toHaveLength(3);
  });

  it('fails after an outage, does not take it for an unknown schema, and tries anew when asked anew', async () => {
    let up = false;
    const server = await served((_, response) => (up ? send(response, { schema: SCHEMA }) : send(response, {}, 503)));
    const { client } = clientOf({ url: server.url, outageMs: 0 });
    await expect(client.find(1)).rejects.toMatchObject({
      code: 'transport',
      retriable: true,
      message: expect.stringMatching(/registry at http:\/\/127.* has failed for 0 ms \(it answered 503\)/),
    });
    up = true;
    expect(await client.find(1)).toMatchObject({ schema: SCHEMA });
  });

  it('says that nobody listens', async () => {
    const server = await serve(() => {});
    await server.close();
    const { client } = clientOf({ url: server.url, outageMs: 0 });
    await expect(client.find(1)).rejects.toThrow(/ECONNREFUSED/);
  });

  it('follows no redirect, to nobody', async () => {
    const other = await served((_, response) => send(response, { schema: SCHEMA }));
    const server = await served((_, response) => response.writeHead(302, { location: `${other.url}/x` }).end());
    const { client } = clientOf({ url: server.url });
    await expect(client.find(1)).rejects.toMatchObject({ code: 'transport', retriable: false });
    await expect(client.find(1)).rejects.toThrow(/sends requests elsewhere, which is not followed/);
    expect(other.requests).toEqual([]);
  });

  it.each([
    [401, /refused these credentials/],
    [403, /refused these credentials/],
    [404, /has nothing at this path/],
    [418, /answered what no registry should/],
  ])('does not try again after %i, which is not an unknown schema either', async (status, text) => {
    const server = await served((_, response) => send(response, { message: 'no' }, status));
    const { client } = clientOf({ url: server.url });
    await expect(client.find(1)).rejects.toMatchObject({ code: 'transport', message: expect.stringMatching(text) });
    expect(server.requests).toHaveLength(1);
  });

  it('refuses what is no JSON', async () => {
    const server = await served((_, response) => response.end('<html>'));
    await expect(clientOf({ url: server.url }).client.find(1)).rejects.toThrow(/no schema registry: it sent no JSON/);
  });

  it('shows who it is', async () => {
    const seen: (string | undefined)[] = [];
    const server = await served((request, response) => {
      seen.push(request.headers.authorization);
      send(response, { schema: SCHEMA });
    });
    await clientOf({ url: server.url, username: 'a', password: 'b:c' }).client.find(1);
    await clientOf({ url: server.url, token: 't' }).client.find(1);
    await clientOf({ url: server.url }).client.find(1);
    expect(seen).toEqual([`Basic ${Buffer.from('a:b:c').toString('base64')}`, 'Bearer t', undefined]);
  });

  it('trusts the certificates that it is given, and no others', async () => {
    const server = await served((_, response) => send(response, { schema: SCHEMA }), { tls: true });
    expect(await clientOf({ url: server.url, ca: await readPem('cert') }).client.find(1)).toMatchObject({
      schema: SCHEMA,
    });
    await expect(clientOf({ url: server.url, outageMs: 0 }).client.find(1)).rejects.toThrow(/self-signed certificate/);
  });

  it('reads no more of an answer than a schema may be long', async () => {
    const server = await served((_, response) => {
      response.write('{"schema":"');
      const more = (): void => {
        while (!response.destroyed && response.write('x'.repeat(65_536)));
        response.once('drain', more);
      };
      more(); // without end
    });
    const { client } = clientOf({ url: server.url, maxSchemaBytes: 1000 });
    expect(await client.find(1)).toEqual({
      missing: 'is larger than `maxSchemaBytes` (1000), with what it refers to',
    });
  });

  it('resolves references, the innermost first and each once', async () => {
    const schemas: Record<string, unknown> = {
      '/schemas/ids/9': { schema: 'top', references: [ref('b', 2), ref('c', 1)] },
      '/subjects/b/versions/2': { schema: 'b2', references: [ref('a%2F', 3)] },
      '/subjects/c/versions/1': { schema: 'c1', references: [ref('a%2F', 3), ref('b', 2)] },
      '/subjects/a%252F/versions/3': { schema: 'a3' },
    };
    const server = await served((_, response, path) => send(response, schemas[path]));
    expect(await clientOf({ url: server.url }).client.find(9)).toEqual({
      schema: 'top',
      references: ['a3', 'b2', 'c1'],
    });
    expect(server.requests).toHaveLength(4);
  });

  it.each([
    ['deep', (n: number) => [ref('s', n + 1)], 'refers to others 16 deep'],
    ['wide', () => Array.from({ length: 65 }, (_, i) => ref(`s${i}`, 1)), 'refers to more than 64 others'],
  ])('gives up references that are too %s', async (_, references, missing) => {
    let n = 0;
    const server = await served((request, response) => {
      const top = request.url!.includes('/ids/');
      send(response, { schema: 'x', references: top || missing.includes('deep') ? references(n++) : [] });
    });
    expect(await clientOf({ url: server.url }).client.find(1)).toEqual({ missing });
  });

  it('bounds a schema together with what it refers to', async () => {
    const server = await served((_, response, path) =>
      send(response, { schema: 'x'.repeat(600), references: path.includes('ids') ? [ref('a', 1)] : [] }),
    );
    const { client } = clientOf({ url: server.url, maxSchemaBytes: 1000 });
    expect(await client.find(1)).toMatchObject({ missing: expect.stringContaining('larger than') });
  });

  it.each([
    [{ schema: 'x', schemaType: 'PROTOBUF' }, 'is of type PROTOBUF, not AVRO'],
    [{}, 'came without its text'],
    [null, 'came without its text'],
    [{ schema: 'x', references: [{ subject: 'a' }] }, 'came with broken references'],
  ])('tells why it has no use for %j', async (body, missing) => {
    const server = await served((_, response) => send(response, body));
    expect(await clientOf({ url: server.url }).client.find(1)).toEqual({ missing });
  });

  it('ends what is under way when it is closed', async () => {
    const server = await served((_, response) => send(response, {}, 503));
    const { client } = clientOf({ url: server.url });
    const found = client.find(1);
    client.close();
    await expect(found).rejects.toMatchObject({ code: 'aborted' });
  });

  it('looks up, checks and registers schemas of a subject', async () => {
    const asked: string[] = [];
    const server = await served((request, response, path) => {
      asked.push(`${request.method} ${path}`);
      if (path.startsWith('/compatibility')) {
        if (path.includes('/new/')) sendMissing(response);
        else send(response, { is_compatible: path.includes('/good/'), messages: ['READER_FIELD_MISSING'] });
      } else if (path.endsWith('/versions')) {
        if (path.includes('bad') || path.includes('good'))
          send(response, { error_code: 409, message: 'incompatible' }, 409);
        else send(response, { id: 5 });
      } else if (path.endsWith('/good')) send(response, { id: 4, version: 1 });
      else sendMissing(response);
    });
    const { client } = clientOf({ url: server.url });
    expect([await client.lookUp('good', {}), await client.lookUp('new', {})]).toEqual([4, undefined]);
    expect(await client.incompatibilities('good', {})).toEqual([]);
    expect(await client.incompatibilities('bad', {})).toEqual(['READER_FIELD_MISSING']);
    expect(await client.incompatibilities('new', {})).toBeUndefined();
    expect(await client.register('a/b', {})).toBe(5);
    expect(await client.register('good', {})).toBe(4); // somebody else was faster
    await expect(client.register('bad', {})).rejects.toMatchObject({ code: 'output' });
    expect(asked).toContain('POST /subjects/a%2Fb/versions');
  });

  it.each([
    [{ url: 'registry:8081' }, /address such as/],
    [{ url: 'ftp://registry' }, /address such as/],
    [{ url: 'http://user:secret@registry' }, /must hold no password/],
    [{ url: 'http://registry', username: 'a' }, /together/],
    [{ url: 'http://registry', username: 'a', password: 'b', token: 'c' }, /got both/],
    [{ url: 'http://registry', timeoutMs: 0 }, /`timeoutMs` must be/],
  ])('refuses %j', (options, text) => {
    const act = () => createRegistryClient(options, { now: () => 0 });
    expect(act).toThrow(text);
    expect(act).not.toThrow(/secret/);
  });
});

function ref(subject: string, version: number): object {
  return { name: subject, subject, version };
}
