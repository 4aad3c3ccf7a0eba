import { setTimeout as sleep } from 'node:timers/promises';
import { SegtideError } from '../../errors.js';
import type { Clock } from '../../ports.js';
import type { FetchedRecord } from './fetched-records.js';
import { isUnknownTopic } from './kafka-error.js';
import type { OutgoingRecord } from './kafka-producer.js';
import { createStateHistory } from './state-history.js';
import { createStatePartition, type ReadWaits, type StatePartition } from './state-partition.js';
import {
  NUMBER,
  TERM,
  toCheckpoint,
  toClaim,
  toClaimId,
  toClaimKey,
  toLogEntry,
  toPageKey,
  toTombstone,
} from './state-records.js';
import { type Commit, MAX_LOG_ENTRIES, type StateStore, type StoredState } from './state-store.js';
import type { StateWriter } from './state-writer.js';
import { MAX_BATCH_BYTES } from './to-requests.js';
import type { TopicReader } from './topic-reader.js';
import { toFenced } from './write-failure.js';

/** What stores of both kinds of delivery take. */
export interface ClaimedStoreOptions {
  /** Reads the state topic; stays its owner's to close. */
  readonly reader: TopicReader;
  readonly stateTopic: string;
  readonly statePartition: number;
  /** Log entries that there may be since the last checkpoint. @default `MAX_LOG_ENTRIES` */
  readonly maxLogEntries?: number;
  /** How long a commit is tried again before it fails. @default 600000, ten minutes */
  readonly outageMs?: number;
  readonly clock: Clock;
  /** Makes an id that nobody else has. */
  readonly newId: () => string;
}

/** The parts of a store that differ between kinds of delivery. */
export interface ClaimedStoreParts {
  openWriter(): Promise<StateWriter>;
  /** Called after each commit, when the store is known to be still its owner's. */
  commitOffsets?(offsets: ReadonlyMap<string, bigint>): Promise<void>;
  /** Whether nobody but the owner's own records can make its offsets grow: then a gap shows that somebody else wrote. */
  readonly dense: boolean;
  /** Removes records before an offset, which a checkpoint has made needless. Tells failures itself. */
  trim(before: bigint): void;
  readonly waits: ReadWaits;
  /** Before a failed attempt is followed by another, at first; each time twice as long. @default 20 */
  readonly retryMs?: number;
}

/**
 * The algorithm of a store over a partition of claims, log entries and checkpoints.
 *
 * Who opens it writes a claim and reads up to it: a certain end, before which lies all that earlier owners have
 * committed. A commit whose outcome is unknown is settled in the same way: a new writer, a new claim, and a look at
 * what lies between the last record that this owner knows of and the claim. If the commit's log entry is there, it took
 * effect; if not it never will, as the new writer has ended the old one's transaction.
 *
 * A new writer fences whoever has taken the partition over meanwhile. So the owner first looks for foreign claims
 * without writing, and does not win the partition back. A foreign owner may still come between that look and the new
 * writer: then its claim lies before ours, we find it and give up, and the foreign owner's next write fails as fenced, so
 * that it has to open the store anew. If it had not yet claimed, it has committed nothing, and its claim fails. In no
 * case do two owners commit to the same end: each commits only after a claim that no foreign claim precedes since its
 * last own record, and only until the next one's writer begins.
 */
export function createClaimedStore(options: ClaimedStoreOptions, parts: ClaimedStoreParts): StateStore {
  return new ClaimedStore(options, parts);
}

const DEFAULTS = { maxLogEntries: MAX_LOG_ENTRIES, outageMs: 600_000 };

type Slot = 'a' | 'b';

class ClaimedStore implements StateStore {
  readonly #options: Required<ClaimedStoreOptions>;
  readonly #parts: ClaimedStoreParts;
  readonly #id: string;
  readonly #context: { readonly topic: string; readonly partition: number };
  readonly #partition: StatePartition;
  readonly #end = new AbortController();
  #writer: StateWriter | undefined;
  #claims = 0;
  /** After an error nobody knows what is stored, but who opens the store anew. */
  #failure: unknown;
  #term: bigint | undefined;
  /** Offset of the last own record. */
  #last = 0n;
  /** Number of the last commit. */
  #number = 0;
  #entries = 0;
  #bytes = 0;
  /** Where the last checkpoint of this owner is, and the pages that each place holds. */
  #slot: Slot = 'b';
  readonly #pages = { a: 0, b: 0 };
  /** Keys of former owners, and of claims: needed until this owner has a checkpoint. */
  #former: string[] = [];
  /**
   * Keys that nobody needs any more, to be deleted with the next commit. Not with the checkpoint that replaces them:
   * without transactions it may turn out to be a former owner's, and void.
   */
  #garbage: readonly string[] = [];

  constructor(options: ClaimedStoreOptions, parts: ClaimedStoreParts) {
    this.#options = { ...DEFAULTS, ...options };
    this.#parts = parts;
    this.#id = options.newId();
    this.#context = { topic: options.stateTopic, partition: options.statePartition };
    const { outageMs } = this.#options;
    const { waits } = parts;
    this.#partition = createStatePartition(options.reader, this.#context, waits, outageMs, this.#end.signal);
  }

  get logged(): { readonly entries: number; readonly bytes: number } {
    return { entries: this.#entries, bytes: this.#bytes };
  }

  open(): Promise<StoredState> {
    return this.#persist(async () => {
      const id = await this.#claim(await this.#parts.openWriter());
      const history = createStateHistory(this.#context);
      this.#last = await this.#partition.readUpTo(undefined, (record) => {
        history.add(record);
        return toClaimId(record) === id;
      });
      const { state, number, entries, keys } = await history.restore();
      this.#term = this.#last;
      this.#number = number;
      this.#entries = entries;
      this.#bytes = state.log.reduce((sum, { length }) => sum + length, 0);
      this.#former = [...keys];
      return state;
    });
  }

  async commit(commit: Commit): Promise<void> {
    const { log, checkpoint, outputs, offsets } = commit;
    if (this.#failure !== undefined) throw this.#failure;
    this.#check(commit);
    const number = this.#number + 1;
    const { records, pages, slot } = await this.#toRecords(commit, number);
    let first: bigint | undefined;
    let done = false;
    await this.#persist(async () => {
      if (this.#writer === undefined) done = (await this.#reclaim(number)) || done;
      if (!done) first = await this.#write(outputs, records, offsets);
      done = true;
      await this.#parts.commitOffsets?.(offsets);
    });
    this.#number = number;
    this.#entries = checkpoint === undefined ? this.#entries + 1 : 0;
    this.#bytes = checkpoint === undefined ? this.#bytes + (log?.length ?? 0) : 0;
    // What took effect all the same may lack its tombstones.
    if (first !== undefined) this.#garbage = [];
    if (checkpoint === undefined) return;
    const surplus = Math.max(0, this.#pages[slot] - pages);
    const owner = { term: this.#term!, partition: this.#context.partition };
    this.#garbage = [
      ...this.#garbage,
      ...this.#former,
      ...Array.from({ length: surplus }, (_, i) => toPageKey(owner, slot, pages + i)),
    ];
    this.#former = [];
    this.#slot = slot;
    this.#pages[slot] = pages;
    if (first !== undefined) this.#parts.trim(first);
  }

  async close(): Promise<void> {
    this.#failure ??= new SegtideError('aborted', 'The state store is closed.', { context: this.#context });
    this.#end.abort();
    const writer = this.#writer;
    this.#writer = undefined;
    await writer?.close();
  }

  #check({ log, checkpoint }: Commit): void {
    if (this.#term === undefined) this.#refuse('takes commits only once it is open');
    if (checkpoint !== undefined) return;
    const { maxLogEntries } = this.#options;
    if (this.#entries >= maxLogEntries) {
      this.#refuse(`has ${maxLogEntries} log entries since its last checkpoint, the most there may be; commit one`);
    }
    if (log !== undefined && log.length > MAX_BATCH_BYTES) {
      this.#refuse(`takes log entries of at most ${MAX_BATCH_BYTES} bytes, not of ${log.length}; commit a checkpoint`);
    }
  }

  #refuse(what: string): never {
    const { topic, partition } = this.#context;
    throw new SegtideError('state', `The state store of ${topic}/${partition} ${what}.`, { context: this.#context });
  }

  /** The log entry is last, as the sign that all was written; tombstones first, as a page may come back under their keys. */
  async #toRecords({ log, checkpoint }: Commit, number: number) {
    const { maxLogEntries, statePartition: partition } = this.#options;
    const owner = { term: this.#term!, partition };
    const slot: Slot = this.#slot === 'a' ? 'b' : 'a';
    const written = checkpoint === undefined ? [] : await toCheckpoint(owner, number, slot, checkpoint);
    const deleted = this.#garbage.map((key) => toTombstone(key, partition));
    // What a checkpoint includes is not logged as well. Its entry must not take the place of one that is still needed,
    // should the checkpoint be void: there is a place more than there are entries.
    const logged = checkpoint === undefined ? (log ?? 'nothing') : 'checkpoint';
    const entry = toLogEntry(owner, number, logged, maxLogEntries + 1);
    return { records: [...deleted, ...written, entry], pages: Math.max(0, written.length - 1), slot };
  }

  /** Tries until it is done, with another writer each time. */
  async #persist<T>(attempt: () => Promise<T>): Promise<T> {
    const { clock, outageMs } = this.#options;
    let since: number | undefined;
    for (let wait = this.#parts.retryMs ?? 20; ; wait = Math.min(2 * wait, LONGEST_WAIT_MS)) {
      try {
        return await attempt();
      } catch (error) {
        this.#writer?.close().catch(() => {}); // it may be broken, and what it leaves open the next one ends
        this.#writer = undefined;
        since ??= clock.now();
        const passes = error instanceof SegtideError && error.code === 'transport' && error.retriable;
        const patienceMs = isUnknownTopic(error) ? Math.min(outageMs, UNKNOWN_TOPIC_MS) : outageMs;
        if (!passes || clock.now() - since >= patienceMs) this.#failure ??= error;
      }
      if (this.#failure === undefined) await sleep(wait, undefined, { signal: this.#end.signal }).catch(() => {});
      if (this.#failure !== undefined) throw this.#failure;
    }
  }

  /** Answers the claim's id. */
  async #claim(writer: StateWriter): Promise<string> {
    this.#writer = writer;
    // Closed meanwhile: a claim would fence whoever has the partition now.
    if (this.#end.signal.aborted) throw this.#failure;
    const id = `${this.#id}/${++this.#claims}`;
    await writer.write(new Map(), [toClaim(id, this.#context.partition, this.#term)], new Map());
    return id;
  }

  /** Takes the partition again after an error. Answers whether the commit took effect all the same. */
  async #reclaim(number: number): Promise<boolean> {
    const writer = await this.#parts.openWriter();
    this.#writer = writer;
    await this.#partition.readAll(this.#last, (record) => this.#refuseOthers(record));
    const id = await this.#claim(writer);
    this.#former.push(toClaimKey(id));
    let found = false;
    this.#last = await this.#partition.readUpTo(this.#last, (record) => {
      this.#refuseOthers(record);
      found ||= isSign(record, this.#term!, number);
      return toClaimId(record) === id;
    });
    return found;
  }

  async #write(
    outputs: Commit['outputs'],
    records: readonly OutgoingRecord[],
    offsets: Commit['offsets'],
  ): Promise<bigint> {
    const { first, last } = await this.#writer!.write(outputs, records, offsets);
    if (this.#parts.dense && first !== this.#last + 1n) {
      await this.#partition.readUpTo(this.#last, (record) => {
        this.#refuseOthers(record);
        return record.offset >= last;
      });
    }
    this.#last = last;
    return first;
  }

  /** @throws SegtideError `fenced` where a later owner wrote the record */
  #refuseOthers(record: FetchedRecord): void {
    const claim = toClaimId(record);
    const term = record.headers?.[TERM]?.toString();
    const foreign =
      claim === undefined ? term !== undefined && BigInt(term) > this.#term! : !claim.startsWith(`${this.#id}/`);
    if (foreign) throw toFenced(this.#context);
  }
}

/** A broker that has just come, or has not yet heard of a new topic, says that there is none; after so long there is none. */
const UNKNOWN_TOPIC_MS = 5000;

/** Between two attempts, at most. */
const LONGEST_WAIT_MS = 2000;

/**
 * Whether a commit took effect by this record: by its log entry, or by the manifest of its checkpoint, which may be there
 * without the entry where writes are not atomic. A checkpoint that is there is not written again: somebody else may have
 * the partition by then, and compaction would prefer what is void of the same keys.
 */
function isSign({ key, headers }: FetchedRecord, term: bigint, number: number): boolean {
  const sign = String(key).startsWith(`${term}/log/`) || String(key).startsWith(`${term}/manifest/`);
  return sign && String(headers?.[NUMBER]) === String(number);
}
