import type { Kafka } from 'kafkajs';
import { SegtideError } from '../../errors.js';
import type { UsageBatch } from '../../ingest/usage-batch.js';
import type { Clock, Source, SourcePosition } from '../../ports.js';
import { type FetchedRecords, NO_RECORDS } from './fetched-records.js';
import { type GroupConsumer, startGroupConsumer } from './group-consumer.js';
import { openKafka } from './kafka-connection.js';
import { isRebalance, toTransportError } from './kafka-error.js';
import { type KafkaSourceOptions, type KafkaSourceSettings, resolveKafkaSource } from './kafka-source-options.js';
import { createPartitionClocks } from './partition-clocks.js';
import { createPartitionProgress, type KafkaPosition } from './partition-progress.js';
import { createPreparation } from './preparation.js';
import { createRecordQueue } from './record-queue.js';
import { createSignal } from './signal.js';
import { committedOffsets, describeTopic, offsetsAt, type PartitionRange } from './topics.js';
import type { ValueParser } from './value-parser.js';
import { verifyKeys } from './verify-keys.js';

/** What a source needs beside its options. */
export interface KafkaSourceParts {
  readonly values: ValueParser;
  readonly clock: Clock;
  /** Go on here, whatever the group has committed: the position of a checkpoint, which knows what its state has seen. */
  readonly from?: SourcePosition;
  /** Called without `from` when the group has committed before: state that belongs to its offsets is missing. */
  readonly onCommittedOnly?: () => void;
}

/**
 * Usage events of one topic, pulled through a consumer group. The partitions that the group gives this member are
 * handed over as one stream: one partition a batch, the one that is furthest behind in event time first.
 *
 * Delivery is at least once, if the caller keeps the order of a commit:
 *
 * 1. take `position()` after a pulled batch;
 * 2. let the stages finish what was pulled up to there, and flush every sink;
 * 3. store the stages' state together with the position, where there is a checkpoint;
 * 4. `commit` the position.
 *
 * A crash before step 4 repeats what came after the last commit, and loses nothing. Nothing is committed but by
 * `commit`.
 */
export interface KafkaSource extends Source {
  /**
   * The next batch; an empty one after `idleMs` without records, so that windows can close by wall clock (`waiting`
   * while this member has no partitions). Undefined after `close`. Rejects with what stopped the consumer, again at each call.
   */
  pull(): Promise<UsageBatch | undefined>;
  position(): KafkaPosition;
  /** Commits a position, by default the current one, for the partitions that are still this member's. */
  commit(position?: SourcePosition): Promise<void>;
  /** True while the group waits for this member before it deals the partitions anew: flush and commit now. */
  readonly wantsCommit: boolean;
  /** Partitions of this member, as `topic/partition`. */
  assigned(): readonly string[];
  /** Partitions that were taken away since the last call. State of their customers belongs to another member now. */
  takeRevoked(): readonly string[];
}

/** @throws SegtideError `config` for a wrong option, `transport` when the topic or the brokers are not to be had */
export async function createKafkaSource(options: KafkaSourceOptions, parts: KafkaSourceParts): Promise<KafkaSource> {
  const settings = resolveKafkaSource(options);
  const kafka = await openKafka(options);
  const ranges = await describeTopic(kafka, settings.topic);
  const committed = await committedOffsets(kafka, settings.groupId, settings.topic);
  if (parts.from === undefined && committed.size > 0) parts.onCommittedOnly?.();
  const from = { ...(await pinStart(kafka, settings, ranges, committed)), ...parts.from };
  const progress = createPartitionProgress(settings.topic, ranges, from);
  return startSource(kafka, settings, parts, progress, ranges.length);
}

/**
 * Names an offset for partitions that have none yet: "the newest" would be another one after a restart, and what came
 * in between would be lost.
 */
async function pinStart(
  kafka: Kafka,
  { topic, startAt }: KafkaSourceSettings,
  ranges: readonly PartitionRange[],
  committed: ReadonlyMap<number, bigint>,
): Promise<SourcePosition> {
  if (startAt === 'earliest') return {};
  const pinned = ranges.filter(({ partition }) => !committed.has(partition));
  const at = typeof startAt === 'number' ? await offsetsAt(kafka, topic, startAt) : undefined;
  return Object.fromEntries(
    pinned.map(({ partition, high }) => [`${topic}/${partition}`, String(at?.get(partition) ?? high)]),
  );
}

async function startSource(
  kafka: Kafka,
  settings: KafkaSourceSettings,
  { values, clock }: KafkaSourceParts,
  progress: ReturnType<typeof createPartitionProgress>,
  partitionCount: number,
): Promise<KafkaSource> {
  const queue = createRecordQueue();
  const preparation = createPreparation(values);
  const clocks = createPartitionClocks(settings.partitionIdleMs);
  const arrival = createSignal();
  const room = createSignal();
  const joining = createSignal();
  const drained = createSignal();
  let state: 'running' | 'leaving' | 'closed' = 'running';
  let told = false; // the caller has seen an empty batch since the group began to wait
  let failure: SegtideError | undefined;
  let answered = false;
  let silentMs = 0;

  const fail = (error: SegtideError): void => {
    failure ??= error;
    for (const signal of [arrival, room, joining, drained]) signal.set();
  };

  const consumer: GroupConsumer = await startGroupConsumer(kafka, settings, partitionCount, {
    joined(partitions) {
      for (const partition of progress.revokedBy(partitions)) queue.drop(partition);
      clocks.assign(partitions, clock.now());
      joining.set();
      room.set();
      return progress.assign(partitions);
    },
    fetching: () => clocks.fetching(clock.now()),
    arrived: (partition) => clocks.fetched(partition, clock.now()),
    room: () =>
      (state === 'running' && failure === undefined && queue.bytes >= settings.maxBytesInFlight / 2) ||
      state === 'leaving'
        ? room.next()
        : undefined,
    records(partition, records, next) {
      const refusal = progress.fetched(partition, records.offset(0), next);
      if (refusal !== undefined) return fail(refusal);
      queue.push(partition, records);
      arrival.set();
    },
    answered(fetch) {
      silentMs = 0;
      if (fetch || progress.partitions.length === 0) answered = true;
    },
    async leaving() {
      if (state !== 'running') return drained.next();
      state = 'leaving';
      told = false;
      arrival.set();
      await drained.within(settings.rebalanceTimeoutMs / 2);
      if (state === 'leaving') state = 'running';
      room.set();
    },
    failed: fail,
  });

  /** The partition whose records are next, undefined where none wait. */
  const furthestBehind = (): number | undefined => {
    let partition: number | undefined;
    for (const candidate of queue.partitions) {
      if (partition === undefined || clocks.newest(candidate) < clocks.newest(partition)) partition = candidate;
    }
    return partition;
  };
  const parse = (partition: number, records: FetchedRecords): UsageBatch => {
    const { batch, taken, recordOf } = values.parse(records, progress.sourceOf(partition));
    if (settings.keyed === 'verify' && partitionCount > 1)
      verifyKeys(batch, records, recordOf, progress.contextOf(partition));
    const clockTimes = clocks.follow(partition, batch.eventTimes, batch.length, clock.now() + settings.maxAheadMs);
    queue.take(partition, taken);
    clocks.fetched(partition, clock.now());
    progress.handedOver(partition, records.offset(taken - 1), !queue.has(partition));
    if (queue.bytes < settings.maxBytesInFlight / 2) room.set();
    return { ...batch, clockTimes };
  };
  const nothing = (waiting: boolean): UsageBatch => ({
    ...values.parse(NO_RECORDS, progress.sourceOf(0)).batch,
    waiting,
  });

  return {
    async pull() {
      for (;;) {
        if (failure !== undefined) throw failure;
        if (state === 'closed') return undefined;
        const partition = furthestBehind();
        if (partition !== undefined) {
          const records = queue.peek(partition, settings.maxBatchBytes);
          const ready = preparation.of(records, settings.idleMs);
          if (ready === true) return parse(partition, records);
          // While records wait there is no silence in which windows could close.
          if (!(await ready)) return nothing(true);
          continue; // the partition may have been given away meanwhile
        }
        if (state === 'leaving' && !told) {
          told = true;
          return nothing(true);
        }
        answered = false;
        if (await arrival.within(settings.idleMs)) continue;
        // Until the group has dealt its partitions there is nothing that could be silent.
        if (answered) return nothing(progress.partitions.length === 0);
        silentMs += settings.idleMs;
        if (silentMs >= settings.outageMs) fail(silence(settings));
      }
    },
    position: progress.position,
    async commit(position = progress.position()) {
      for (let attempt = 1; ; attempt++) {
        const offsets = progress.committable(position);
        try {
          if (offsets.size > 0) await consumer.commit(offsets);
          return;
        } catch (error) {
          if (failure !== undefined) throw failure;
          if (!isRebalance(error) || attempt === 3)
            throw toTransportError(error, 'the offsets could not be committed', { topic: settings.topic });
        } finally {
          // Well or not: the group need not wait for this any longer.
          if (state === 'leaving' && told) {
            state = 'running';
            drained.set();
          }
        }
        await joining.within(settings.rebalanceTimeoutMs);
      }
    },
    get wantsCommit() {
      return state === 'leaving' && told;
    },
    assigned: () => progress.partitions.map(progress.sourceOf),
    takeRevoked: progress.takeRevoked,
    async close() {
      if (state === 'closed') return;
      state = 'closed';
      for (const signal of [arrival, room, joining, drained]) signal.set();
      await consumer.close();
    },
  };
}

function silence(settings: KafkaSourceSettings): SegtideError {
  return new SegtideError(
    'transport',
    `no broker has answered for ${settings.outageMs} ms; see whether they run and can be reached, or raise \`outageMs\``,
    { retriable: true, context: { topic: settings.topic } },
  );
}
