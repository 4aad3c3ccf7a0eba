import type { Clock } from '../../ports.js';
import { MAX_LOG_ENTRIES, type StateStore } from '../../transport/kafka/state-store.js';
import { type DecisionLog, encodeLogEntry } from './decision-log.js';
import type { OutputBuffer } from './output-buffer.js';

export interface CommitOptions {
  readonly commitEveryMs: number;
  /** A commit is not put off beyond so many bytes of outputs: work then waits for the commit before. */
  readonly maxCommitBytes: number;
  /** The whole state is written after so many records, or so long: what a restart must read again. */
  readonly checkpointRecords: number;
  readonly checkpointEveryMs: number;
}

export interface CommitParts {
  readonly store: StateStore;
  readonly outputs: OutputBuffer;
  readonly log: DecisionLog;
  readonly clock: Clock;
  /** Puts what was learnt since the last commit to the outputs; answers the number of the next lesson. */
  readonly teach: () => number;
  readonly offsets: () => ReadonlyMap<string, bigint>;
  /** Records dealt with so far. */
  readonly records: () => number;
  /** Whether no input batch is half done: only then is there a whole state. */
  readonly isAtRest: () => boolean;
  readonly state: () => Uint8Array;
}

/**
 * Commits what the pipeline of a partition has done: one commit is under way at a time, while the next is filled. Where
 * brokers take longer for a commit than the time between two, commits become larger, and work goes on.
 */
export interface Commits {
  /**
   * Commits what is due, between two pages. Waits for the commit under way only where the next one is full.
   *
   * @returns after how many ms to ask again, at the latest
   * @throws SegtideError what the commit before failed with
   */
  whenDue(): Promise<number>;
  /** Commits what is left, and resolves when everything is durable. */
  finish(): Promise<void>;
  /** Resolves when the commit under way is durable; what came after it is not committed. */
  settle(): Promise<void>;
}

/** @param records dealt with when the last checkpoint was written */
export function createCommits(options: CommitOptions, parts: CommitParts, records: number): Commits {
  const { commitEveryMs, maxCommitBytes, checkpointRecords, checkpointEveryMs } = options;
  const { store, outputs, log, clock, teach, offsets, isAtRest, state } = parts;
  let underWay: Promise<void> = Promise.resolve();
  let isUnderWay = false;
  let failed: { readonly error: unknown } | undefined;
  let committedAt = clock.now();
  let checkpoint = { at: committedAt, records };

  const isCheckpointDue = (): boolean => {
    const { entries } = store.logged;
    if (entries >= MOST_ENTRIES || parts.records() - checkpoint.records >= checkpointRecords) return true;
    return entries > 0 && clock.now() - checkpoint.at >= checkpointEveryMs;
  };
  const isWorthIt = (): boolean => log.isEventful || outputs.bytes > 0;
  /** 0 where a commit is due; else the time until one may be. */
  const dueMs = (): number => {
    if (!isWorthIt()) return Math.max(1, commitEveryMs);
    if (outputs.bytes >= maxCommitBytes) return 0;
    // A commit with the whole state is put off until a batch is dealt with, however long its windows take.
    if (isCheckpointDue() && !isAtRest()) return commitEveryMs;
    if (isUnderWay) return LOOK_MS;
    return Math.max(0, committedAt + commitEveryMs - clock.now());
  };
  const commit = async (): Promise<void> => {
    // 1. The commit before is durable.
    await underWay;
    // 2. What was published, what it teaches, and what was decided belong together.
    const entry = log.entry(teach());
    // 3. With the whole state, where the log has become long.
    const whole = isCheckpointDue() && isAtRest() ? state() : undefined;
    committedAt = clock.now();
    if (whole !== undefined) checkpoint = { at: committedAt, records: parts.records() };
    // 4. All of it, or nothing.
    underWay = store.commit({
      outputs: outputs.take(),
      offsets: new Map(offsets()),
      log: entry && encodeLogEntry(entry),
      checkpoint: whole,
    });
    isUnderWay = true;
    underWay.then(
      () => {
        isUnderWay = false;
      },
      (error: unknown) => {
        failed = { error }; // thrown where the work is
      },
    );
  };

  return {
    async whenDue() {
      if (failed !== undefined) throw failed.error;
      const ms = dueMs();
      if (ms > 0) return ms;
      await commit();
      return commitEveryMs;
    },
    async finish() {
      // A restore that was cut short has nothing of its own to commit, and is behind the offsets of the last commit.
      if (isWorthIt()) await commit();
      await underWay;
    },
    settle: () => underWay,
  };
}

/** Of the log, between two checkpoints: enough is left for the commits that come before the next batch is dealt with. */
const MOST_ENTRIES = MAX_LOG_ENTRIES / 2;
/** How soon to look again whether the commit has ended that the next one waits for. */
const LOOK_MS = 10;
