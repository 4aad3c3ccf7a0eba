import { Gauge, Registry } from 'prom-client';
import { afterEach, describe, expect, it } from 'vitest';
import { createHttpServer, type HttpServer } from '../../../src/service/http/create-server.js';
import { createHealth } from '../../../src/service/http/health.js';
import { addStatusRoutes } from '../../../src/service/http/status-routes.js';

let server: HttpServer | undefined;
afterEach(async () => {
  await server?.close();
});

async function serve() {
  const health = createHealth();
  const registry = new Registry();
  server = await createHttpServer({
    host: '127.0.0.1',
    port: 0,
    routes: (app) => addStatusRoutes(app, health, registry),
  });
  const get = async (path: string) => {
    const answer = await fetch(`${server!.url}${path}`);
    const text = await answer.text();
    return { status: answer.status, type: answer.headers.get('content-type'), text };
  };
  const ready = async () => {
    const { status, text } = await get('/readyz');
    return { code: status, ...JSON.parse(text) };
  };
  return { health, registry, get, ready };
}

describe('health', () => {
  it('is alive from the start, and not ready before anything has begun', async () => {
    const { get, ready } = await serve();
    expect(await get('/healthz')).toMatchObject({ status: 200, text: '{"status":"alive"}' });
    expect(await ready()).toEqual({
      code: 503,
      status: 'not ready',
      checks: [{ name: 'started', ok: false, detail: 'starting' }],
    });
  });

  it('is ready when every check is, and says which is not', async () => {
    const { health, ready } = await serve();
    let isWell = true;
    health.add('one', () => ({ ok: true, detail: 'fine' }));
    health.add('two', () => ({ ok: isWell, detail: isWell ? 'fine' : 'it hangs' }));
    expect(await ready()).toMatchObject({ code: 200, status: 'ready' });
    isWell = false;
    expect(await ready()).toEqual({
      code: 503,
      status: 'not ready',
      checks: [
        { name: 'one', ok: true, detail: 'fine' },
        { name: 'two', ok: false, detail: 'it hangs' },
      ],
    });
    isWell = true;
    expect((await ready()).code).toBe(200);
  });

  it('is not ready from when it is told to stop, and still alive', async () => {
    const { health, get, ready } = await serve();
    health.add('one', () => ({ ok: true, detail: 'fine' }));
    health.stopping();
    expect(await ready()).toMatchObject({
      code: 503,
      checks: [
        { name: 'running', ok: false },
        { name: 'one', ok: true },
      ],
    });
    expect((await get('/healthz')).status).toBe(200);
  });

  it('tells the part that failed, and why', async () => {
    const { health, ready } = await serve();
    health.add('one', () => ({ ok: true, detail: 'fine' }));
    health.failed('worker', 'the consumer of usage stopped');
    expect((await ready()).checks[0]).toEqual({
      name: 'worker',
      ok: false,
      detail: 'failed: the consumer of usage stopped',
    });
  });
});

describe('metrics', () => {
  it('are served as Prometheus reads them, and a storm of scrapes shares one answer', async () => {
    const { registry, get } = await serve();
    let collected = 0;
    const gauge = new Gauge({
      name: 'rooms',
      help: 'Rooms.',
      registers: [registry],
      async collect() {
        collected++;
        await new Promise((resolve) => setTimeout(resolve, 50));
        gauge.set(4);
      },
    });
    const answers = await Promise.all(Array.from({ length: 50 }, () => get('/metrics')));
    for (const { status, type, text } of answers) {
      expect([status, type, text]).toEqual([
        200,
        'text/plain; version=0.0.4; charset=utf-8',
        '# HELP rooms Rooms.\n# TYPE rooms gauge\nrooms 4\n',
      ]);
    }
    expect(collected).toBeLessThan(50);
  });
});
