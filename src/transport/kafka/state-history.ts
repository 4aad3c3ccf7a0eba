import { createHash } from 'node:crypto';
import { type ErrorContext, SegtideError } from '../../errors.js';
import type { FetchedRecord } from './fetched-records.js';
import { EMPTY, type Manifest, NUMBER, TERM, toClaimId, updateHash } from './state-records.js';
import type { StoredState } from './state-store.js';

/** What a partition of state topic held when it was read. */
export interface RestoredState {
  readonly state: StoredState;
  /** Number of the last commit, 0 before the first. */
  readonly number: number;
  /** Commits since the checkpoint. */
  readonly entries: number;
  /** Keys with a value. */
  readonly keys: readonly string[];
}

/** Puts together what the records of a partition of state say, whether they were compacted or not. */
export interface StateHistory {
  /** Takes records in the order of their offsets, from the oldest on. */
  add(record: FetchedRecord): void;
  /** @throws SegtideError `state` when records are missing or damaged */
  restore(): Promise<RestoredState>;
}

/** @param context topic and partition, for errors */
export function createStateHistory(context: ErrorContext): StateHistory {
  return new History(context);
}

interface Checkpoint {
  readonly number: number;
  readonly manifest: Manifest;
  readonly pages: readonly (Uint8Array | undefined)[];
}

class History implements StateHistory {
  readonly #context: ErrorContext;
  readonly #keys = new Set<string>();
  /** Highest term so far. What a lower one was late to write, when its owner had lost the partition, is void. */
  #term = -1n;
  #checkpoint: Checkpoint | undefined;
  /** Pages by the number of their commit, until its manifest follows. */
  readonly #pages = new Map<number, (Uint8Array | undefined)[]>();
  /** By the number of their commit; or why there are no bytes. */
  readonly #entries = new Map<number, Uint8Array | string>();

  constructor(context: ErrorContext) {
    this.#context = context;
  }

  add(record: FetchedRecord): void {
    const key = String(record.key);
    if (record.value === null) {
      this.#keys.delete(key);
      return;
    }
    this.#keys.add(key);
    const term = BigInt(toText(record, TERM) ?? (toClaimId(record) === undefined ? -1 : record.offset));
    if (term < this.#term) return;
    this.#term = term;
    const number = Number(toText(record, NUMBER));
    const [, kind, , page] = key.split('/');
    if (kind === 'page') this.#addPage(number, Number(page), record.value);
    else if (kind === 'manifest') this.#addManifest(number, record.value);
    else if (kind === 'log') this.#addEntry(number, record);
  }

  async restore(): Promise<RestoredState> {
    const checkpoint = await this.#joinPages();
    const first = (this.#checkpoint?.number ?? 0) + 1;
    const last = Math.max(first - 1, ...this.#entries.keys());
    const log: Uint8Array[] = [];
    for (let number = first; number <= last; number++) {
      const entry = this.#entries.get(number);
      if (entry === undefined) this.#refuse(`lacks the log entry of commit ${number} of ${last}`);
      if (entry === 'checkpoint') this.#refuse(`lacks the manifest of the checkpoint of commit ${number}`);
      if (typeof entry !== 'string') log.push(entry);
    }
    return { state: { checkpoint, log }, number: last, entries: last - first + 1, keys: [...this.#keys] };
  }

  #addPage(number: number, page: number, value: Buffer): void {
    let pages = this.#pages.get(number);
    if (pages === undefined || page === 0) {
      pages = [];
      this.#pages.set(number, pages);
    }
    pages[page] = value;
  }

  #addManifest(number: number, value: Buffer): void {
    const manifest: Manifest = JSON.parse(value.toString());
    this.#checkpoint = { number, manifest, pages: this.#pages.get(number) ?? [] };
    this.#pages.clear();
    this.#entries.clear();
  }

  #addEntry(number: number, record: FetchedRecord): void {
    if (number <= (this.#checkpoint?.number ?? 0)) return;
    // A copy: the record is a part of all that came with it.
    this.#entries.set(number, toText(record, EMPTY) ?? new Uint8Array(record.value!));
  }

  async #joinPages(): Promise<Uint8Array | undefined> {
    if (this.#checkpoint === undefined) return undefined;
    const { manifest, pages } = this.#checkpoint;
    if (manifest.format !== 1) {
      this.#refuse(`has a checkpoint of format ${manifest.format}, where this version reads 1`);
    }
    const checkpoint = new Uint8Array(manifest.bytes);
    const hash = createHash('sha256');
    let at = 0;
    for (let i = 0; i < manifest.pages; i++) {
      const page = pages[i];
      if (page === undefined) this.#refuse(`lacks page ${i + 1} of the ${manifest.pages} of its checkpoint`);
      if (at + page.length > checkpoint.length) break;
      checkpoint.set(page, at);
      at += page.length;
      await updateHash(hash, page, i);
    }
    if (hash.digest('hex') !== manifest.sha256) this.#refuse('has a checkpoint that differs from its checksum');
    return checkpoint;
  }

  #refuse(what: string): never {
    const { topic, partition } = this.#context;
    throw new SegtideError(
      'state',
      `partition ${partition} of ${topic} ${what}. Its records must not be deleted by age or size (cleanup.policy compact, or compact,delete with retention.ms and retention.bytes -1). Put the topic back as it was, or let state begin anew with another prefix`,
      { context: this.#context },
    );
  }
}

function toText(record: FetchedRecord, header: string): string | undefined {
  return record.headers?.[header]?.toString();
}
