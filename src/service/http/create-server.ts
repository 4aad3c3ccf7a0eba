import type { AddressInfo } from 'node:net';
import fastify, { type FastifyError, type FastifyInstance, type FastifyReply } from 'fastify';
import { SegtideError } from '../../errors.js';
import { traceRequests } from '../trace/trace-requests.js';
import { PROBLEM_TYPE, toProblem } from './problem.js';

/** An address, and what is served there. */
export interface HttpServerOptions {
  /** Name or address to listen on. */
  readonly host: string;
  /** 0 takes any that is free. */
  readonly port: number;
  /** Adds routes, hooks and plugins, before the server listens. */
  readonly routes: (server: FastifyInstance) => void | Promise<void>;
  /** Told of each request that failed with a status from 500 on. */
  readonly onError?: (error: Error, request: { readonly method: string; readonly url: string }) => void;
  /** Most bytes of a request's body; routes may set their own. @default 65536 */
  readonly bodyLimit?: number;
  /** PEM texts, to serve by TLS. @default plain HTTP */
  readonly tls?: { readonly cert: string; readonly key: string } | undefined;
  /** Section of the config that says where it listens. @default 'http' */
  readonly section?: string;
}

/** A server that listens. */
export interface HttpServer {
  /** Without a slash at its end; the host is one that can be connected to, where it listens on all. */
  readonly url: string;
  readonly port: number;
  /** Answers what is under way, and takes no more; what takes longer than a second is cut off. */
  close(): Promise<void>;
}

/**
 * Serves the routes of a caller: errors are told as `application/problem+json`, without what broke inside, and requests
 * that dawdle are cut off.
 *
 * @throws SegtideError `config` when the address can't be listened on: it is in use, is not this machine's, or needs
 * rights
 */
export async function createHttpServer(options: HttpServerOptions): Promise<HttpServer> {
  const { host, port, routes, tls } = options;
  const settings = {
    bodyLimit: options.bodyLimit ?? 65_536,
    // Ids of customers may be in paths, and are of any length.
    routerOptions: { maxParamLength: 16_384 },
    requestTimeout: REQUEST_MS,
    // What is under way is answered; connections that a scraper keeps open for later are closed at once.
    forceCloseConnections: 'idle' as const,
    // What the router itself refuses, such as a path that can't be decoded, never comes to the handlers of the server.
    frameworkErrors: answerFailure,
  };
  // With TLS it has another type, of which nothing is used but what both have.
  const server =
    tls === undefined ? fastify(settings) : (fastify({ ...settings, https: tls }) as unknown as FastifyInstance);
  answerFailures(server, options.onError);
  traceRequests(server);
  await routes(server);
  try {
    await server.listen({ host, port });
  } catch (error) {
    await server.close();
    throw toListenError(error, host, port, options.section ?? 'http');
  }
  const bound = (server.server.address() as AddressInfo).port;
  return {
    url: `${tls === undefined ? 'http' : 'https'}://${toConnectable(host)}:${bound}`,
    port: bound,
    close: () => closeSoon(server),
  };
}

/** Of a whole request; answers may take as long as they like, as a stream of events does. In ms. */
const REQUEST_MS = 10_000;
const CLOSE_MS = 1000;

function answerFailures(server: FastifyInstance, onError: HttpServerOptions['onError']): void {
  server.setNotFoundHandler((request, reply) => {
    void reply
      .code(404)
      .type(PROBLEM_TYPE)
      .send(toProblem(404, `nothing is served for ${request.method} at this path`));
  });
  server.setErrorHandler((error: FastifyError, request, reply) => {
    if (statusOf(error) >= 500) onError?.(error, { method: request.method, url: request.routeOptions.url ?? '' });
    answerFailure(error, request, reply);
  });
}

function answerFailure(error: Error & { readonly statusCode?: number }, _: unknown, reply: FastifyReply): void {
  const status = statusOf(error);
  void reply.code(status).type(PROBLEM_TYPE).send(toProblem(status, error.message));
}

function statusOf({ statusCode }: { readonly statusCode?: number }): number {
  return statusCode !== undefined && statusCode >= 400 ? statusCode : 500;
}

async function closeSoon(server: FastifyInstance): Promise<void> {
  const timer = setTimeout(() => server.server.closeAllConnections(), CLOSE_MS);
  try {
    await server.close();
  } finally {
    clearTimeout(timer);
  }
}

function toListenError(cause: unknown, host: string, port: number, section: string): SegtideError {
  const { code, message } = cause as NodeJS.ErrnoException;
  const address = `${host}:${port}`;
  const texts: Record<string, string> = {
    EADDRINUSE: `port ${port} of ${host} is in use by another program; choose another by \`--set ${section}.port=${port + 1}\`, or any that is free by \`--set ${section}.port=0\``,
    EACCES: `${address} can't be listened on: ports below 1024 need rights; choose another by \`${section}.port\``,
    EADDRNOTAVAIL: `${address} can't be listened on: no network interface of this machine has that address; see \`${section}.host\``,
    ENOTFOUND: `${address} can't be listened on: nobody knows a host of that name; see \`${section}.host\``,
  };
  return new SegtideError('config', texts[code ?? ''] ?? `${address} can't be listened on: ${message}`, { cause });
}

/** An address that stands for all of a machine's can be listened on, but not connected to. */
function toConnectable(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  if (host === '::') return '[::1]';
  return host.includes(':') ? `[${host}]` : host;
}
