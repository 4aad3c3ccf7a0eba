import { createHash, type Hash } from 'node:crypto';
import { setImmediate as breathe } from 'node:timers/promises';
import type { FetchedRecord } from './fetched-records.js';
import type { OutgoingRecord } from './kafka-producer.js';
import { MAX_BATCH_BYTES } from './to-requests.js';

/**
 * Who wrote a record. Each owner's records but its claims have keys of their own, `<term>/…`, so that compaction can
 * never prefer what a former owner was late to write.
 */
export interface Owner {
  /** Offset of the owner's first claim: later owners have higher terms. */
  readonly term: bigint;
  readonly partition: number;
}

/** Written last of a checkpoint: what its pages must be. */
export interface Manifest {
  readonly format: 1;
  readonly pages: number;
  readonly bytes: number;
  /** In hexadecimal digits. */
  readonly sha256: string;
}

/** Names of headers. `number` is that of the commit; commits are counted from 1 over all owners. */
export const TERM = 'term';
export const NUMBER = 'number';
/** On an entry that only shows that a commit took effect: one that logged `nothing`, or whose `checkpoint` says it all. */
export const EMPTY = 'empty';

/**
 * A claim, by which an owner takes the partition. Each has a key of its own: as long as a former owner's late records
 * are there, so is the claim before them that makes them void.
 *
 * @param term absent on an owner's first claim, whose offset becomes the term
 */
export function toClaim(id: string, partition: number, term: bigint | undefined): OutgoingRecord {
  const key = toClaimKey(id);
  return { key, value: id, partition, ...(term === undefined ? {} : { headers: { [TERM]: String(term) } }) };
}

export function toClaimKey(id: string): string {
  return `claim/${id}`;
}

/** The id of a claim, undefined for every other record. */
export function toClaimId({ key, value }: FetchedRecord): string | undefined {
  return value !== null && String(key).startsWith('claim/') ? String(value) : undefined;
}

/**
 * @param log bytes, or why there are none
 * @param places of log entries, which are used in turn
 */
export function toLogEntry(
  owner: Owner,
  number: number,
  log: Uint8Array | 'nothing' | 'checkpoint',
  places: number,
): OutgoingRecord {
  const headers = toHeaders(owner, number);
  return {
    key: `${owner.term}/log/${number % places}`,
    value: typeof log === 'string' ? Buffer.alloc(0) : toBuffer(log),
    headers: typeof log === 'string' ? { ...headers, [EMPTY]: log } : headers,
    partition: owner.partition,
  };
}

/**
 * Pages in order, then the manifest. They share the checkpoint's memory.
 *
 * @param slot taken by turns, so that the last checkpoint stays until this one is whole, and proves to be the owner's
 */
export async function toCheckpoint(
  owner: Owner,
  number: number,
  slot: 'a' | 'b',
  checkpoint: Uint8Array,
): Promise<OutgoingRecord[]> {
  const headers = toHeaders(owner, number);
  const records: OutgoingRecord[] = [];
  const hash = createHash('sha256');
  for (let from = 0; from < checkpoint.length; from += MAX_BATCH_BYTES) {
    const value = toBuffer(checkpoint.subarray(from, from + MAX_BATCH_BYTES));
    await updateHash(hash, value, records.length);
    const { partition } = owner;
    records.push({ key: toPageKey(owner, slot, records.length), value, headers, partition });
  }
  const manifest: Manifest = {
    format: 1,
    pages: records.length,
    bytes: checkpoint.length,
    sha256: hash.digest('hex'),
  };
  const { term, partition } = owner;
  records.push({ key: `${term}/manifest/${slot}`, value: JSON.stringify(manifest), headers, partition });
  return records;
}

export function toPageKey({ term }: Owner, slot: 'a' | 'b', page: number): string {
  return `${term}/page/${slot}/${page}`;
}

export function toTombstone(key: string, partition: number): OutgoingRecord {
  return { key, value: null, partition };
}

/** Adds a page to a hash, and lets others work now and then. */
export async function updateHash(hash: Hash, bytes: Uint8Array, page: number): Promise<void> {
  hash.update(bytes);
  if (page % 8 === 7) await breathe();
}

function toHeaders({ term }: Owner, number: number): Record<string, string> {
  return { [TERM]: String(term), [NUMBER]: String(number) };
}

function toBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
