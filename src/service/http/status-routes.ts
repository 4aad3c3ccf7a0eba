import type { FastifyInstance } from 'fastify';
import type { Registry } from 'prom-client';
import type { Health } from './health.js';

/**
 * Adds `/healthz` (the process is alive: 200) and `/readyz` (200 or 503, with each check in JSON). Answers are never
 * cached, and tell nothing of any customer.
 */
export function addHealthRoutes(server: FastifyInstance, health: Health): void {
  server.get('/healthz', (_, reply) => reply.header('cache-control', 'no-store').send({ status: 'alive' }));
  server.get('/readyz', (_, reply) => {
    const report = health.report();
    const code = report.status === 'ready' ? 200 : 503;
    return reply.code(code).header('cache-control', 'no-store').send(report);
  });
}

/** Adds the same, and `/metrics` in the text format of Prometheus. */
export function addStatusRoutes(server: FastifyInstance, health: Health, registry: Registry): void {
  addHealthRoutes(server, health);
  // Many may scrape at once: they share an answer, so that a storm costs no more than one.
  let underWay: Promise<string> | undefined;
  server.get('/metrics', async (_, reply) => {
    underWay ??= registry.metrics().finally(() => {
      underWay = undefined;
    });
    const text = await underWay;
    return reply.header('cache-control', 'no-store').type(registry.contentType).send(text);
  });
}
