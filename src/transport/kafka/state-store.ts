import type { OutgoingRecord } from './kafka-producer.js';

/** What one commit makes durable, all of it or nothing (with `at-least-once`: in this order). */
export interface Commit {
  /** Records by topic, in order. */
  readonly outputs: ReadonlyMap<string, readonly OutgoingRecord[]>;
  /** Offset of the next record to read, by topic of the input, for the partition that the store belongs to. */
  readonly offsets: ReadonlyMap<string, bigint>;
  /** What changed since the last commit; appended to the log. Bytes of the caller's own format. */
  readonly log?: Uint8Array | undefined;
  /** The whole state after this commit. The log before it is not needed any more. */
  readonly checkpoint?: Uint8Array | undefined;
}

/** What the last commits left. */
export interface StoredState {
  readonly checkpoint: Uint8Array | undefined;
  /** What was logged since the checkpoint, in order. */
  readonly log: readonly Uint8Array[];
}

/**
 * State of one partition and its outputs, committed together. One owner at a time: who opens it makes every earlier
 * owner's commits fail.
 */
export interface StateStore {
  /**
   * Takes ownership, and reads what was committed before, once.
   *
   * @throws SegtideError `state` where what was stored is damaged; `fenced` and `transport` as `commit`
   */
  open(): Promise<StoredState>;
  /**
   * Resolves when everything is durable; then and only then is it visible to readers of committed records. After an
   * error whose outcome is unknown it finds out whether the commit took effect, and repeats it if not: it is never there
   * twice. Commits are made one after another, and what is given belongs to the store until then.
   *
   * After any error but `state` nobody knows what is stored; a store anew over the same state can tell.
   *
   * @throws SegtideError `fenced` when another owner has opened the store, or has tried to: who still has the partition
   * then opens a new store; `transport` when the broker was not to be had for `outageMs`, or refuses; `state` when the
   * log is full, or an entry too large: the same as a checkpoint will do; `aborted` when the store was closed meanwhile
   */
  commit(commit: Commit): Promise<void>;
  /** Commits since the last checkpoint, of which there may be so many, and the bytes that they logged. */
  readonly logged: { readonly entries: number; readonly bytes: number };
  /** Ends a commit that is under way, too: it took effect or did not, as the next owner will see. */
  close(): Promise<void>;
}

/** Log entries that a store takes between two checkpoints, unless it is told otherwise. */
export const MAX_LOG_ENTRIES = 4096;
