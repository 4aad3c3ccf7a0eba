import * as z from 'zod';
import { problemAnswer } from './answers.js';
import type { ViewRoute } from './view-route.js';

/** The OpenAPI 3.1 document of the operations; plain JSON. */
export function toOpenApi(routes: readonly ViewRoute[], version: string): Record<string, unknown> {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const route of routes) {
    const path = paths[route.path] ?? {};
    path[route.method.toLowerCase()] = toOperation(route);
    paths[route.path] = path;
  }
  paths['/api/events'] = { get: EVENTS };
  return {
    openapi: '3.1.0',
    info: {
      title: 'segtide',
      version,
      description: 'Segments of customers, who moves between them, drift, alerts and models. Times are epoch ms, UTC.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    paths,
    components: {
      schemas: { Problem: toSchema(problemAnswer, 'output') },
      securitySchemes: { token: { type: 'http', scheme: 'bearer', description: '`view.token` of the config.' } },
    },
  };
}

const EVENTS = {
  operationId: 'getEvents',
  summary: 'Server-sent events: one `state` at once and with each change, at most some in a second.',
  responses: {
    200: {
      description: 'Progress, and a counter for each output that rises with its records.',
      content: { 'text/event-stream': {} },
    },
    503: { $ref: '#/components/responses/Problem' },
  },
};
EVENTS.responses[503] = toProblemAnswer('Too many streams are open.') as never;

function toOperation({ method, path, summary, query, body, answer, reads, changes }: ViewRoute): unknown {
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!);
  const success = changes && method !== 'GET' ? 202 : 200;
  return {
    operationId: `${method.toLowerCase()}${path.replace('/api', '').replaceAll(/[/{]+(\w)|\}/g, (_, letter: string | undefined) => letter?.toUpperCase() ?? '')}`,
    summary,
    parameters: [
      ...inPath.map((name) => ({ name, in: 'path', required: true, schema: { type: 'string' } })),
      ...toParameters(query),
    ],
    ...(body && {
      requestBody: { required: true, content: { 'application/json': { schema: toSchema(body, 'input') } } },
    }),
    ...(changes && { security: [{ token: [] }] }),
    responses: {
      [success]: {
        description: summary,
        ...(reads && { headers: { ETag: { schema: { type: 'string' } } } }),
        content: { 'application/json': { schema: toSchema(answer, 'output') } },
      },
      ...(reads && { 304: { description: 'The answer of the `If-None-Match` still holds.' } }),
      ...((query || body) && { 400: toProblemAnswer('What is asked is wrong.') }),
      ...(changes && { 401: toProblemAnswer('The token is missing or wrong.') }),
      ...(changes && { 403: toProblemAnswer('Changes are off: no token was set.') }),
      ...(method === 'POST' && { 409: toProblemAnswer('The run or its models do not allow it.') }),
      ...(inPath.length > 0 && { 404: toProblemAnswer('It is not known.') }),
      429: toProblemAnswer('Too many requests.'),
    },
  };
}

function toParameters(query: z.ZodObject | undefined): unknown[] {
  if (query === undefined) return [];
  const { properties = {} } = toSchema(query, 'input') as { properties?: Record<string, { description?: string }> };
  return Object.entries(properties).map(([name, { description, ...schema }]) => ({
    name,
    in: 'query',
    ...(description !== undefined && { description }),
    schema,
  }));
}

function toProblemAnswer(description: string): unknown {
  return { description, content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } } };
}

function toSchema(schema: z.ZodType, io: 'input' | 'output'): unknown {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
  return rest;
}
