import * as z from 'zod';
import { ALERT_KINDS } from '../../../anomaly/alert.js';
import { LONGEST_NAME, NAME_PATTERN } from '../../../train/model-request.js';
import type { NeighbourPlaces } from '../neighbours/neighbour-places.js';
import type { ViewStore } from '../store/view-store.js';
import {
  acceptedAnswer,
  alertsAnswer,
  allowedAnswer,
  customerAnswer,
  customersAnswer,
  driftAnswer,
  flowsAnswer,
  mapAnswer,
  modelEventsAnswer,
  type SummaryAnswer,
  segmentsAnswer,
  summaryAnswer,
} from './answers.js';
import { httpProblem } from './http-problem.js';
import { readAlerts } from './queries/alerts.js';
import { readCustomer, readCustomers } from './queries/customers.js';
import { readDrift } from './queries/drift.js';
import { readFlows } from './queries/flows.js';
import { readMap, readNeighbourMap } from './queries/map.js';
import { readModelEvents } from './queries/models.js';
import { readSegments } from './queries/segments.js';
import type { ViewRoute } from './view-route.js';

/** What the routes answer from, and what changes are asked of. */
export interface RouteParts {
  readonly store: ViewStore;
  readonly neighbours: NeighbourPlaces;
  readonly summary: () => SummaryAnswer;
  /** Under which id a customer is kept. */
  readonly toCustomerKey: (customerId: string) => string;
  readonly ask: (request: AskedChange) => Promise<z.output<typeof acceptedAnswer>>;
}

/** A change of models or segments, as somebody asks for it. */
export type AskedChange =
  | { readonly kind: 'retrain'; readonly fresh: boolean; readonly reason: string }
  | { readonly kind: 'rollback'; readonly reason: string }
  | { readonly kind: 'promote'; readonly modelVersion: string; readonly reason: string }
  | { readonly kind: 'rename'; readonly segmentId: string; readonly name: string; readonly reason: string };

const limit = (most: number, usual: number) =>
  z.coerce.number().int().min(1).max(most).default(usual).describe('Most of one page.');
const cursor = z.string().max(16_000).optional().describe('`next` of the page before.');
const time = z.coerce.number().int().optional();
const word = z.string().max(16_000).optional();
const reason = z.string().min(1).max(1000).describe('In your words; goes into the history of models.');

/** Points that are placed among neighbours at once: some tenths of a second. */
const MOST_NEIGHBOURS = 20_000;

/** All operations, in the order of the document. */
export function createRoutes(parts: RouteParts): readonly ViewRoute[] {
  const { store, neighbours, summary, toCustomerKey, ask } = parts;
  const { database } = store;
  return [
    {
      method: 'GET',
      path: '/api/summary',
      summary: 'What is happening now.',
      answer: summaryAnswer,
      answers: summary,
    },
    {
      method: 'GET',
      path: '/api/segments',
      summary: 'The segments of the model in force: looks, sizes, names, lineage.',
      answer: segmentsAnswer,
      reads: ['segments', 'assignments', 'model-events'],
      answers: () => readSegments(database),
    },
    {
      method: 'GET',
      path: '/api/flows',
      summary: 'Customers who moved between segments, and why.',
      query: z.strictObject({
        from: time.describe('End of the first window that counts, epoch ms; left out, that of the last.'),
        to: time.describe('End of the last window that counts.'),
      }),
      answer: flowsAnswer,
      reads: ['transitions', 'segments'],
      answers: ({ query }) => readFlows(database, query),
    },
    {
      method: 'GET',
      path: '/api/drift',
      summary: 'The latest value of each drift statistic, with its threshold and its course.',
      answer: driftAnswer,
      reads: ['drift'],
      answers: () => readDrift(database),
    },
    {
      method: 'GET',
      path: '/api/alerts',
      summary: 'Alerts, the newest first.',
      query: z.strictObject({
        kind: z.enum(ALERT_KINDS).optional(),
        severity: z.enum(['low', 'medium', 'high']).optional(),
        status: z.enum(['provisional', 'confirmed', 'withdrawn']).optional(),
        customerId: word,
        segmentId: word,
        limit: limit(500, 50),
        cursor,
      }),
      answer: alertsAnswer,
      reads: ['alerts'],
      answers: ({ query }) =>
        readAlerts(database, { ...query, customerId: query.customerId && toCustomerKey(query.customerId) }),
    },
    {
      method: 'GET',
      path: '/api/models',
      summary: 'Trainings and changes of model, the newest first.',
      query: z.strictObject({ limit: limit(200, 50), cursor }),
      answer: modelEventsAnswer,
      reads: ['model-events'],
      answers: ({ query }) => readModelEvents(database, query),
    },
    {
      method: 'GET',
      path: '/api/map',
      summary: 'Where windows lie among each other, in two dimensions.',
      query: z.strictObject({
        at: time.describe('End of the windows that are shown, epoch ms; left out, of the latest.'),
        limit: limit(200_000, 100_000),
        layout: z
          .enum(['plane', 'neighbours'])
          .default('plane')
          .describe(
            `By the two directions of most variance, or so that neighbours lie together; then ${MOST_NEIGHBOURS} points at most.`,
          ),
      }),
      answer: mapAnswer,
      reads: ['embeddings', 'assignments'],
      answers: ({ query }) =>
        query.layout === 'plane'
          ? readMap(database, query)
          : readNeighbourMap(database, { ...query, limit: Math.min(query.limit, MOST_NEIGHBOURS) }, neighbours),
    },
    {
      method: 'GET',
      path: '/api/customers',
      summary: 'Customers by id, with their segments of now.',
      query: z.strictObject({
        prefix: word.describe('What their ids begin with.'),
        segmentId: word,
        limit: limit(500, 50),
        cursor,
      }),
      answer: customersAnswer,
      reads: ['assignments'],
      answers: ({ query }) => readCustomers(database, query),
    },
    {
      method: 'GET',
      path: '/api/customers/{customerId}',
      summary: "A customer's segment of now, and how it came there: windows, moves, alerts.",
      answer: customerAnswer,
      reads: ['assignments', 'transitions', 'alerts', 'segments'],
      answers: ({ parameters }) => {
        const customerId = parameters.customerId!;
        const found = readCustomer(database, customerId) ?? readCustomer(database, toCustomerKey(customerId));
        if (found === undefined) throw httpProblem(404, 'no customer of this id is known here');
        return found;
      },
    },
    ...createChanges(store, ask),
  ];
}

function createChanges(store: ViewStore, ask: RouteParts['ask']): readonly ViewRoute[] {
  return [
    {
      method: 'GET',
      path: '/api/changes',
      summary: 'Whether the token of the request allows changes; asks for none.',
      answer: allowedAnswer,
      changes: true,
      answers: () => ({ allowed: true }),
    },
    {
      method: 'POST',
      path: '/api/models/retrain',
      summary: 'Asks the trainer for a training now.',
      body: z.strictObject({ reason, fresh: z.boolean().default(false).describe('From new weights.') }),
      answer: acceptedAnswer,
      changes: true,
      answers: ({ body }) => ask({ kind: 'retrain', ...body }),
    },
    {
      method: 'POST',
      path: '/api/models/rollback',
      summary: 'Asks the trainer to go back to the model before.',
      body: z.strictObject({ reason }),
      answer: acceptedAnswer,
      changes: true,
      answers: ({ body }) => ask({ kind: 'rollback', ...body }),
    },
    {
      method: 'POST',
      path: '/api/models/promote',
      summary: 'Asks the trainer to put a model that is kept into force.',
      body: z.strictObject({ reason, modelVersion: z.string().max(100) }),
      answer: acceptedAnswer,
      changes: true,
      answers: ({ body }) => ask({ kind: 'promote', ...body }),
    },
    {
      method: 'PUT',
      path: '/api/segments/{segmentId}/name',
      summary: 'Gives a segment a name of your own, under this model and later ones; an empty one takes it back.',
      body: z.strictObject({ name: z.string().trim().max(LONGEST_NAME).regex(NAME_PATTERN) }),
      answer: acceptedAnswer,
      changes: true,
      answers: async ({ parameters, body }) => {
        const segmentId = parameters.segmentId!;
        const known = store.database.get('select 1 from segments where segmentId = ? limit 1', segmentId);
        if (known === null) throw httpProblem(404, 'no segment of this id is known here');
        return ask({ kind: 'rename', segmentId, name: body.name, reason: '' });
      },
    },
  ];
}
