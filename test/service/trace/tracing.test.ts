import { propagation, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createHttpServer } from '../../../src/service/http/create-server.js';
import { tracedTrainer } from '../../../src/service/trace/trace-trainer.js';
import { tracedStore, tracedWorker } from '../../../src/service/trace/trace-worker.js';
import { segtideTracer } from '../../../src/service/trace/tracer.js';
import { createMemoryState } from '../../support/memory-store.js';
import { EVENTS, HALF, produce, states, train, trainerState, work } from '../../support/observed-deployment.js';

const exporter = new InMemorySpanExporter();

function registerSdk(): void {
  trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }));
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
}
beforeEach(registerSdk);
afterEach(() => {
  exporter.reset();
  trace.disable();
  propagation.disable();
});

const TRACED = { observe: tracedWorker };
const TRACE_ID = 'a'.repeat(32);
const HEADERS = { traceparent: `00-${TRACE_ID}-${'b'.repeat(16)}-01`, tracestate: 'shop=1' };

function spans(name: string): readonly ReadableSpan[] {
  return exporter.getFinishedSpans().filter((span) => span.name === name);
}

const idOf = (span: ReadableSpan): string => span.spanContext().spanId;
const parentOf = ({ parentSpanContext }: ReadableSpan): string | undefined => parentSpanContext?.spanId;
const traceparentOf = (span: ReadableSpan): string => `00-${span.spanContext().traceId}-${idOf(span)}-01`;

/** Contexts in the headers of what a state has been written to. */
function carried({ outputs }: ReturnType<typeof createMemoryState>, topic: string) {
  return (outputs.get(topic) ?? []).map(({ headers }) => headers?.traceparent);
}

describe('a worker and a trainer', () => {
  it('without an SDK write records as they are', async () => {
    trace.disable();
    propagation.disable();
    produce(0, HALF, HEADERS);
    (await work(TRACED, 0)).revoke();
    expect(carried(states[0]!, 'assignments').length).toBeGreaterThan(10);
    expect(new Set(carried(states[0]!, 'assignments'))).toEqual(new Set([undefined]));
    expect(exporter.getFinishedSpans()).toEqual([]);
  });

  it('tell of batches that are linked to their records, with what is done in them', async () => {
    for (const i of [1, 2, 3]) (await work(TRACED, i)).revoke();
    const batches = spans('segtide.batch');
    expect(batches.length).toBeGreaterThan(1);
    for (const { kind, links, parentSpanContext } of batches) {
      // The child of none, for its records come of many traces; the same one is linked once.
      expect([kind, parentSpanContext]).toEqual([SpanKind.CONSUMER, undefined]);
      expect(links.length).toBeLessThanOrEqual(1);
    }
    const linked = batches.flatMap(({ links }) => links);
    expect(linked[0]!.context).toMatchObject({ traceId: TRACE_ID, spanId: 'b'.repeat(16), isRemote: true });
    expect(linked[0]!.context.traceState?.get('shop')).toBe('1');

    const ids = new Set(batches.map(idOf));
    for (const name of ['segtide.window', 'segtide.assign', 'segtide.commit']) {
      expect(spans(name).length, name).toBeGreaterThan(0);
      expect(
        spans(name).every((span) => ids.has(parentOf(span)!)),
        name,
      ).toBe(true);
    }
    const records = spans('segtide.window').map(({ attributes }) => attributes['messaging.batch.message_count']);
    const written = [1, 2, 3].reduce((sum, i) => sum + countOf(i), 0);
    expect(records.reduce((sum: number, count) => sum + (count as number), 0)).toBe(written);
    const parents = new Set(batches.map(traceparentOf));
    const contexts = carried(states[1]!, 'assignments');
    expect(contexts.length).toBeGreaterThan(10);
    for (const context of contexts) expect(parents).toContain(context);
  });

  it('tell of a training, its gate, and of what publishes its model', async () => {
    const partition = await train({
      observer: { trainer: () => ({ observe: tracedTrainer, idle: () => undefined, close: () => undefined }) },
    });
    partition.revoke();
    const [training] = spans('segtide.train');
    const [gate] = training!.events;
    expect(gate).toMatchObject({ name: 'gate', attributes: { 'segtide.gate.promoted': true } });
    expect(training!.attributes['segtide.model.version']).toMatch(/^v\d/);
    const [published] = spans('segtide.publish');
    expect(parentOf(published!)).toBe(idOf(training!));
    expect(carried(trainerState, 'models')).toContain(traceparentOf(published!));

    // Windows that come under the model are encoded, in the page that they are assigned in.
    produce(HALF, EVENTS.length, HEADERS);
    (await work(TRACED, 1)).revoke();
    const assigned = new Set(spans('segtide.assign').map(idOf));
    expect(spans('segtide.encode').length).toBeGreaterThan(0);
    expect(spans('segtide.encode').every((span) => assigned.has(parentOf(span)!))).toBe(true);
  });

  it('say where a commit has failed', async () => {
    const tracer = segtideTracer();
    const store = createMemoryState().open();
    const failing = { ...store, commit: () => Promise.reject(new Error('brokers are away')) };
    const span = tracer.startSpan('segtide.batch');
    const traced = tracedStore(failing, tracer, () => ({ span, context: trace.setSpan(ROOT_CONTEXT, span) }));
    await expect(traced.commit({ outputs: new Map(), offsets: new Map() })).rejects.toThrow('brokers are away');
    for (const name of ['segtide.batch', 'segtide.commit']) {
      expect(spans(name)).toMatchObject([{ status: { code: SpanStatusCode.ERROR, message: 'brokers are away' } }]);
    }
  });
});

it('a request is the child of what its headers name, and is named by its route alone', async () => {
  const server = await createHttpServer({
    host: '127.0.0.1',
    port: 0,
    routes: (app) => {
      app.get('/customers/:id', () => ({}));
    },
  });
  await fetch(`${server.url}/customers/c7`, { headers: HEADERS });
  await fetch(`${server.url}/nothing/c7`);
  await server.close();
  const [known, unknown] = exporter.getFinishedSpans();
  expect(known).toMatchObject({
    name: 'GET /customers/:id',
    kind: SpanKind.SERVER,
    attributes: { 'http.request.method': 'GET', 'http.response.status_code': 200 },
    parentSpanContext: { traceId: TRACE_ID },
  });
  expect(unknown).toMatchObject({ name: 'GET unknown', attributes: { 'http.response.status_code': 404 } });
  expect(JSON.stringify([known!.attributes, unknown!.attributes])).not.toContain('c7');
});

/** Records of the first half in a partition, and the one that is none. */
function countOf(partition: number): number {
  return (
    EVENTS.slice(0, HALF).filter(({ customer }) => Number(customer.replace(/\D/g, '')) % 4 === partition).length + 1
  );
}
