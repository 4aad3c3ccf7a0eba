import type { Alert } from '../../src/anomaly/alert.js';
import { resolveAlertOptions } from '../../src/anomaly/alert-settings.js';
import type { DriftReport } from '../../src/drift/drift-report.js';
import { type DriftOptions, resolveDriftOptions } from '../../src/drift/drift-settings.js';
import { type EncoderOptions, resolveEncoder } from '../../src/encode/encoder-options.js';
import type { DeadLetter } from '../../src/ingest/dead-letter.js';
import { createRandom } from '../../src/numeric/random.js';
import { type AssignmentRecord, toAssignmentRecords } from '../../src/publish/assignment-record.js';
import type { EmbeddingRecord } from '../../src/publish/embedding-record.js';
import type { ModelEventRecord } from '../../src/publish/model-event.js';
import type { SegmentRecord } from '../../src/publish/segment-record.js';
import type { TransitionRecord } from '../../src/publish/transition-record.js';
import type { SegmentationOutputs, SegmentationSettings } from '../../src/segmentation.js';
import { resolveSeries } from '../../src/series/series-settings.js';
import type { AlignOptions } from '../../src/train/alignment.js';
import { type GateOptions, resolveGateOptions } from '../../src/train/gate.js';
import { type RetrainOptions, resolveRetrainOptions } from '../../src/train/retrain-settings.js';
import { runTrainingJob } from '../../src/train/run-training-job.js';
import type { Training } from '../../src/train/start-training.js';
import type { TrainingJob } from '../../src/train/training-job.js';
import { createListSink } from '../../src/transport/memory/list-sink.js';
import type { LateEvent } from '../../src/window/window-batch.js';
import type { WindowOptions } from '../../src/window/window-options.js';
import { resolveWindow } from '../../src/window/window-settings.js';
import type { AssignmentSink } from '../../src/worker/publisher.js';
import type { TestEvent } from '../window/usage-events.js';

export const HOUR = 3_600_000;
export const STEPS = 8;

export interface SmallOptions {
  readonly retrain?: RetrainOptions;
  readonly gate?: GateOptions;
  readonly align?: AlignOptions;
  readonly window?: Partial<WindowOptions>;
  readonly updates?: number;
  readonly epochWindows?: number;
  readonly halfLife?: number;
  readonly swapAfterWindows?: number | undefined;
  readonly provisionalFit?: number;
  readonly cycleMs?: number;
  readonly seed?: number;
  readonly drift?: DriftOptions;
  /** In the place of a small VRAE. */
  readonly encoder?: EncoderOptions;
}

/** Settings of a segmentation that trains in a fraction of a second: 8 steps of an hour, 4 latent dimensions. */
export function smallSettings(options: SmallOptions = {}): SegmentationSettings {
  const seed = options.seed ?? 1;
  const window = resolveWindow({ step: '1h', steps: STEPS, ...options.window });
  const windowMs = STEPS * HOUR;
  const series = resolveSeries({}, STEPS, 1);
  return {
    // Low enough for this stream to raise alerts.
    alerts: {
      settings: resolveAlertOptions({ threshold: 1.5, thresholdWhileNew: 2 }, windowMs),
      series,
      channels: ['value'],
    },
    window,
    learnEvery: 256,
    learnFirst: options.provisionalFit,
    trainer: {
      model: {
        series,
        seriesHash: 'small',
        encoder: resolveEncoder(
          options.encoder ?? {
            ...{ hidden: 6, latent: 4, updates: options.updates ?? 30, engine: 'js', seed, views: [] },
          },
        ),
        warmUpdates: options.updates ?? 30,
        cluster: {
          k: 3,
          distance: 'euclidean',
          starts: 2,
          halfLife: options.halfLife,
          halfLifeMs: undefined,
          epochWindows: options.epochWindows ?? 512,
        },
        calendar: { timeZone: 'UTC', stepMs: HOUR },
        heldOut: 0.2,
        gate: resolveGateOptions({ maxChurn: 1, maxSizeShift: 1, maxSilhouetteFall: 2, ...options.gate }),
        align: { to: 'previous', scale: false, ...options.align },
        cycleMs: options.cycleMs ?? 0,
      },
      provisionalFit: options.provisionalFit,
      retrain: resolveRetrainOptions(
        { firstFit: 512, everyWindows: 768, everyMs: 1000 * windowMs, minIntervalMs: 0, ...options.retrain },
        windowMs,
      ),
      reservoir: { capacity: 600, halfLifeMs: 8 * windowMs },
      drift: resolveDriftOptions({ everyMs: HOUR, minWindows: 100, referenceWindows: 200, ...options.drift }, [
        'value',
      ]),
      retrainOnDrift: false,
      swapAfterWindows: 'swapAfterWindows' in options ? options.swapAfterWindows : 0,
      freshEvery: 3,
      seed,
    },
  };
}

/**
 * Hourly usage in the order of time: a third of the customers is steady, a third active early in each window, a third
 * late. Some events are late for every window.
 */
export function smallStream(customers: number, windows: number, seed = 5): TestEvent[] {
  const random = createRandom(seed);
  const events: TestEvent[] = [];
  for (let hour = 0; hour < windows * STEPS; hour++) {
    for (let i = 0; i < customers; i++) {
      const early = hour % STEPS < STEPS / 2;
      const level = i % 3 === 0 ? 5 : (i % 3 === 1) === early ? 20 : 0.5;
      const time = hour * HOUR + random.below(HOUR);
      if (random.next() < 0.7) events.push({ customer: `c${i}`, time, values: [level * (0.5 + random.next())] });
    }
  }
  events.sort((a, b) => a.time - b.time);
  // The end of the last window must be passed for it to close by the watermark.
  for (let at = 2000; at < events.length; at += 1000) events.splice(at, 0, { customer: 'late', time: HOUR });
  return events;
}

/** What a segmentation published, as records. */
export interface CollectedOutputs extends SegmentationOutputs {
  readonly records: {
    readonly assignments: AssignmentRecord[];
    readonly transitions: readonly TransitionRecord[];
    readonly alerts: readonly Alert[];
    readonly embeddings: readonly EmbeddingRecord[];
    readonly segments: readonly SegmentRecord[];
    readonly drift: readonly DriftReport[];
    readonly modelEvents: readonly ModelEventRecord[];
    readonly late: readonly LateEvent[];
    readonly deadLetters: readonly DeadLetter[];
  };
}

export function collectOutputs(): CollectedOutputs {
  const assigned: AssignmentRecord[] = [];
  const assignments: AssignmentSink = {
    write: async (columns, emittedAt) => {
      assigned.push(...toAssignmentRecords(columns, emittedAt));
    },
    flush: async () => undefined,
    close: async () => undefined,
  };
  const transitions = createListSink<TransitionRecord>();
  const alerts = createListSink<Alert>();
  const embeddings = createListSink<EmbeddingRecord>();
  const segments = createListSink<SegmentRecord>();
  const drift = createListSink<DriftReport>();
  const modelEvents = createListSink<ModelEventRecord>();
  const late = createListSink<LateEvent>();
  const deadLetters = createListSink<DeadLetter>();
  return {
    assignments,
    transitions,
    alerts,
    embeddings,
    segments,
    drift,
    modelEvents,
    late,
    deadLetters,
    records: {
      assignments: assigned,
      transitions: transitions.records,
      alerts: alerts.records,
      embeddings: embeddings.records,
      segments: segments.records,
      drift: drift.records,
      modelEvents: modelEvents.records,
      late: late.records,
      deadLetters: deadLetters.records,
    },
  };
}

/** Trains on the event loop of the test: no thread to wait for. */
export function trainHere(job: TrainingJob): Training {
  return { result: runTrainingJob(job), stop: async () => undefined };
}
