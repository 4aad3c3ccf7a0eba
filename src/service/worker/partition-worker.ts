import { lastValueFrom, tap } from 'rxjs';
import type { AlertRules } from '../../anomaly/alert-rules.js';
import type { OpenEncoder } from '../../encode/open-encoder.js';
import { SegtideError } from '../../errors.js';
import { createPipeline } from '../../pipeline.js';
import type { Clock } from '../../ports.js';
import type { SegmentationSettings } from '../../segmentation.js';
import type { ModelRecord } from '../../train/model-record.js';
import type { AssignedPartition } from '../../transport/kafka/assigned-partition.js';
import type { OutgoingRecord } from '../../transport/kafka/kafka-producer.js';
import type { StateStore, StoredState } from '../../transport/kafka/state-store.js';
import type { ValueParser } from '../../transport/kafka/value-parser.js';
import { fatesSince } from '../../window/fates.js';
import type { Fates } from '../../window/window-batch.js';
import { createWindower, type Windower } from '../../window/windower.js';
import type { IntervalLearner, Lessons } from '../../worker/interval-learner.js';
import { createPages, type Page } from '../../worker/pages.js';
import { createPublisher } from '../../worker/publisher.js';
import { createScorer, type Scorer } from '../../worker/scorer.js';
import { ownStore } from '../run/own-store.js';
import { type CommitOptions, createCommits } from './commits.js';
import { createDecisionLog, decodeLogEntry } from './decision-log.js';
import type { OutputBuffer } from './output-buffer.js';
import { decodePartitionState, encodePartitionState, refuseOther } from './partition-state.js';
import { createRecordedSource, type RecordedSourceOptions, usageTopicsOf } from './recorded-source.js';
import { createReplay } from './replay.js';
import { createTopicClocks } from './topic-clocks.js';

export interface PartitionWorkerOptions extends RecordedSourceOptions, CommitOptions {
  readonly segmentation: SegmentationSettings;
  /** Hash of all settings that shape the state; state of others is refused. */
  readonly identity: string;
  /** Partitions of each input topic: state is of no use once customers are dealt out otherwise. */
  readonly partitions: number;
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
  /**
   * What tells others that a customer was forgotten.
   *
   * @param isKnown whether this partition knew the customer
   */
  readonly toForgotten: (
    customerId: string,
    isKnown: boolean,
  ) => Iterable<readonly [topic: string, record: OutgoingRecord]>;
  /** The model before and the one in force, with their latest centroids. */
  readonly models: () => readonly ModelRecord[];
  readonly onModelRefused: (record: ModelRecord, error: SegtideError) => void;
  readonly openEncoder?: OpenEncoder | undefined;
  /** Alert rules of the user's own. @default none */
  readonly rules?: AlertRules | undefined;
  readonly clock: Clock;
  /** The process is to end: what was done is committed. */
  readonly isStopped: () => boolean;
  /** The windows are as they were at the last checkpoint: the pages of the log since come next, if there are any. */
  readonly onStart?: (windower: Windower) => void;
  /** Reading goes on from where the last commit ended; called again between two batches, and while none comes. */
  readonly onLive?: () => void;
  /** A page is taken up. */
  readonly onPull?: (page: Page) => void;
  readonly onRestored?: (restored: { readonly records: number; readonly customers: number }) => void;
  /** @param fates of the events that came in since the page before */
  readonly onPage?: (page: Page, fates: Fates) => void;
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
  await ownStore(parts.store, parts.partition.signal, (stored) => work(options, parts, stored));
}

/** The pipeline, from the state that was stored until it is to end. */
async function work(options: PartitionWorkerOptions, parts: PartitionWorkerParts, stored: StoredState): Promise<void> {
  const { partition, values, outputs, clock, onPage } = parts;
  const { segmentation, identity, partitions } = options;
  const { series, seriesHash, encoder } = segmentation.trainer.model;
  const isStopped = (): boolean => partition.signal.aborted || parts.isStopped();

  const entries = stored.log.map(decodeLogEntry);
  const from = stored.checkpoint && decodePartitionState(stored.checkpoint);
  for (const written of [...(from === undefined ? [] : [from]), ...entries]) {
    refuseOther(written, options, partition.partition);
  }
  const starts = Object.assign({}, ...entries.map((entry) => entry.starts), from?.offsets) as Record<string, string>;
  const offsets = new Map(Object.entries(starts).map(([topic, offset]) => [topic, BigInt(offset)]));

  const log = createDecisionLog({ identity, partitions });
  const replay = createReplay(entries);
  const windower = createWindower(segmentation.window, from?.windower);
  const checkpointed = windower.fates;
  const clocks = createTopicClocks(usageTopicsOf(partition, options.forgetTopic), from?.clocks);
  const source = createRecordedSource(
    partition,
    { gatherMs: Math.min(MOST_GATHER_MS, Math.floor(options.commitEveryMs / 10)), ...options },
    {
      ...{ values, log, replay, clocks, clock, isStopped },
      wake: () => windower.wake(),
      between: () => {
        parts.onLive?.();
        return commits.whenDue();
      },
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
  const scorer = createScorer(series, seriesHash, [], encoder.engine, parts.openEncoder);
  const { rules } = parts;
  const alerts = segmentation.alerts && { ...segmentation.alerts, rules, origin: String(partition.partition) };
  const publisher = createPublisher(outputs.sinks, scorer, { clock, alerts }, from?.publisher);
  const learner = parts.createLearner(entries.at(-1)?.lessons ?? from?.lessons ?? 0);
  const teach = (): number => {
    const lessons = learner.take();
    if (lessons !== undefined) for (const [topic, record] of parts.toRecords(lessons)) outputs.add(topic, record);
    return learner.sequence;
  };
  const commits = createCommits(
    options,
    {
      ...{ store: parts.store, outputs, log, clock, teach },
      offsets: () => source.offsets(),
      records: () => windower.fates.in,
      isAtRest: () => pages.isAtRest,
      state: () =>
        encodePartitionState({
          ...{ identity, partitions, lessons: learner.sequence },
          offsets: source.position() as Record<string, string>,
          windower: windower.snapshot(),
          pages: pages.snapshot(),
          publisher: publisher.snapshot(),
          clocks: clocks.snapshot(),
        }),
    },
    checkpointed.in,
  );

  /** Events that `onPage` was told of, or that came before a restart. */
  let told = checkpointed;
  /** The next page that was not published before: those that were are only recalled. */
  const next = async (): Promise<Page | undefined> => {
    for (;;) {
      await commits.whenDue();
      const page = await pages.next();
      if (page === undefined) return undefined;
      const said = replay.page(page.windows);
      if (said === undefined) {
        parts.onPull?.(page);
        return page;
      }
      publisher.recall(page, said.segmented, said.marks);
      told = windower.fates;
      if (replay.isOver) {
        parts.onRestored?.({ records: told.in - checkpointed.in, customers: windower.counters.customers });
      }
    }
  };

  parts.onStart?.(windower);
  partition.start(offsets);
  const page$ = createPipeline({
    pages: { next },
    takeModel: createModelTaking(scorer, parts),
    scorer,
    publisher: {
      publish: async (page, scored) => {
        const published = await publisher.publish(page, scored);
        if (page.forgotten === undefined) return published;
        // What the customer taught goes first: it would be learnt after it was forgotten.
        teach();
        const customerId = Buffer.from(page.forgotten).toString();
        const isKnown = page.windows.released.length > 0;
        for (const [topic, record] of parts.toForgotten(customerId, isKnown)) outputs.add(topic, record);
        return published;
      },
    },
    learner: {
      learn: async (scored, { marks, history }) => {
        log.page(scored, marks);
        learner.learn(scored, history);
      },
    },
  });
  const tell = (page: Page): void => {
    const { fates } = windower;
    partition.working();
    onPage?.(page, fatesSince(told, fates));
    told = fates;
  };
  await lastValueFrom(page$.pipe(tap(tell)), { defaultValue: undefined });
  await (partition.signal.aborted ? commits.settle() : commits.finish());
}

/** A fraction of the time until the next commit, and in any case little beside what a record takes on its way. */
const MOST_GATHER_MS = 50;

/** Takes the records of models into force that have come since the last call; one that can't be used is told once. */
function createModelTaking(
  scorer: Scorer,
  { models, onModelRefused }: Pick<PartitionWorkerParts, 'models' | 'onModelRefused'>,
): () => Promise<void> {
  const taken = new WeakSet<ModelRecord>();
  return async () => {
    for (const record of models()) {
      if (taken.has(record)) continue;
      taken.add(record);
      try {
        await scorer.apply(record);
      } catch (error) {
        if (!(error instanceof SegtideError)) throw error;
        onModelRefused(record, error);
      }
    }
  };
}
