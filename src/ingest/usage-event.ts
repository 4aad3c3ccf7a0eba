import { SegtideError } from '../errors.js';
import type { NegativePolicy, TimeOptions } from './ingest-options.js';
import { resolveIngest } from './ingest-settings.js';
import { createObjectParser } from './object-parser.js';
import type { UsageBatch } from './usage-batch.js';

/** A usage event as a program holds it. */
export interface UsageEvent {
  readonly customerId: string;
  /** Epoch ms, UTC. */
  readonly eventTime: number | Date;
  /** One value a channel; a number alone where there is one channel. */
  readonly values: readonly number[] | number;
  /** Identifies the event where de-duplication is on. */
  readonly eventId?: string;
  /** A class that the customer is known to belong to; it is compared with segments, and no model learns from it. */
  readonly label?: string | number | boolean | null;
}

export interface UsageEventOptions {
  /** Number of channels. @default 1 */
  readonly channels?: number;
  /** Whether events carry an `eventId`; all must then. @default false */
  readonly eventIds?: boolean;
  /** Whether events may carry a `label`. @default false */
  readonly labels?: boolean;
  /** What events are said to come from, in late events and dead letters. @default 'events' */
  readonly source?: string;
  readonly negative?: NegativePolicy;
  /** Plausible times. @default 1970 to 2100 */
  readonly time?: Pick<TimeOptions, 'min' | 'max'>;
}

/** Turns arrays of usage events into batches; rows are counted from 1 over all calls. */
export interface UsageEventParser {
  /** The batch is valid until the next call. Events that are not as they should be become dead letters. */
  parse(events: readonly UsageEvent[]): UsageBatch;
}

/**
 * Creates a parser of usage events that are plain objects.
 *
 * @throws SegtideError `config` if `channels` is no positive whole number
 */
export function createUsageEventParser(options: UsageEventOptions = {}): UsageEventParser {
  const { channels = 1, eventIds = false, labels = false, source = 'events' } = options;
  if (!Number.isInteger(channels) || channels < 1) {
    throw new SegtideError('config', `\`channels\` must be a whole number from 1; got ${channels}`);
  }
  const parser = createObjectParser(
    resolveIngest({
      fields: {
        customer: 'customerId',
        time: 'eventTime',
        ...(eventIds && { eventId: 'eventId' }),
        ...(labels && { label: 'label' }),
      },
      channels: Array.from({ length: channels }, (_, c) => ({ name: `channel ${c}`, field: `values.${c}` })),
      time: { unit: 'ms', ...options.time },
      ...(options.negative === undefined ? {} : { negative: options.negative }),
    }),
  );
  let row = 0;
  return {
    parse(events) {
      for (const event of events) {
        const at = { source, row: row + 1, offset: row };
        row++;
        const values = typeof event?.values === 'number' ? [event.values] : event?.values;
        if (Array.isArray(values) && values.length > channels) {
          const detail = `field \`values\` holds ${values.length} numbers where there are ${channels} channels`;
          parser.refuse({ reason: 'invalid', detail }, at, () => Buffer.from(JSON.stringify(event)));
        } else if (values === event?.values) parser.append(event, at);
        else parser.append({ ...event, values }, at);
      }
      return parser.takeBatch();
    },
  };
}

/** One batch of usage events that are plain objects. For more than one, `createUsageEventParser` reuses its buffers. */
export function toUsageBatch(events: readonly UsageEvent[], options: UsageEventOptions = {}): UsageBatch {
  return createUsageEventParser(options).parse(events);
}
