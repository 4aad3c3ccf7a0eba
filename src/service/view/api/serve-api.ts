import rateLimit from '@fastify/rate-limit';
import type { FastifyInstance } from 'fastify';
import { createAuthorize } from './authorize.js';
import type { EventHub } from './event-hub.js';
import { httpProblem } from './http-problem.js';
import { toOpenApi } from './openapi.js';
import { createRoutes, type RouteParts } from './routes.js';
import { addViewRoute } from './view-route.js';

export interface ApiOptions extends RouteParts {
  readonly hub: EventHub;
  readonly token: string | undefined;
  /** Requests of one address in a minute. */
  readonly requestsPerMinute: number;
  /** Names this start of the server. */
  readonly instance: string;
  /** Of the package. */
  readonly version: string;
  /** Names that requests may call this server by; undefined for any. */
  readonly hosts: readonly string[] | undefined;
}

/** Adds the API to a server. */
export async function serveApi(server: FastifyInstance, options: ApiOptions): Promise<void> {
  const { hub, hosts, instance, store } = options;
  server.addHook('onRequest', async (request) => {
    // A page of others whose name was made to lead here, as by DNS, must read nothing.
    if (hosts === undefined || hosts.includes(request.hostname.replace(/:\d+$/, ''))) return;
    throw httpProblem(421, 'this server answers to its own names only');
  });
  await server.register(rateLimit, {
    max: options.requestsPerMinute,
    timeWindow: 60_000,
    errorResponseBuilder: (_, { after }) => httpProblem(429, `too many requests; try again in ${after}`),
  });
  const routes = createRoutes(options);
  const authorize = createAuthorize(options.token);
  for (const route of routes) addViewRoute(server, route, { store, instance, authorize });
  const document = toOpenApi(routes, options.version);
  server.get('/api/openapi.json', () => document);
  server.get('/api/events', (request, reply) => {
    if (!hub.hasRoom) {
      void reply.header('retry-after', '30');
      throw httpProblem(503, 'too many streams are open');
    }
    request.raw.socket.setTimeout(0);
    reply.hijack();
    reply.raw.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    hub.open(reply.raw);
  });
  server.addHook('preClose', async () => hub.close());
}
