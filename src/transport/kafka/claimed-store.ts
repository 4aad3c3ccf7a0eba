import { setTimeout as sleep } from 'node:timers/promises';
import type { KafkaMessage } from 'kafkajs';
import { SegtideError } from '../../errors.js';
import type { Clock } from '../../ports.js';
import type { OutgoingRecord } from './kafka-producer.js';
import { createStateHistory } from './state-history.js';
import { CLAIM, NUMBER, TERM, toCheckpoint, toClaim, toLogEntry, toPageKey, toTombstone } from './state-records.js';
import type { Commit, StateStore, StoredState } from './state-store.js';
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
  /** Log entries that there may be since the last checkpoint. The same for all owners. @default 4096 */
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

const DEFAULTS = { maxLogEntries: 4096, outageMs: 600_000 };

type Slot = 'a' | 'b';

class ClaimedStore implements StateStore {
  readonly #options: Required<ClaimedStoreOptions>;
  readonly #parts: ClaimedStoreParts;
  readonly #id: string;
  readonly #context: { readonly topic: string; readonly partition: number };
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
  /** Keys of former owners, to be deleted with the first checkpoint. */
  #former: readonly string[] = [];

  constructor(options: ClaimedStoreOptions, parts: ClaimedStoreParts) {
    this.#options = { ...DEFAULTS, ...options };
    this.#parts = parts;
    this.#id = options.newId();
    this.#context = { topic: options.stateTopic, partition: options.statePartition };
  }

  get logged(): { readonly entries: number; readonly bytes: number } {
    return { entries: this.#entries, bytes: this.#bytes };
  }

  open(): Promise<StoredState> {
    return this.#persist(async () => {
      const id = await this.#claim(await this.#parts.openWriter());
      const history = createStateHistory(this.#context);
      await this.#readUpTo(undefined, (record) => {
        history.add(record);
        return isClaim(record, id);
      });
      const { state, number, entries, keys } = await history.restore();
      this.#term = this.#last;
      this.#number = number;
      this.#entries = entries;
      this.#bytes = state.log.reduce((sum, { length }) => sum + length, 0);
      this.#former = keys;
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
    await this.#persist(async () => {
      const done = this.#writer === undefined && (await this.#reclaim(number));
      if (!done) first = await this.#write(outputs, records, offsets);
      await this.#parts.commitOffsets?.(offsets);
    });
    this.#number = number;
    this.#entries = checkpoint === undefined ? this.#entries + 1 : 0;
    this.#bytes = checkpoint === undefined ? this.#bytes + (log?.length ?? 0) : 0;
    if (checkpoint === undefined) return;
    this.#slot = slot;
    this.#pages[slot] = pages;
    this.#former = [];
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

  /** What a checkpoint includes is not logged as well; what it replaces is deleted with it. */
  async #toRecords({ log, checkpoint }: Commit, number: number) {
    const { maxLogEntries, statePartition: partition } = this.#options;
    const owner = { term: this.#term!, partition };
    const slot: Slot = this.#slot === 'a' ? 'b' : 'a';
    if (checkpoint === undefined) return { records: [toLogEntry(owner, number, log, maxLogEntries)], pages: 0, slot };
    const records = await toCheckpoint(owner, number, slot, checkpoint);
    const pages = records.length - 1;
    for (const key of this.#former) records.push(toTombstone(key, partition));
    for (let i = pages; i < this.#pages[slot]; i++) records.push(toTombstone(toPageKey(owner, slot, i), partition));
    records.push(toLogEntry(owner, number, undefined, maxLogEntries));
    return { records, pages, slot };
  }

  /** Tries until it is done, with another writer each time. */
  async #persist<T>(attempt: () => Promise<T>): Promise<T> {
    const { clock, outageMs } = this.#options;
    let since: number | undefined;
    for (let wait = FIRST_WAIT_MS; ; wait = Math.min(2 * wait, LONGEST_WAIT_MS)) {
      try {
        return await attempt();
      } catch (error) {
        this.#writer?.close().catch(() => {}); // it may be broken, and what it leaves open the next one ends
        this.#writer = undefined;
        since ??= clock.now();
        const passes = error instanceof SegtideError && error.code === 'transport' && error.retriable;
        if (!passes || clock.now() - since >= outageMs) this.#failure ??= error;
      }
      if (this.#failure === undefined) await sleep(wait, undefined, { signal: this.#end.signal }).catch(() => {});
      if (this.#failure !== undefined) throw this.#failure;
    }
  }

  /** Answers the claim's id. */
  async #claim(writer: StateWriter): Promise<string> {
    this.#writer = writer;
    const id = `${this.#id}/${++this.#claims}`;
    await writer.write(new Map(), [toClaim(id, this.#context.partition, this.#term)], new Map());
    return id;
  }

  /** Takes the partition again after an error. Answers whether the commit took effect all the same. */
  async #reclaim(number: number): Promise<boolean> {
    const writer = await this.#parts.openWriter();
    this.#writer = writer;
    await this.#lookForOthers();
    const id = await this.#claim(writer);
    let found = false;
    await this.#readUpTo(this.#last, (record) => {
      this.#refuseOthers(record);
      found ||= isEntry(record, this.#term!, number);
      return isClaim(record, id);
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
      await this.#readUpTo(this.#last, (record) => {
        this.#refuseOthers(record);
        return BigInt(record.offset) >= last;
      });
    }
    this.#last = last;
    return first;
  }

  /** Sets `#last` to the offset of the record that is the end. */
  async #readUpTo(from: bigint | undefined, isEnd: (record: KafkaMessage) => boolean): Promise<void> {
    const { reader, outageMs } = this.#options;
    const { topic, partition } = this.#context;
    let end: KafkaMessage | undefined;
    const take = (records: readonly KafkaMessage[]): boolean => {
      end = records.find(isEnd);
      return end !== undefined;
    };
    await reader.read(topic, partition, from, take, AbortSignal.any([this.#end.signal, AbortSignal.timeout(outageMs)]));
    if (end === undefined) {
      const what = `the state in ${topic}/${partition} could not be read to its end within ${outageMs} ms`;
      throw new SegtideError('transport', what, { retriable: true, context: this.#context });
    }
    this.#last = BigInt(end.offset);
  }

  /** Reads what there is since the last own record, without an end that would tell when that is all. */
  async #lookForOthers(): Promise<void> {
    const quiet = new AbortController();
    let timer = setTimeout(() => quiet.abort(), PATIENCE_MS);
    const take = (records: readonly KafkaMessage[]): boolean => {
      for (const record of records) this.#refuseOthers(record);
      clearTimeout(timer);
      timer = setTimeout(() => quiet.abort(), QUIET_MS);
      return false;
    };
    const { topic, partition } = this.#context;
    const signal = AbortSignal.any([this.#end.signal, quiet.signal]);
    await this.#options.reader.read(topic, partition, this.#last, take, signal).finally(() => clearTimeout(timer));
  }

  /** @throws SegtideError `fenced` where a later owner wrote the record */
  #refuseOthers(record: KafkaMessage): void {
    const term = record.headers?.[TERM]?.toString();
    const foreign = isClaim(record)
      ? !String(record.value).startsWith(`${this.#id}/`)
      : term !== undefined && BigInt(term) > this.#term!;
    if (foreign) throw toFenced(this.#context);
  }
}

const FIRST_WAIT_MS = 20;
const LONGEST_WAIT_MS = 2000;
/** A reader whose broker is back finds it within that time. */
const PATIENCE_MS = 5000;
/** Three times as long as a broker holds back its answer that there is nothing more. */
const QUIET_MS = 300;

function isClaim({ key, value }: KafkaMessage, id?: string): boolean {
  return String(key) === CLAIM && (id === undefined || String(value) === id);
}

function isEntry({ key, headers }: KafkaMessage, term: bigint, number: number): boolean {
  return String(key).startsWith(`${term}/log/`) && String(headers?.[NUMBER]) === String(number);
}
