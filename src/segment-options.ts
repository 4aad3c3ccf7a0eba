import type { Registry } from 'prom-client';
import type { Alert } from './anomaly/alert.js';
import type { DriftReport } from './drift/drift-report.js';
import { SegtideError } from './errors.js';
import type { DeadLetter } from './ingest/dead-letter.js';
import type { UsageEventOptions } from './ingest/usage-event.js';
import { checkKeys, createOptionCheck, type KeyTree, type OptionCheck, toOptionError } from './option-check.js';
import type { Clock } from './ports.js';
import type { EmbeddingRecord } from './publish/embedding-record.js';
import type { ModelEventRecord } from './publish/model-event.js';
import type { SegmentRecord } from './publish/segment-record.js';
import type { TransitionRecord } from './publish/transition-record.js';
import type { SegmentationOptions, SegmentationSettings } from './segmentation.js';
import { STAGE_KEYS } from './stage-keys.js';
import type { StageOptions } from './stage-options.js';
import { resolveStages, toSegmentationSettings } from './stage-settings.js';
import { type AdoptedModel, adoptModel } from './train/adopt-model.js';
import type { ModelArtifact } from './train/model-artifact.js';
import {
  type EventBufferOptions,
  type EventBufferSettings,
  resolveEventBuffer,
} from './transport/memory/event-source.js';
import type { LateEvent } from './window/window-batch.js';

/** Options of `segment`. Only `window` has no default. */
export interface SegmentOptions extends StageOptions {
  /** How events are judged: whether they carry labels, plausible times, negative values, the source that dead letters name. */
  readonly events?: Pick<UsageEventOptions, 'labels' | 'negative' | 'time' | 'source'>;
  /** How events wait for their turn. */
  readonly buffer?: EventBufferOptions;
  /**
   * The wall clock of a live stream: windows of silent inputs close by it, records carry its time, and models take
   * effect on arrival. Without a clock the stream is a replay: event time alone decides, and the same events give the
   * same assignments. @default none
   */
  readonly clock?: Clock;
  /** Where the other outputs go. What has no receiver is dropped. */
  readonly outputs?: SegmentReceivers;
  /** A model that windows are assigned by from the first on, made of such windows and series. @default none */
  readonly initialModel?: ModelArtifact;
  /** A registry of prom-client, which has the stream's metrics while it runs. It serves one stream at a time. @default none */
  readonly metrics?: Registry;
  /** Where trainings run. @default a process for each, ended with the subscription */
  readonly train?: NonNullable<SegmentationOptions['train']>;
}

/**
 * Takes records one by one: a function, or anything with `next`, such as a Subject. It is never completed, since one
 * may serve several streams. One that throws ends the stream with an error `output`.
 */
export type Receiver<T> = ((record: T) => void) | { next(record: T): void };

/** Outputs of `segment` beside the assignments. */
export interface SegmentReceivers {
  /** A customer changed segment. */
  readonly transitions?: Receiver<TransitionRecord>;
  /** Left out, nothing is watched for it. */
  readonly alerts?: Receiver<Alert>;
  /** The vector of each window that was scored; `model.align` maps it onto an earlier model as well. */
  readonly embeddings?: Receiver<EmbeddingRecord>;
  /** Profiles of the segments, at each new model. */
  readonly segments?: Receiver<SegmentRecord>;
  readonly drift?: Receiver<DriftReport>;
  /** What becomes of models: each training with all that its gate compared, and each change by hand. */
  readonly modelEvents?: Receiver<ModelEventRecord>;
  /** Events that came after all their windows had closed. */
  readonly late?: Receiver<LateEvent>;
  /** Events that are not as they should be, with the reason. */
  readonly deadLetters?: Receiver<DeadLetter>;
}

/** `SegmentOptions`, resolved. */
export interface SegmentSettings {
  readonly segmentation: SegmentationSettings;
  readonly events: UsageEventOptions;
  readonly buffer: EventBufferSettings;
  readonly clock: Clock | undefined;
  readonly outputs: SegmentReceivers;
  readonly initialModel: AdoptedModel | undefined;
  readonly train: SegmentationOptions['train'];
  readonly metrics: Registry | undefined;
}

/**
 * @throws SegtideError `config` with all that is wrong, a line for each section; `state` when the initial model was made
 * for other windows or series
 */
export function resolveSegment(options: SegmentOptions): SegmentSettings {
  const check = createOptionCheck();
  if (!checkKeys(check, options, KEYS)) throw toOptionError(check.problems);
  const stages = resolveStages(options, check);
  checkReceivers(check, options.outputs);
  const buffer = check.resolve('buffer', () => resolveEventBuffer(options.buffer));
  if (stages === undefined || buffer === undefined || check.problems.length > 0) throw toOptionError(check.problems);
  const { channels, deduplicate } = stages.window;
  const segmentation = toSegmentationSettings(stages, options.clock !== undefined);
  const { initialModel } = options;
  return {
    segmentation,
    initialModel: initialModel && adoptModel(initialModel, segmentation.trainer.model),
    events: { ...options.events, channels: channels.length, eventIds: deduplicate },
    buffer,
    clock: options.clock,
    outputs: options.outputs ?? {},
    train: options.train,
    metrics: options.metrics,
  };
}

/** Whatever is given in place of a receiver would be missed only when the first record comes. */
function checkReceivers(check: OptionCheck, outputs: SegmentReceivers = {}): void {
  for (const [name, receiver] of Object.entries(outputs)) {
    if (receiver === undefined || isReceiver(receiver)) continue;
    check.resolve(`outputs.${name}`, () => {
      const given = typeof receiver === 'object' ? JSON.stringify(receiver) : String(receiver);
      throw new SegtideError('config', `must be a function, or an object with a function \`next\`; got ${given}`);
    });
  }
}

function isReceiver(value: unknown): value is Receiver<unknown> {
  return typeof value === 'function' || typeof (value as { next?: unknown } | null)?.next === 'function';
}

const KEYS: KeyTree<SegmentOptions> = {
  ...STAGE_KEYS,
  events: { labels: true, negative: true, time: { min: true, max: true }, source: true },
  buffer: { batchEvents: true, batchMs: true, idleMs: true, maxBuffered: true, onPressure: true, scheduler: true },
  clock: true,
  outputs: {
    transitions: true,
    segments: true,
    drift: true,
    alerts: true,
    modelEvents: true,
    embeddings: true,
    late: true,
    deadLetters: true,
  },
  initialModel: true,
  metrics: true,
  train: true,
};
