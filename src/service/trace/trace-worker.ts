import { type Context, ROOT_CONTEXT, type Span, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { openEncoder } from '../../encode/open-encoder.js';
import type { AssignedPartition } from '../../transport/kafka/assigned-partition.js';
import type { FetchedRecords } from '../../transport/kafka/fetched-records.js';
import type { StateStore } from '../../transport/kafka/state-store.js';
import type { PartitionWorkerParts } from '../worker/partition-worker.js';
import { contextsOf, withContext } from './record-context.js';
import { segtideTracer } from './tracer.js';

/** What one commit makes durable: from the first record that was taken after the commit before. */
interface Batch {
  readonly span: Span;
  readonly context: Context;
  /** Contexts of its records that it is linked to. */
  readonly linked: Set<string>;
}

/**
 * The same parts, with spans: `segtide.batch` of what one commit makes durable, and within it `segtide.window` (parsing
 * and windowing of records), `segtide.assign` (series, encoder, clusterer and publisher of a page of windows),
 * `segtide.encode` and `segtide.commit`. A batch is made of many records, so it is linked to their contexts, the first
 * 64 that differ, and is the child of none; records that it writes carry its own. Without an SDK it costs a call for
 * each commit and one for each page.
 */
export function tracedWorker(parts: PartitionWorkerParts): PartitionWorkerParts {
  const tracer = segtideTracer();
  const { partition: assigned, store } = parts;
  const attributes = { 'messaging.system': 'kafka', 'messaging.destination.partition.id': String(assigned.partition) };
  let batch: Batch | undefined;
  let windowing: Span | undefined;
  let assigning: { readonly span: Span; readonly context: Context } | undefined;

  /** The batch under way; undefined where nobody records it. */
  const recorded = (): Batch | undefined => {
    if (batch === undefined) {
      const span = tracer.startSpan('segtide.batch', { kind: SpanKind.CONSUMER, attributes }, ROOT_CONTEXT);
      batch = { span, context: trace.setSpan(ROOT_CONTEXT, span), linked: new Set() };
    }
    return batch.span.isRecording() ? batch : undefined;
  };
  const endWindowing = (): void => {
    windowing?.end();
    windowing = undefined;
  };
  const took = (topic: string, records: FetchedRecords | undefined, count: number, since: number): void => {
    endWindowing();
    const own = count === 0 ? undefined : recorded();
    if (own === undefined) return;
    const links = records === undefined ? [] : contextsOf(records, count, own.linked, MOST_LINKS);
    own.span.addLinks(links.map((context) => ({ context })));
    windowing = tracer.startSpan(
      'segtide.window',
      { startTime: since, attributes: { 'messaging.destination.name': topic, 'messaging.batch.message_count': count } },
      own.context,
    );
  };

  return {
    ...parts,
    partition: tracedPartition(assigned, endWindowing, took),
    store: tracedStore(store, tracer, () => {
      endWindowing();
      const own = recorded();
      batch = undefined;
      return own;
    }),
    openEncoder(model, version, engine) {
      const encoder = (parts.openEncoder ?? openEncoder)(model, version, engine);
      return {
        ...encoder,
        async encode(windows, signal) {
          if (assigning === undefined) return encoder.encode(windows, signal);
          const span = tracer.startSpan('segtide.encode', {}, assigning.context);
          return ended(span, encoder.encode(windows, signal));
        },
      };
    },
    onPull(page) {
      endWindowing();
      const own = recorded();
      if (own !== undefined) {
        const counts = { 'segtide.windows': page.windows.length };
        const span = tracer.startSpan('segtide.assign', { attributes: counts }, own.context);
        assigning = { span, context: trace.setSpan(own.context, span) };
      }
      parts.onPull?.(page);
    },
    onPage(page, fates) {
      assigning?.span.end();
      assigning = undefined;
      parts.onPage?.(page, fates);
    },
  };
}

/** As many as an SDK keeps by itself would be more than anybody follows. */
const MOST_LINKS = 64;

/** The same partition, which tells what was taken and since when it was looked at, and when the next look is. */
function tracedPartition(
  assigned: AssignedPartition,
  looks: () => void,
  took: (topic: string, records: FetchedRecords | undefined, count: number, since: number) => void,
): AssignedPartition {
  const peeked = new Map<string, { readonly records: FetchedRecords; readonly at: number }>();
  return {
    partition: assigned.partition,
    topics: assigned.topics,
    signal: assigned.signal,
    start: (offsets) => assigned.start(offsets),
    get waiting() {
      looks();
      return assigned.waiting;
    },
    peek(topic, maxBytes, before) {
      const at = performance.timeOrigin + performance.now();
      const records = assigned.peek(topic, maxBytes, before);
      peeked.set(topic, { records, at });
      return records;
    },
    take(topic, count) {
      assigned.take(topic, count);
      const last = peeked.get(topic);
      peeked.delete(topic);
      took(topic, last?.records, count, last?.at ?? performance.timeOrigin + performance.now());
    },
    working: () => assigned.working(),
    next: (topic) => assigned.next(topic),
    get rounds() {
      return assigned.rounds;
    },
    arrival(ms, topic) {
      looks();
      return assigned.arrival(ms, topic);
    },
  };
}

/**
 * The same store, with a span for each commit; records that it writes carry the context of what it belongs to.
 *
 * @param take what the commit ends; undefined where nobody records it
 */
export function tracedStore(
  store: StateStore,
  tracer: ReturnType<typeof segtideTracer>,
  take: () => Pick<Batch, 'span' | 'context'> | undefined,
): StateStore {
  return {
    open: () => store.open(),
    async commit(commit) {
      const own = take();
      if (own === undefined) return store.commit(commit);
      const outputs = withContext(commit.outputs, own.context);
      const records = Array.from(outputs.values()).reduce((sum, some) => sum + some.length, 0);
      const attributes = { 'segtide.records': records, 'segtide.checkpoint': commit.checkpoint !== undefined };
      const span = tracer.startSpan('segtide.commit', { kind: SpanKind.PRODUCER, attributes }, own.context);
      return ended(own.span, ended(span, store.commit({ ...commit, outputs })));
    },
    get logged() {
      return store.logged;
    },
    close: () => store.close(),
  };
}

/** Ends a span with the work that it is of, and says where that failed. */
export async function ended<T>(span: Span, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    span.recordException(error as Error);
    span.setStatus({ code: SpanStatusCode.ERROR, message: (error as Error).message });
    throw error;
  } finally {
    span.end();
  }
}
