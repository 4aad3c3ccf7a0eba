import { connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { SegtideError } from '../../../src/errors.js';
import { createHttpServer, type HttpServer, type HttpServerOptions } from '../../../src/service/http/create-server.js';

const opened: HttpServer[] = [];
afterEach(async () => {
  for (const server of opened.splice(0)) await server.close();
});

async function open(options: Partial<HttpServerOptions> = {}): Promise<HttpServer> {
  const server = await createHttpServer({
    host: '127.0.0.1',
    port: 0,
    routes: (app) => {
      app.get('/hello', () => ({ hello: 'world' }));
    },
    ...options,
  });
  opened.push(server);
  return server;
}

describe('a server', () => {
  it('serves the routes that it was given, on a port that was free', async () => {
    const { url, port } = await open();
    expect(url).toBe(`http://127.0.0.1:${port}`);
    expect(await (await fetch(`${url}/hello`)).json()).toEqual({ hello: 'world' });
  });

  it('can be reached where it listens on all addresses', async () => {
    const { url } = await open({ host: '0.0.0.0' });
    expect((await fetch(`${url}/hello`)).status).toBe(200);
  });

  it('names the port that is in use, and what to set', async () => {
    const { port } = await open();
    const error = await open({ port }).catch((failed: unknown) => failed);
    expect(error).toBeInstanceOf(SegtideError);
    expect(error).toMatchObject({
      code: 'config',
      message: expect.stringContaining(`port ${port} of 127.0.0.1 is in use`),
    });
  });

  it('names an address that is not of this machine', async () => {
    await expect(open({ host: '192.0.2.1' })).rejects.toThrow('no network interface of this machine');
  });

  it('answers a path that nobody serves with a problem', async () => {
    const answer = await fetch(`${(await open()).url}/../etc/passwd`);
    expect(answer.status).toBe(404);
    expect(answer.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
    expect(await answer.json()).toEqual({
      type: 'about:blank',
      title: 'Not Found',
      status: 404,
      detail: 'nothing is served for GET at this path',
    });
  });

  it('keeps what broke inside to itself, and tells its owner', async () => {
    const told: string[] = [];
    const { url } = await open({
      routes: (app) => {
        app.get('/broken', () => {
          throw new Error('the password is sesame');
        });
      },
      onError: (error, { method, url: path }) => told.push(`${method} ${path}: ${error.message}`),
    });
    const answer = await fetch(`${url}/broken?token=secret`);
    expect(await answer.json()).toEqual({ type: 'about:blank', title: 'Internal Server Error', status: 500 });
    expect(told).toEqual(['GET /broken: the password is sesame']);
  });

  it('refuses a body beyond its limit', async () => {
    const { url } = await open({
      bodyLimit: 10,
      routes: (app) => {
        app.post('/take', () => 'taken');
      },
    });
    const answer = await fetch(`${url}/take`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ far: 'too long' }),
    });
    expect(answer.status).toBe(413);
    expect(await answer.json()).toMatchObject({ title: 'Payload Too Large' });
  });

  it('closes while a client keeps its connection open', async () => {
    const { port, close } = await open();
    const socket = connect(port, '127.0.0.1');
    await new Promise((resolve) => socket.once('connect', resolve));
    const ended = new Promise((resolve) => socket.once('close', resolve));
    await close();
    await ended;
  });

  it('cuts off an answer that does not end', async () => {
    const { url, close } = await open({
      routes: (app) => {
        app.get('/forever', (_, reply) => {
          reply.hijack();
          reply.raw.write('begun');
        });
      },
    });
    const answer = await fetch(`${url}/forever`);
    const text = answer.text().then(
      () => 'whole',
      () => 'cut off',
    );
    await close();
    expect(await text).toBe('cut off');
  });
});
