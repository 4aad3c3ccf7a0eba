import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import * as z from 'zod';
import type { ViewStore } from '../store/view-store.js';
import { httpProblem } from './http-problem.js';

/** One operation of the API. */
export interface ViewRoute {
  readonly method: 'GET' | 'POST' | 'PUT';
  /** As OpenAPI writes it: `/api/customers/{customerId}`. */
  readonly path: string;
  readonly summary: string;
  readonly query?: z.ZodObject;
  readonly body?: z.ZodObject;
  readonly answer: z.ZodType;
  /** Outputs whose records the answer is made of: while none of them changes, it is the same. None for what always is new. */
  readonly reads?: readonly string[];
  /** Whether the token is asked for. */
  readonly changes?: boolean;
  answers(request: RouteRequest): unknown;
}

/** A request whose parts are what the route's schemas say. */
export interface RouteRequest {
  readonly parameters: Readonly<Record<string, string>>;
  // biome-ignore lint/suspicious/noExplicitAny: each route knows what its own schema gives
  readonly query: any;
  // biome-ignore lint/suspicious/noExplicitAny: as above
  readonly body: any;
}

export interface RouteOptions {
  readonly store: Pick<ViewStore, 'revision'>;
  /** Names this start of the server: tags of another one say nothing. */
  readonly instance: string;
  /** @throws an HTTP problem for a request without the right token */
  readonly authorize: (request: FastifyRequest) => void;
}

/** Serves an operation: checks what is asked, and answers 304 to those who have the answer. */
export function addViewRoute(server: FastifyInstance, route: ViewRoute, options: RouteOptions): void {
  const { method, path, reads } = route;
  server.route({
    method,
    url: path.replaceAll(/\{(\w+)\}/g, ':$1'),
    handler: async (request: FastifyRequest, reply: FastifyReply) => {
      if (route.changes) options.authorize(request);
      const query = check(route.query, request.query, 'the query');
      const body = check(route.body, request.body ?? {}, 'the body');
      if (reads !== undefined) {
        const revisions = reads.map((output) => options.store.revision(output)).join('.');
        const tag = `W/"${options.instance}.${revisions}"`;
        void reply.header('etag', tag).header('cache-control', 'no-cache');
        if (names(request.headers['if-none-match'], tag)) return reply.code(304).send();
      } else void reply.header('cache-control', 'no-store');
      if (route.changes && method !== 'GET') void reply.code(202);
      const parameters = request.params as Readonly<Record<string, string>>;
      const answer = await route.answers({ parameters, query, body });
      // Whoever has any answer is told only that there is one.
      if (reads !== undefined && request.headers['if-none-match']?.trim() === '*') return reply.code(304).send();
      return answer;
    },
  });
}

/** Whether a list of tags holds one; a proxy may have dropped the mark of a weak one (RFC 9110, 8.8.3.2). */
function names(list: string | undefined, tag: string): boolean {
  const opaque = (one: string): string => one.replace(/^W\//, '');
  return list?.match(/(?:W\/)?"[^"]*"/g)?.some((one) => opaque(one) === opaque(tag)) === true;
}

function check(schema: z.ZodObject | undefined, value: unknown, what: string): unknown {
  const found = (schema ?? z.object({})).safeParse(value);
  if (found.success) return found.data;
  const [issue] = found.error.issues;
  const where = issue!.path.length === 0 ? what : `\`${issue!.path.join('.')}\` of ${what}`;
  throw httpProblem(400, `${where} is wrong: ${issue!.message}`);
}
