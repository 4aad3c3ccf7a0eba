import * as z from 'zod';

// What the API answers: the OpenAPI document, the checks of the tests and the page's types are derived from it.

const time = z.int().describe('Epoch ms, UTC.');
const share = z.number().min(0).max(1);
const curves = z
  .array(z.array(z.number().nullable()))
  .describe('One array of steps per channel; null where no member knows the step.');

export const progressAnswer = z.object({
  phase: z.string().describe('What happens now: `reading`, `training v2`, `finished` …'),
  done: share.nullable().describe('Done part of the phase, where it is known.'),
  events: z.number(),
  eventsPerSecond: z.number().nullable(),
  late: z.number().nullable(),
  deadLettered: z.number().nullable(),
  windows: z.number(),
  watermark: time.nullable(),
  modelVersion: z.string().nullable(),
});

export const summaryAnswer = z.object({
  name: z.string(),
  source: z.string().describe('Where the outputs are read from.'),
  progress: progressAnswer.nullable().describe('Of a run that this view is part of, or of one that has finished.'),
  latestWindowEnd: time.nullable(),
  customers: z.int(),
  segments: z.int(),
  alerts: z.record(z.string(), z.int()).describe('Alerts that stand, by kind.'),
  drifted: z.int().describe('Statistics that drift, by reports of the last round of comparisons, or since.'),
  modelVersion: z.string().nullable(),
  records: z.record(z.string(), z.int()).describe('Records read, by output.'),
  recordsPerSecond: z.number(),
  changes: z.boolean().describe('Whether changes can be asked for, with a token.'),
  keyedCustomers: z.boolean().describe('Whether customers are shown as keyed hashes.'),
});

const part = z.object({ segmentId: z.string(), share });

export const segmentAnswer = z.object({
  segmentId: z.string(),
  name: z.string().describe('What people call it, else the name made from its profile.'),
  madeName: z.string(),
  advice: z.string(),
  lineage: z.string(),
  modelVersion: z.string(),
  windowEnd: time,
  customers: z.int().describe('Customers whose latest window is in it.'),
  share: share.describe('Part of all customers.'),
  sizes: z.array(z.int()).describe('Its windows, at each of `windowEnds`.'),
  level: z.number(),
  trend: z.number(),
  volatility: z.number(),
  seasonality: z.number(),
  seasonLag: z.int(),
  forecastability: z.number(),
  inactiveShare: z.number(),
  medoidCustomer: z.string().nullable(),
  prototype: curves,
  bandLow: curves,
  bandHigh: curves,
  decoded: curves.nullable(),
  reason: z.string(),
  from: z.array(part),
  into: z.array(part),
});

export const segmentsAnswer = z.object({
  modelVersion: z.string().nullable(),
  windowEnds: z.array(time).describe('Ends of windows, oldest first.'),
  segments: z.array(segmentAnswer).describe('Largest first; retired ones last.'),
  former: z
    .array(z.object({ segmentId: z.string(), name: z.string(), customers: z.int() }))
    .describe(
      'Segments that are not in force any more, but hold the latest window of customers; most customers first.',
    ),
});

export const flowsAnswer = z.object({
  windowEnds: z.array(time),
  windows: z
    .array(z.object({ windowEnd: time, behaviour: z.int(), model: z.int(), both: z.int() }))
    .describe('Customers who moved, by cause, oldest first.'),
  flows: z
    .array(
      z.object({
        from: z.string(),
        to: z.string(),
        fromName: z.string().nullable().describe('What `from` was called all the while; null where it changed.'),
        toName: z.string().nullable(),
        customers: z.int(),
        byBehaviour: z.int(),
      }),
    )
    .describe('Of the range that was asked for, largest first.'),
});

export const driftAnswer = z.object({
  reports: z.array(
    z.object({
      layer: z.string(),
      subject: z.string(),
      statistic: z.string(),
      value: z.number(),
      threshold: z.number(),
      drifted: z.boolean().describe('Whether it drifts now: never where it is past.'),
      past: z.boolean().describe('A later round of comparisons did not tell of it any more.'),
      severity: z.string(),
      rank: z.int(),
      since: time.nullable(),
      currentStart: time,
      currentEnd: time,
      nCurrent: z.int(),
      modelVersion: z.string(),
      action: z.string(),
      history: z.array(z.object({ currentEnd: time, value: z.number(), drifted: z.boolean() })),
    }),
  ),
});

export const alertAnswer = z.object({
  alertId: z.string(),
  kind: z.string(),
  severity: z.string(),
  status: z.string(),
  customerId: z.string().nullable(),
  segmentId: z.string().nullable(),
  windowStart: time,
  windowEnd: time,
  score: z.number(),
  threshold: z.number(),
  cause: z.string(),
  explanation: z.object({
    text: z.string(),
    parts: z.array(
      z.object({
        part: z.string(),
        value: z.number().nullable(),
        usual: z.number().nullable(),
        score: z.number().nullable(),
      }),
    ),
    steps: z.array(
      z.object({
        channel: z.string(),
        first: z.int(),
        end: z.int(),
        from: time,
        to: time,
        expected: z.number().nullable(),
        seen: z.number().nullable(),
        deviation: z.number().nullable(),
      }),
    ),
  }),
  modelVersion: z.string().nullable(),
});

const next = z.string().nullable().describe('`cursor` of the next page; null on the last.');

export const alertsAnswer = z.object({ alerts: z.array(alertAnswer), next });

export const modelEventsAnswer = z.object({
  events: z.array(
    z.looseObject({
      modelVersion: z.string(),
      event: z.string(),
      previousVersion: z.string().nullable(),
      eventTime: time,
      atWindow: z.int(),
      reasons: z.array(z.string()),
      why: z.array(z.string()),
    }),
  ),
  next,
});

const customer = z.object({ customerId: z.string(), segmentId: z.string().nullable(), windowEnd: time });

export const customersAnswer = z.object({ customers: z.array(customer), next });

export const customerAnswer = z.object({
  customerId: z.string(),
  segmentId: z.string().nullable().describe('The segment of now; null while warming.'),
  windowStart: time,
  windowEnd: time,
  assignments: z
    .array(
      z.object({
        windowStart: time,
        windowEnd: time,
        revision: z.int(),
        final: z.boolean(),
        segmentId: z.string().nullable(),
        margin: z.number().nullable(),
        distance: z.number().nullable(),
        confidence: z.number().nullable(),
        reconstructionError: z.number().nullable(),
        observedSteps: z.int(),
        inactive: z.boolean(),
        status: z.string(),
        modelVersion: z.string().nullable(),
      }),
    )
    .describe('Oldest first, the latest 500.'),
  transitions: z.array(
    z.object({
      windowStart: time,
      windowEnd: time,
      from: z.string(),
      to: z.string(),
      fromName: z.string().nullable().describe('What `from` was called then; null where that is not known.'),
      toName: z.string().nullable(),
      cause: z.string(),
      modelVersion: z.string(),
      previousModelVersion: z.string(),
      margin: z.number().nullable(),
      previousMargin: z.number().nullable(),
    }),
  ),
  alerts: z.array(alertAnswer),
});

export const mapAnswer = z.object({
  windowEnd: time.nullable(),
  windowEnds: z.array(time).describe('Windows that there is a map of, oldest first.'),
  space: z.string().nullable().describe('The model whose space the vectors are in.'),
  extent: z.array(z.number()).length(4).nullable().describe('Least and most x, least and most y, of the whole space.'),
  segments: z.array(z.string().nullable()).describe('What `segment` counts in.'),
  x: z.array(z.number()),
  y: z.array(z.number()),
  segment: z.array(z.int()),
  customers: z.array(z.string()),
});

export const problemAnswer = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string().optional(),
});

export const allowedAnswer = z.object({ allowed: z.literal(true) });

export const acceptedAnswer = z.object({ id: z.string(), doneBy: z.string().describe('Who does it, and when.') });

export type ProgressAnswer = z.output<typeof progressAnswer>;
export type SummaryAnswer = z.output<typeof summaryAnswer>;
export type SegmentAnswer = z.output<typeof segmentAnswer>;
export type SegmentsAnswer = z.output<typeof segmentsAnswer>;
export type FlowsAnswer = z.output<typeof flowsAnswer>;
export type DriftAnswer = z.output<typeof driftAnswer>;
export type AlertAnswer = z.output<typeof alertAnswer>;
export type AlertsAnswer = z.output<typeof alertsAnswer>;
export type ModelEventsAnswer = z.output<typeof modelEventsAnswer>;
export type CustomersAnswer = z.output<typeof customersAnswer>;
export type CustomerAnswer = z.output<typeof customerAnswer>;
export type MapAnswer = z.output<typeof mapAnswer>;
