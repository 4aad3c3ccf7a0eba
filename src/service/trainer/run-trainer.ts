import { setImmediate as nextTurn } from 'node:timers/promises';
import { SegtideError } from '../../errors.js';
import type { Clock } from '../../ports.js';
import { DRIFT, MODEL_EVENTS, SEGMENTS } from '../../publish/output.js';
import type { AdoptedModel } from '../../train/adopt-model.js';
import { decodeSamples } from '../../train/encode-samples.js';
import { decodeStatistics } from '../../train/encode-statistics.js';
import { readModelRequest } from '../../train/model-request.js';
import { toModelTopicRecords } from '../../train/model-topic.js';
import type { RegistryReading } from '../../train/registry-records.js';
import type { TrainerParts } from '../../trainer/trainer-parts.js';
import type { TrainerSettings } from '../../trainer/trainer-settings.js';
import { createTrainer, type Trainer } from '../../trainer.js';
import type { AssignedPartition } from '../../transport/kafka/assigned-partition.js';
import type { StateStore, StoredState } from '../../transport/kafka/state-store.js';
import { createTopicRegistry } from '../models/topic-registry.js';
import type { RecordBuffer } from '../record-buffer.js';
import { ownStore } from '../run/own-store.js';
import { decodeTrainerState, encodeTrainerState } from './trainer-state.js';

export interface TrainerRoleOptions {
  readonly settings: TrainerSettings;
  readonly topics: {
    readonly samples: string;
    readonly statistics: string;
    readonly models: string;
    readonly requests: string;
  };
  /**
   * A model and what somebody asks for by hand are committed at once, everything else after so long, or longer where the
   * state is large.
   * @default 5000
   */
  readonly commitEveryMs?: number;
  /** Centroids move after so long, however few windows taught. @default 5000 */
  readonly epochEveryMs?: number;
}

/** A record that a trainer can't use: of a worker, or of somebody who asks for something. */
export interface RefusedRecord {
  readonly kind: 'lesson' | 'request';
  readonly topic: string;
  readonly offset: bigint;
}

export interface TrainerRoleParts
  extends Pick<TrainerParts, 'train' | 'onProgress' | 'onFailure' | 'onStatisticFailure'> {
  /** Of the topics of samples, statistics and requests, which have one. */
  readonly partition: AssignedPartition;
  readonly store: StateStore;
  /** Where records wait for the next commit; of this trainer alone. */
  readonly records: RecordBuffer;
  readonly clock: Clock;
  /** The process is to end: what was done is committed. */
  readonly isStopped: () => boolean;
  /** Told of each record that can't be used; it is passed over. */
  readonly onRefused: (record: RefusedRecord, error: SegtideError) => void;
  /** Reads what the topic of models holds. */
  readonly readModels: () => Promise<RegistryReading>;
  /** Told of models that were kept and are lost. */
  readonly onModelLost?: ((text: string) => void) | undefined;
  /** Told once of more labels than are told apart. */
  readonly onTooManyLabels?: ((text: string) => void) | undefined;
  /** A model to begin with where there is no state yet; it is published first. */
  readonly initialModel?: AdoptedModel | undefined;
  /** Called when the trainer is as it was left, before it goes on. */
  readonly onStart?: (trainer: Trainer) => void;
  /** Called after each commit. */
  readonly onCommit?: (trainer: Trainer) => void;
}

/**
 * Trains from the lessons of the workers, from assignment to revocation: restores its state, goes on where the last
 * commit ended, and commits what it publishes, its whole state and its offsets together, so that each lesson counts once
 * and a model is there whole or not at all. Resolves when the partition was revoked, where what is not committed is left
 * to its next owner, or when it was stopped and everything is committed. A training under way is ended with it, and begun
 * again from the state.
 *
 * @throws SegtideError `fenced` when another trainer has taken over; `state` when the state is damaged or of other
 * settings; `transport` when the broker is gone for too long
 */
export async function runTrainer(options: TrainerRoleOptions, parts: TrainerRoleParts): Promise<void> {
  const role = new TrainerRole(options, parts);
  await ownStore(parts.store, parts.partition.signal, (stored) => role.run(stored));
}

class TrainerRole {
  readonly #options: TrainerRoleOptions;
  readonly #parts: TrainerRoleParts;
  readonly #offsets = new Map<string, bigint>();
  #committedAt: number;
  /** Of the state in the last commit. */
  #stateBytes = 0;
  /** Whether lessons or requests were taken since the last commit. */
  #taught = false;
  /** Whether what was done is to be committed at once: a model, or what somebody asked for. */
  #urgent = false;
  #outcomes = 0;

  constructor(options: TrainerRoleOptions, parts: TrainerRoleParts) {
    this.#options = options;
    this.#parts = parts;
    this.#committedAt = parts.clock.now();
  }

  async run({ checkpoint }: StoredState): Promise<void> {
    const { partition, records, clock, train, onProgress, onFailure, onStart, initialModel } = this.#parts;
    const { readModels, onModelLost, onStatisticFailure, onTooManyLabels } = this.#parts;
    const { settings, topics, epochEveryMs = 5000 } = this.#options;
    const from = checkpoint && decodeTrainerState(checkpoint, settings.model.seriesHash);
    const trainer = createTrainer(
      settings,
      {
        ...(train && { train }),
        onProgress,
        onFailure,
        onStatisticFailure,
        publishModel: async (record) => {
          this.#urgent ||= record.kind === 'model';
          for (const each of toModelTopicRecords(record)) records.add(topics.models, each);
        },
        segments: await records.sink(SEGMENTS),
        drift: await records.sink(DRIFT),
        modelEvents: await records.sink(MODEL_EVENTS),
        registry: createTopicRegistry({ add: (record) => records.add(topics.models, record), read: readModels }),
        onModelLost,
        onTooManyLabels,
        clock,
        epochs: { everyMs: epochEveryMs, clock },
        initialModel,
      },
      from?.trainer,
    );
    if (from === undefined && initialModel !== undefined) this.#publish(initialModel);
    onStart?.(trainer);
    this.#outcomes = trainer.outcomes.length;
    for (const [topic, offset] of from?.offsets ?? []) this.#offsets.set(topic, offset);
    partition.start(this.#offsets);
    try {
      while (!partition.signal.aborted && !this.#parts.isStopped()) await this.#step(trainer);
      if (!partition.signal.aborted && this.#isChanged(trainer)) await this.#commit(trainer);
    } finally {
      await trainer.stop();
    }
  }

  #publish({ modelVersion, champion }: AdoptedModel): void {
    const { records } = this.#parts;
    const model = { kind: 'model', modelVersion, previousVersion: null, artifact: champion.artifact } as const;
    for (const record of toModelTopicRecords(model)) records.add(this.#options.topics.models, record);
    this.#urgent = true;
  }

  async #step(trainer: Trainer): Promise<void> {
    const { partition, clock } = this.#parts;
    const { commitEveryMs = 5000 } = this.#options;
    // Records that wait are dealt with in one go of promises; the consumer and the timers need their turn, too.
    await nextTurn();
    const took = (await this.#takeRequests(trainer)) || (await this.#takeLessons(trainer));
    await trainer.settle();
    const pauseMs = Math.max(commitEveryMs, this.#stateBytes / STATE_BYTES_PER_MS);
    const due = this.#urgent || clock.now() - this.#committedAt >= pauseMs;
    if (partition.signal.aborted) return;
    if (due && this.#isChanged(trainer)) await this.#commit(trainer);
    else if (!took) await partition.arrival(LOOK_EVERY_MS);
  }

  /** What somebody asks for by hand goes before what is learnt, and is committed at once. */
  async #takeRequests(trainer: Trainer): Promise<boolean> {
    const { partition } = this.#parts;
    const { requests } = this.#options.topics;
    const asked = partition.peek(requests, PIECE_BYTES);
    for (let i = 0; i < asked.length; i++) {
      const value = asked.value(i);
      const request = value === null ? undefined : readModelRequest(String(value));
      if (request !== undefined) await trainer.request(request);
      else if (value !== null) {
        const why = 'it is no retrain, rollback, promote or prune as `segtide models` asks for them';
        this.#refuse('request', requests, asked.offset(i), new SegtideError('state', why));
      }
    }
    partition.take(requests, asked.length);
    if (asked.length === 0) return false;
    this.#taught = true;
    this.#urgent = true;
    return true;
  }

  /** Some of what waits: samples first, so that a training has those of the lessons that it is started by. */
  async #takeLessons(trainer: Trainer): Promise<boolean> {
    const { partition } = this.#parts;
    const { samples, statistics } = this.#options.topics;
    const sampled = partition.peek(samples, PIECE_BYTES);
    for (let i = 0; i < sampled.length; i++) {
      const value = sampled.value(i);
      if (value === null) await trainer.forget(String(sampled.key(i)));
      else this.#use(samples, sampled.offset(i), () => trainer.sampled(decodeSamples(value)));
    }
    partition.take(samples, sampled.length);
    // While samples lag behind, about as many lessons of either.
    const most = partition.waiting.includes(samples) ? sampled.length : Number.POSITIVE_INFINITY;
    const waiting = partition.peek(statistics, PIECE_BYTES);
    const taught = waiting.slice(0, Math.min(most, waiting.length));
    for (let i = 0; i < taught.length; i++) {
      const value = taught.value(i);
      const record = value && this.#use(statistics, taught.offset(i), () => decodeStatistics(value));
      if (record) await trainer.observe(record);
    }
    partition.take(statistics, taught.length);
    const took = sampled.length + taught.length > 0;
    this.#taught ||= took;
    return took;
  }

  /** A record that can't be used, of a worker with other settings or of another version, must not stop the trainer. */
  #use<T>(topic: string, offset: bigint, use: () => T): T | undefined {
    try {
      return use();
    } catch (error) {
      if (!(error instanceof SegtideError)) throw error;
      this.#refuse('lesson', topic, offset, error);
      return undefined;
    }
  }

  #refuse(kind: RefusedRecord['kind'], topic: string, offset: bigint, error: SegtideError): void {
    this.#parts.onRefused({ kind, topic, offset }, error);
  }

  #isChanged(trainer: Trainer): boolean {
    return this.#taught || this.#parts.records.bytes > 0 || trainer.outcomes.length !== this.#outcomes;
  }

  async #commit(trainer: Trainer): Promise<void> {
    const { store, partition, records, clock, onCommit } = this.#parts;
    const { settings } = this.#options;
    for (const topic of partition.topics) {
      const next = partition.next(topic);
      if (next !== undefined) this.#offsets.set(topic, next);
    }
    const { seriesHash } = settings.model;
    const offsets = new Map(this.#offsets);
    const snapshot = trainer.snapshot();
    // 20 ms for a sample of 10,000 windows, and 10 ms to pack it.
    await nextTurn();
    const checkpoint = encodeTrainerState({ seriesHash, offsets, trainer: snapshot });
    this.#stateBytes = checkpoint.length;
    this.#taught = false;
    this.#urgent = false;
    this.#outcomes = trainer.outcomes.length;
    await store.commit({ outputs: records.take(), offsets, checkpoint });
    this.#committedAt = clock.now();
    onCommit?.(trainer);
  }
}

/** Least time between two commits by the size of the state, most of which is the sample: 1 MB/s. */
const STATE_BYTES_PER_MS = 1000;
/** How often an idle trainer looks whether a training has ended. */
const LOOK_EVERY_MS = 200;
/** Of the records that are taken in one go. */
const PIECE_BYTES = 1 << 20;
