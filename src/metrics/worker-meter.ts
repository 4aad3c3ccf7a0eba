import type { Gauge, Registry } from 'prom-client';
import { ALERT_KINDS } from '../anomaly/alert.js';
import type { OpenEncoder } from '../encode/open-encoder.js';
import type { DeadLetterReason } from '../ingest/dead-letter.js';
import type { Clock } from '../ports.js';
import type { AssignedWindows } from '../publish/assignment-record.js';
import { isProvisional } from '../train/provisional.js';
import type { Fates } from '../window/window-batch.js';
import type { Windower } from '../window/windower.js';
import type { WorkerOutputs } from '../worker/publisher.js';
import { countedSink } from './counted-sink.js';
import { createInstruments, type Instruments, removeInstruments } from './instruments.js';
import { countNearest, createSegmentsInUse, sumOf, sumOfSquares } from './segment-counts.js';
import { WORKER_METRICS } from './worker-definitions.js';

/** What of a partition is read when somebody scrapes; nothing is kept up to date for it. */
export interface PartitionFigures {
  /** Undefined while its state is restored. */
  readonly windower: Pick<Windower, 'counters' | 'watermark'> | undefined;
  /** Undefined where there is no broker to lag behind, or it has not answered yet. */
  readonly lag?: { readonly records: number; readonly seconds: number } | undefined;
  /** Commits since the last checkpoint. */
  readonly logEntries?: number | undefined;
  /** Processing time at which it was last looked after, epoch ms. */
  readonly turnedAt?: number | undefined;
  /** Processing time at which a broker last answered for it, epoch ms; undefined where there is none. */
  readonly answeredAt?: number | undefined;
}

/** Measures the work on one partition. */
export interface PartitionMeter {
  /** The same outputs, counted batch by batch. */
  outputs(outputs: WorkerOutputs): WorkerOutputs;
  /** @param fates of the events that came in since it was last called */
  came(fates: Fates): void;
  /** The series of the partition end. */
  close(): void;
}

/** Measures a worker: what it does with all its partitions. */
export interface WorkerMeter {
  /** @param figures read at each scrape until the partition is closed */
  partition(label: string, figures: () => PartitionFigures): PartitionMeter;
  /** Encoders whose batches are timed. */
  encoders(open: OpenEncoder): OpenEncoder;
  /** Times a page, in ms. */
  page(ms: number): void;
  /** Times a commit, and counts it where it fails. */
  commit(work: () => Promise<void>): Promise<void>;
  /** Takes all metrics out of the registry. */
  close(): void;
}

/**
 * @param clock what delays are measured against; undefined in a replay, which has none
 * @param now monotonic time, ms
 * @throws SegtideError `config` where the registry has such metrics already
 */
export function createWorkerMeter(registry: Registry, clock: Clock | undefined, now: () => number): WorkerMeter {
  const owned = new Map<string, () => PartitionFigures>();
  const evictions = new Map<string, { ttl: number; cap: number }>();
  const segments = createSegmentsInUse();
  let encoding = 0;
  const each = (tell: (label: string, figures: PartitionFigures) => void): void => {
    for (const [label, figures] of owned) tell(label, figures());
  };
  const setSince = (gauge: Gauge, partition: string, at: number | undefined): void => {
    if (clock === undefined || at === undefined) return;
    gauge.set({ partition }, Math.max(0, clock.now() - at) / 1000);
  };
  const metrics = createInstruments(registry, WORKER_METRICS, {
    lag: (gauge) => each((partition, { lag }) => lag && gauge.set({ partition }, lag.records)),
    processingLag: (gauge) => each((partition, { lag }) => lag && gauge.set({ partition }, lag.seconds)),
    watermarkDelay: (gauge) =>
      each((partition, { windower }) => {
        if (clock === undefined || windower === undefined || !Number.isFinite(windower.watermark)) return;
        gauge.set({ partition }, (clock.now() - windower.watermark) / 1000);
      }),
    openWindows: (gauge) =>
      each((partition, { windower }) => windower && gauge.set({ partition }, windower.counters.openWindows)),
    customers: (gauge) =>
      each((partition, { windower }) => windower && gauge.set({ partition }, windower.counters.customers)),
    stateBytes: (gauge) =>
      each((partition, { windower }) => windower && gauge.set({ partition }, windower.counters.stateBytes)),
    uncheckpointed: (gauge) =>
      each((partition, { logEntries }) => logEntries !== undefined && gauge.set({ partition }, logEntries)),
    idleSeconds: (gauge) => each((partition, { turnedAt }) => setSince(gauge, partition, turnedAt)),
    silentSeconds: (gauge) => each((partition, { answeredAt }) => setSince(gauge, partition, answeredAt)),
    partitions: (gauge) => gauge.set(owned.size),
    encodeQueue: (gauge) => gauge.set(encoding),
    evicted: (counter) =>
      each((partition, { windower }) => {
        if (windower === undefined) return;
        const { evictedByTtl: ttl, evictedByCap: cap } = windower.counters;
        const before = evictions.get(partition) ?? { ttl, cap };
        evictions.set(partition, { ttl, cap });
        counter.inc({ cause: 'ttl' }, ttl - before.ttl);
        counter.inc({ cause: 'cap' }, cap - before.cap);
      }),
  });
  const ofPartitions = [
    ...[metrics.lag, metrics.processingLag, metrics.watermarkDelay, metrics.openWindows, metrics.customers],
    ...[metrics.stateBytes, metrics.uncheckpointed, metrics.idleSeconds, metrics.silentSeconds],
  ];
  let model: string | undefined;
  showNothingYet(metrics);
  // Without a model there is no epoch.
  metrics.centroidEpoch.remove();

  function retire(ids: readonly string[]): void {
    for (const segment of ids) metrics.assignments.remove(segment);
  }

  function countWindows(owner: object, { series, assignments }: AssignedWindows): void {
    if (assignments === undefined) {
      metrics.windows.inc({ status: 'warming' }, series.length);
      return;
    }
    const { modelVersion, centroidEpoch, segmentIds } = assignments.model;
    metrics.windows.inc({ status: isProvisional(modelVersion) ? 'provisional' : 'assigned' }, series.length);
    retire(segments.use(owner, assignments.model));
    countNearest(assignments).forEach((count, j) => {
      if (count > 0) metrics.assignments.inc({ segment: segmentIds[j]! }, count);
    });
    metrics.encoded.inc(assignments.length);
    metrics.squaredDistances.inc(sumOfSquares(assignments.distances));
    const { reconstructionErrors } = assignments.embeddings;
    if (reconstructionErrors !== undefined) metrics.reconstructionErrors.inc(sumOf(reconstructionErrors));
    metrics.centroidEpoch.set(centroidEpoch);
    if (model === modelVersion) return;
    model = modelVersion;
    metrics.model.reset();
    metrics.model.set({ model_version: modelVersion }, 1);
  }

  return {
    partition(label, figures) {
      owned.set(label, figures);
      const owner = {};
      return {
        outputs: (outputs) => ({
          ...outputs,
          assignments: {
            async write(columns, emittedAt) {
              await outputs.assignments.write(columns, emittedAt);
              countWindows(owner, columns);
            },
            flush: () => outputs.assignments.flush(),
            close: () => outputs.assignments.close(),
          },
          transitions: countedSink(outputs.transitions, ({ cause }) => metrics.transitions.inc({ cause })),
          ...(outputs.alerts && {
            alerts: countedSink(outputs.alerts, ({ kind, severity, status }) =>
              metrics.alerts.inc({ kind, severity, status }),
            ),
          }),
          deadLetters: countedSink(outputs.deadLetters, ({ reason }) => metrics.deadLetters.inc({ reason })),
        }),
        came(fates) {
          for (const [fate, label] of FATE_LABELS) {
            if (fates[fate] > 0) metrics.events.inc({ fate: label }, fates[fate]);
          }
        },
        close() {
          // A new owner in this process may have taken its place.
          if (owned.get(label) === figures) {
            owned.delete(label);
            evictions.delete(label);
            for (const gauge of ofPartitions) gauge.remove(label);
          }
          retire(segments.leave(owner));
        },
      };
    },
    encoders: (open) => (encoderModel, version, engine) => {
      const encoder = open(encoderModel, version, engine);
      return {
        ...encoder,
        async encode(batch, signal) {
          const begun = now();
          encoding++;
          try {
            return await encoder.encode(batch, signal);
          } finally {
            encoding--;
            metrics.encodeSeconds.observe((now() - begun) / 1000);
          }
        },
      };
    },
    page: (ms) => metrics.pageSeconds.observe(ms / 1000),
    async commit(work) {
      const begun = now();
      try {
        await work();
      } catch (error) {
        metrics.commitFailures.inc();
        throw error;
      }
      metrics.commitSeconds.observe((now() - begun) / 1000);
    },
    close: () => removeInstruments(registry, WORKER_METRICS),
  };
}

/** Fates as labels say them; what came in is the sum of them. */
const FATE_LABELS = [
  ['accepted', 'accepted'],
  ['late', 'late'],
  ['duplicate', 'duplicate'],
  ['deadLettered', 'dead_lettered'],
  ['quarantined', 'quarantined'],
  ['skipped', 'skipped'],
] as const satisfies readonly (readonly [keyof Fates, string])[];

/** Counters of closed sets begin at 0, so that the first of each is a rise that an alert can see. */
function showNothingYet(metrics: Instruments<typeof WORKER_METRICS>): void {
  for (const [, fate] of FATE_LABELS) metrics.events.inc({ fate }, 0);
  for (const reason of DEAD_LETTER_REASONS) metrics.deadLetters.inc({ reason }, 0);
  for (const status of ['warming', 'provisional', 'assigned']) metrics.windows.inc({ status }, 0);
  for (const cause of ['behaviour', 'model', 'both']) metrics.transitions.inc({ cause }, 0);
  for (const cause of ['ttl', 'cap']) metrics.evicted.inc({ cause }, 0);
  for (const kind of ALERT_KINDS) {
    for (const severity of ['low', 'medium', 'high']) {
      for (const status of ['provisional', 'confirmed', 'withdrawn']) metrics.alerts.inc({ kind, severity, status }, 0);
    }
  }
}

const DEAD_LETTER_REASONS: readonly DeadLetterReason[] = [
  'unreadable',
  'incomplete',
  'invalid',
  'not-finite',
  'implausible-time',
  'negative',
  'too-large',
  'future',
];
