import { lastValueFrom, tap } from 'rxjs';
import type { OpenEncoder } from '../../encode/open-encoder.js';
import { SegtideError } from '../../errors.js';
import { createPipeline } from '../../pipeline.js';
import type { Clock } from '../../ports.js';
import type { SegmentationSettings } from '../../segmentation.js';
import type { ModelRecord } from '../../train/model-record.js';
import type { AssignedPartition } from '../../transport/kafka/assigned-partition.js';
import type { OutgoingRecord } from '../../transport/kafka/kafka-producer.js';
import type { StateStore } from '../../transport/kafka/state-store.js';
import type { ValueParser } from '../../transport/kafka/value-parser.js';
import { createWindower } from '../../window/windower.js';
import type { IntervalLearner, Lessons } from '../../worker/interval-learner.js';
import { createPages, type Page } from '../../worker/pages.js';
import { createPublisher } from '../../worker/publisher.js';
import { createScorer } from '../../worker/scorer.js';
import { createDecisionLog, decodeLogEntry, encodeLogEntry } from './decision-log.js';
import type { OutputBuffer } from './output-buffer.js';
import { decodePartitionState, encodePartitionState } from './partition-state.js';
import { createRecordedSource, type RecordedSourceOptions } from './recorded-source.js';
import { createReplay } from './replay.js';
import { createTopicClocks } from './topic-clocks.js';

export interface PartitionWorkerOptions extends RecordedSourceOptions {
  readonly segmentation: SegmentationSettings;
  /** Hash of all settings that shape the state; state of others is refused. */
  readonly identity: string;
  /** Partitions of each input topic: state is of no use once customers are dealt out otherwise. */
  readonly partitions: number;
  readonly commitEveryMs: number;
  /** A commit is not put off beyond so many bytes of outputs. */
  readonly maxCommitBytes: number;
  /** The whole state is written after so many records, or so long: what a restart must read again. */
  readonly checkpointRecords: number;
  readonly checkpointEveryMs: number;
}

export interface PartitionWorkerParts {
  readonly partition: AssignedPartition;
  readonly store: StateStore;
  readonly values: ValueParser;
  readonly outputs: OutputBuffer;
  /** @param sequence number of its first lesson */
  readonly createLearner: (sequence: number) => IntervalLearner;
  /** Records of the inner topics, in order. */
  readonly toRecords: (lessons: Lessons) => Iterable<readonly [topic: string, record: OutgoingRecord]>;
  /** What tells others that a customer was forgotten. */
  readonly toForgotten: (customerId: string) => Iterable<readonly [topic: string, record: OutgoingRecord]>;
  /** The model before and the one in force, with their latest centroids. */
  readonly models: () => readonly ModelRecord[];
  readonly onModelRefused: (record: ModelRecord, error: SegtideError) => void;
  readonly openEncoder?: OpenEncoder | undefined;
  readonly clock: Clock;
  /** The process is to end: what was done is committed. */
  readonly isStopped: () => boolean;
  readonly onRestored?: (restored: { readonly records: number; readonly customers: number }) => void;
  /** @param events that came in since the page before */
  readonly onPage?: (page: Page, events: number) => void;
}

/**
 * Works on one partition from its assignment to its revocation: restores its state, goes on where the last commit ended,
 * and commits outputs, lessons, decisions and offsets together. Resolves when the partition was revoked, where what is
 * not committed is left to its next owner, or when it was stopped and everything is committed.
 *
 * @throws SegtideError `fenced` when another process has taken the partition over; `state` when the state is damaged, of
 * other settings, or can't be restored from the input; `transport` when the broker is gone for too long
 */
export async function runPartition(options: PartitionWorkerOptions, parts: PartitionWorkerParts): Promise<void> {
  const { store, partition } = parts;
  const { signal } = partition;
  // A commit that is still being tried would stand in the way of the next owner, who may be this process again.
  const letGo = (): void => {
    store.close().catch(() => {}); // a connection that is broken already is let go as well
  };
  signal.addEventListener('abort', letGo, { once: true });
  try {
    if (!signal.aborted) await new PartitionWorker(options, parts).run();
  } catch (error) {
    // Whatever its commits met with: the partition is another's now.
    if (!signal.aborted) throw error;
  } finally {
    signal.removeEventListener('abort', letGo);
    await store.close();
  }
}

class PartitionWorker {
  readonly #options: PartitionWorkerOptions;
  readonly #parts: PartitionWorkerParts;
  readonly #log = createDecisionLog();
  #commit: Promise<void> = Promise.resolve();
  #failure: unknown;
  #committedAt: number;
  #checkpointedAt: number;
  #recordsAtCheckpoint = 0;

  constructor(options: PartitionWorkerOptions, parts: PartitionWorkerParts) {
    this.#options = options;
    this.#parts = parts;
    this.#committedAt = parts.clock.now();
    this.#checkpointedAt = this.#committedAt;
  }

  async run(): Promise<void> {
    const { partition, store, values, outputs, clock, openEncoder, onPage } = this.#parts;
    const { segmentation, identity, partitions } = this.#options;
    const { model } = segmentation.trainer;
    const stored = await store.open();
    if (partition.signal.aborted) return;

    const entries = stored.log.map(decodeLogEntry);
    const from =
      stored.checkpoint && decodePartitionState(stored.checkpoint, { identity, partitions }, partition.partition);
    const starts = Object.assign({}, ...entries.map((entry) => entry.starts), from?.offsets) as Record<string, string>;
    const offsets = new Map(Object.entries(starts).map(([topic, offset]) => [topic, BigInt(offset)]));

    const replay = createReplay(entries);
    const windower = createWindower(segmentation.window, from?.windower);
    const usageTopics = partition.topics.filter((topic) => topic !== this.#options.forgetTopic);
    const clocks = createTopicClocks(usageTopics.length, from?.clocks);
    const isStopped = (): boolean => this.#isEnding();
    const source = createRecordedSource(
      partition,
      this.#options,
      {
        ...{ values, log: this.#log, replay, clocks, clock, isStopped },
        wake: () => windower.wake(),
        between: () => between(),
      },
      offsets,
    );
    const { learnEvery, learnFirst } = segmentation;
    const pages = createPages(
      source,
      windower,
      { learnEvery, learnFirst, clock: source.clock, isStopped, isCutShort: isStopped },
      from?.pages,
    );
    const scorer = createScorer(model.series, model.seriesHash, [], model.encoder.engine, openEncoder);
    const publisher = createPublisher(outputs.sinks, scorer, { clock }, from?.publisher);
    const learner = this.#parts.createLearner(entries.at(-1)?.lessons ?? from?.lessons ?? 0);
    this.#recordsAtCheckpoint = from === undefined ? 0 : windower.fates.in;

    const commit = async (): Promise<void> => {
      // 1. One commit is under way at a time, while the next is filled.
      await this.#commit;
      // 2. What was published, what it teaches, and what was decided belong together.
      const lessons = learner.take();
      if (lessons !== undefined) {
        for (const [topic, record] of this.#parts.toRecords(lessons)) outputs.add(topic, record);
      }
      const entry = this.#log.entry(learner.sequence);
      // 3. The whole state, where the log has become long, and no input batch is half done.
      const isWhole = pages.isAtRest && this.#isCheckpointDue(windower.fates.in);
      const checkpoint = isWhole
        ? encodePartitionState({
            ...{
              identity,
              partitions,
              lessons: learner.sequence,
              offsets: source.position() as Record<string, string>,
            },
            windower: windower.snapshot(),
            pages: pages.snapshot(),
            publisher: publisher.snapshot(),
            clocks: clocks.snapshot(),
          })
        : undefined;
      if (isWhole) {
        this.#recordsAtCheckpoint = windower.fates.in;
        this.#checkpointedAt = clock.now();
      }
      // 4. All of it, or nothing.
      this.#committedAt = clock.now();
      this.#commit = store.commit({
        outputs: outputs.take(),
        offsets: new Map(source.offsets()),
        log: entry && encodeLogEntry(entry),
        checkpoint,
      });
      this.#commit.catch((error: unknown) => {
        this.#failure = error; // thrown where the work is
      });
    };
    const between = async (): Promise<number> => {
      if (this.#failure !== undefined) throw this.#failure;
      const dueMs = this.#dueMs();
      if (dueMs > 0) return dueMs;
      await commit();
      return this.#options.commitEveryMs;
    };
    let told = windower.fates.in;
    const next = async (): Promise<Page | undefined> => {
      for (;;) {
        await between();
        const page = await pages.next();
        if (page === undefined) return undefined;
        const said = replay.page(page.windows);
        if (said === undefined) return page;
        publisher.recall(page, said.segmented);
        if (replay.isOver)
          this.#tellRestored(windower.fates.in - this.#recordsAtCheckpoint, windower.counters.customers);
      }
    };

    partition.start(offsets);
    const applied = new WeakSet<ModelRecord>();
    const page$ = createPipeline({
      pages: { next },
      takeModel: async () => this.#takeModels(scorer, applied),
      scorer,
      publisher: {
        publish: async (page, scored) => {
          await publisher.publish(page, scored);
          if (page.forgotten === undefined) return;
          const customerId = Buffer.from(page.forgotten).toString();
          for (const [topic, record] of this.#parts.toForgotten(customerId)) outputs.add(topic, record);
        },
      },
      learner: {
        learn: async (scored) => {
          this.#log.page(scored);
          learner.learn(scored);
        },
      },
    });
    const tell = (page: Page): void => {
      const { in: events } = windower.fates;
      onPage?.(page, events - told);
      told = events;
    };
    await lastValueFrom(page$.pipe(tap(tell)), { defaultValue: undefined });
    // A restore that was cut short has nothing of its own to commit, and is behind the offsets of the last commit.
    if (!partition.signal.aborted && this.#log.isEventful) await commit();
    await this.#commit;
  }

  #isEnding(): boolean {
    return this.#parts.partition.signal.aborted || this.#parts.isStopped();
  }

  /** 0 where a commit is due; else the time until one may be. */
  #dueMs(): number {
    if (!this.#log.isEventful) return Math.max(1, this.#options.commitEveryMs);
    if (this.#parts.outputs.bytes >= this.#options.maxCommitBytes) return 0;
    return Math.max(0, this.#committedAt + this.#options.commitEveryMs - this.#parts.clock.now());
  }

  #isCheckpointDue(records: number): boolean {
    const { checkpointRecords, checkpointEveryMs } = this.#options;
    const { entries } = this.#parts.store.logged;
    if (entries >= MOST_ENTRIES || records - this.#recordsAtCheckpoint >= checkpointRecords) return true;
    return entries > 0 && this.#parts.clock.now() - this.#checkpointedAt >= checkpointEveryMs;
  }

  #tellRestored(records: number, customers: number): void {
    this.#parts.onRestored?.({ records, customers });
  }

  #takeModels(scorer: ReturnType<typeof createScorer>, applied: WeakSet<ModelRecord>): void {
    for (const record of this.#parts.models()) {
      if (applied.has(record)) continue;
      applied.add(record);
      try {
        scorer.apply(record);
      } catch (error) {
        if (!(error instanceof SegtideError)) throw error;
        this.#parts.onModelRefused(record, error);
      }
    }
  }
}

/** Of the log, between two checkpoints: half of what a store keeps. */
const MOST_ENTRIES = 2048;
