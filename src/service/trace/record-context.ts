import {
  type Context,
  isSpanContextValid,
  propagation,
  ROOT_CONTEXT,
  type SpanContext,
  trace,
} from '@opentelemetry/api';
import type { FetchedRecords } from '../../transport/kafka/fetched-records.js';
import type { OutgoingRecord } from '../../transport/kafka/kafka-producer.js';

type Headers = Readonly<Record<string, unknown>>;

/** Header that a record's context is known by: without it nothing is looked at. */
const TRACEPARENT = 'traceparent';

const HEADERS = {
  get(headers: Headers, key: string): string | undefined {
    const value = headers[key];
    const one = Array.isArray(value) ? (value[0] as unknown) : value;
    return one === undefined ? undefined : String(one);
  },
  keys: (headers: Headers): string[] => Object.keys(headers),
};

/**
 * The contexts that producers gave their records (W3C: `traceparent`, `tracestate`), each once.
 *
 * @param count of the first records
 * @param known those that were told already, which are left out; those that are told are added
 * @param most no more than these are known
 */
export function contextsOf(
  records: FetchedRecords,
  count: number,
  known: Set<string>,
  most: number,
): readonly SpanContext[] {
  const found: SpanContext[] = [];
  for (let i = 0; i < count && known.size < most; i++) {
    const headers = records.headers(i);
    const text = headers?.[TRACEPARENT] === undefined ? undefined : HEADERS.get(headers, TRACEPARENT)!;
    if (text === undefined || known.has(text)) continue;
    const context = trace.getSpanContext(propagation.extract(ROOT_CONTEXT, headers, HEADERS));
    if (context === undefined || !isSpanContextValid(context)) continue;
    known.add(text);
    found.push(context);
  }
  return found;
}

/** Records that say in their headers what span they came of. */
export function withContext(
  outputs: ReadonlyMap<string, readonly OutgoingRecord[]>,
  context: Context,
): ReadonlyMap<string, readonly OutgoingRecord[]> {
  const carried: Record<string, string> = {};
  propagation.inject(context, carried);
  if (Object.keys(carried).length === 0) return outputs;
  return new Map(
    Array.from(outputs, ([topic, records]) => [
      topic,
      records.map((record) => ({ ...record, headers: { ...record.headers, ...carried } })),
    ]),
  );
}
