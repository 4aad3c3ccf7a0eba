import { setTimeout as sleep } from 'node:timers/promises';
import type { UsageBatch } from '../../ingest/usage-batch.js';
import type { Clock, Source } from '../../ports.js';
import type { AssignedPartition } from '../../transport/kafka/assigned-partition.js';
import { type FetchedRecords, joinRecords, NO_RECORDS } from '../../transport/kafka/fetched-records.js';
import type { ValueParser } from '../../transport/kafka/value-parser.js';
import { verifyKeys } from '../../transport/kafka/verify-keys.js';
import type { DecisionLog } from './decision-log.js';
import { type Decision, type Replay, toMismatch } from './replay.js';
import type { TopicClocks } from './topic-clocks.js';

export interface RecordedSourceOptions {
  /** Topic whose records name customers to be forgotten, by their key. */
  readonly forgetTopic?: string | undefined;
  readonly keyed: 'verify' | 'trust';
  /** Bytes of records in one batch, about. */
  readonly maxBatchBytes: number;
  /**
   * A few records wait so long for more: a restart takes every batch again, and that costs as much for one record as for
   * a thousand. In ms; part of what results wait for their commit. @default 0
   */
  readonly gatherMs?: number;
  /** Silence is told after so long without records. In ms. */
  readonly idleMs: number;
  /** A topic without records for so long no longer holds the watermark back. In ms. */
  readonly topicIdleMs: number;
  /** Event times further ahead of processing time move no clock that topics share. In ms. */
  readonly maxAheadMs: number;
}

export interface RecordedSourceParts {
  readonly values: ValueParser;
  readonly log: DecisionLog;
  readonly replay: Replay;
  readonly clocks: TopicClocks;
  /** Processing time. */
  readonly clock: Clock;
  /** Called when reading goes on, after a replay or for the first time. */
  readonly wake: () => void;
  readonly isStopped: () => boolean;
  /** Called between two batches and while none comes, at the latest after what it answered last. In ms. */
  readonly between: () => Promise<number>;
}

/**
 * Usage events of one partition, whose every decision can be taken again: which records made a batch, and at what time.
 * As long as there is a replay, batches and times are those that it names; then they are those of the moment, and are
 * logged.
 */
export interface RecordedSource extends Source {
  /** The time of the last batch: in a replay, the recorded one. */
  readonly clock: Clock;
  /** Offset of the next record, by topic; topics without any are left out. */
  offsets(): ReadonlyMap<string, bigint>;
}

/** @param from offsets of a checkpoint */
export function createRecordedSource(
  partition: AssignedPartition,
  { forgetTopic, keyed, maxBatchBytes, gatherMs = 0, idleMs, topicIdleMs, maxAheadMs }: RecordedSourceOptions,
  { values, log, replay, clocks, clock, wake, isStopped, between }: RecordedSourceParts,
  from: ReadonlyMap<string, bigint>,
): RecordedSource {
  // Usage first, as the clocks count it.
  const topics = [
    ...usageTopicsOf(partition, forgetTopic),
    ...partition.topics.filter((topic) => topic === forgetTopic),
  ];
  const offsets = new Map(from);
  const awayMs = Math.max(OUTAGE_MS, 2 * idleMs);
  const takenAt = topics.map(() => clock.now());
  let isLive = false;
  let now = Number.NaN;
  let pulledAt = clock.now();
  /** Whether what waits was given time to become more. */
  let gathered = false;
  /** Of the partition, when records or silence were last told. */
  let roundsSeen = 0;
  /** When brokers were last known to answer. */
  let answered = { rounds: partition.rounds, at: clock.now() };

  const contextOf = (topic: string) => ({
    topic,
    partition: partition.partition,
    source: `${topic}/${partition.partition}`,
  });

  async function toBatch(topic: number, records: FetchedRecords, idle: number, knownUnknown?: ReadonlySet<number>) {
    if (topics[topic] === forgetTopic) {
      const forget = records.length === 0 ? null : records.key(0);
      if (forget === null) throw toMismatch('a request to forget a customer is gone, or names nobody');
      return { batch: { ...nothing(false), forget }, taken: 1, unknownIds: undefined };
    }
    const context = contextOf(topics[topic]!);
    await values.prepare?.(records);
    const { batch, taken, recordOf, unknownIds } = values.parse(records, context.source, knownUnknown);
    if (keyed === 'verify') verifyKeys(batch, records, recordOf, context);
    const clockTimes = clocks.follow(topic, batch.eventTimes, batch.length, idle, now + maxAheadMs);
    return { batch: { ...batch, clockTimes }, taken, unknownIds };
  }

  const nothing = (waiting: boolean): UsageBatch => ({
    ...values.parse(NO_RECORDS, contextOf(topics[0]!).source).batch,
    waiting,
  });

  /** The topics that have been without records for long, a bit each. */
  function idleTopics(): number {
    let idle = 0;
    const waiting = partition.waiting;
    for (const [i, topic] of topics.entries()) {
      if (waiting.includes(topic)) takenAt[i] = clock.now();
      else if (clock.now() - takenAt[i]! >= topicIdleMs) idle |= 1 << i;
    }
    return idle;
  }

  /** The records of the topic up to an offset, whatever the pieces in which they are fetched now. */
  async function retake(topic: string, next: bigint): Promise<FetchedRecords | undefined> {
    const pieces: FetchedRecords[] = [];
    while (!partition.signal.aborted && !isStopped()) {
      const more = partition.peek(topic, Number.POSITIVE_INFINITY, next);
      if (more.length > 0) pieces.push(more);
      partition.take(topic, more.length);
      const end = more.length === 0 ? 0n : more.offset(more.length - 1) + 1n;
      if (end >= next || (partition.next(topic) ?? 0n) >= next) return joinRecords(pieces);
      // Those of another topic may come first, and have to wait.
      if (more.length === 0) await partition.arrival(idleMs, topic);
    }
    return undefined;
  }

  async function repeat(decision: Decision): Promise<UsageBatch | undefined> {
    const { kind, topic, next, count, idle, unknownIds } = decision;
    now = decision.clock;
    if (kind === 'wake') {
      wake();
      return undefined;
    }
    if (kind === 'silence') return nothing(false);
    if (!topics.includes(topic)) throw toMismatch(`${topic} is not read any more`);
    const records = await retake(topic, next);
    if (records === undefined) return nothing(true);
    if (records.length !== count) throw toMismatch(`a batch has ${records.length} records that had ${count}`);
    offsets.set(topic, next);
    return (await toBatch(topics.indexOf(topic), records, idle, unknownIds)).batch;
  }

  /** The topic that is furthest behind of those with records, requests to forget first; -1 where none has any. */
  function nextTopic(): number {
    let topic = -1;
    for (const name of partition.waiting) {
      const candidate = topics.indexOf(name);
      if (name === forgetTopic) return candidate;
      if (topic < 0 || clocks.newest(candidate) < clocks.newest(topic)) topic = candidate;
    }
    return topic;
  }

  async function takeNext(): Promise<UsageBatch | undefined> {
    const topic = nextTopic();
    if (topic < 0) return undefined;
    const name = topics[topic]!;
    const idle = idleTopics();
    now = clock.now();
    const records = partition.peek(name, name === forgetTopic ? 1 : maxBatchBytes);
    const { batch, taken, unknownIds } = await toBatch(topic, records, idle);
    const next = records.offset(taken - 1) + 1n;
    if (!offsets.has(name)) log.starts(name, records.offset(0));
    log.take({ topic: name, next, count: taken, idle, clock: now, unknownIds });
    partition.take(name, taken);
    offsets.set(name, next);
    pulledAt = now;
    gathered = false;
    roundsSeen = partition.rounds;
    return batch;
  }

  /** How long the few records that wait, not long after the last ones, may still wait for more. In ms. */
  function patience(): number {
    const topic = nextTopic();
    const ms = gatherMs - (clock.now() - pulledAt);
    if (gathered || ms <= 0 || topic < 0 || topics[topic] === forgetTopic) return 0;
    const records = partition.peek(topics[topic]!, maxBatchBytes);
    return records.size(0, records.length) < maxBatchBytes / MANY ? ms : 0;
  }

  function goLive(): void {
    if (!replay.isOver) throw toMismatch('fewer windows come of it');
    isLive = true;
    listenAnew();
  }

  /** What comes next says nothing of the time in which nobody listened. */
  function listenAnew(): void {
    now = clock.now();
    pulledAt = now;
    answered = { rounds: partition.rounds, at: now };
    takenAt.fill(now);
    log.wake(now);
    wake();
  }

  /** Brokers that answer again after they were away were not silent meanwhile, and nor were those who wrote to them. */
  function noticeOutage(): void {
    const { rounds } = partition;
    if (rounds === answered.rounds) return;
    if (clock.now() - answered.at >= awayMs) listenAnew();
    answered = { rounds, at: clock.now() };
  }

  return {
    clock: { now: () => now },
    offsets: () => offsets,
    position: () => Object.fromEntries(Array.from(offsets, ([topic, next]) => [topic, String(next)])),
    async pull() {
      for (;;) {
        if (partition.signal.aborted || isStopped()) return nothing(true);
        const decision = isLive ? undefined : replay.decision();
        if (decision !== undefined) {
          const batch = await repeat(decision);
          if (batch !== undefined) return batch;
          continue;
        }
        if (!isLive) goLive();
        const dueMs = await between();
        noticeOutage();
        const ms = patience();
        if (ms > 0) {
          gathered = true;
          await sleep(Math.min(ms, dueMs), undefined, { signal: partition.signal }).catch(() => {}); // revoked
          continue;
        }
        const batch = await takeNext();
        if (batch !== undefined) return batch;
        const silentMs = clock.now() - pulledAt;
        const { rounds } = partition;
        if (silentMs >= idleMs && rounds > roundsSeen && clock.now() - answered.at < awayMs) {
          roundsSeen = rounds;
          now = clock.now();
          pulledAt = now;
          log.silence(now);
          return nothing(false);
        }
        await partition.arrival(Math.max(1, Math.min(Math.max(RETRY_MS, idleMs - silentMs), dueMs)));
      }
    },
    close: async () => undefined,
  };
}

/** Records of this part of a batch are many: they are taken at once. */
const MANY = 16;
/** Without any answer of a broker for so long, it was away. In ms. */
const OUTAGE_MS = 5000;
/** How often to look again for brokers that are away: until they answer, that nothing comes says nothing. In ms. */
const RETRY_MS = 50;

/** The partition's topics of usage, in the order in which they are counted. */
export function usageTopicsOf(
  { topics }: Pick<AssignedPartition, 'topics'>,
  forgetTopic: string | undefined,
): string[] {
  return topics.filter((topic) => topic !== forgetTopic).sort();
}
