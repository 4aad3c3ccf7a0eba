import { SegtideError } from '../../errors.js';
import type { CodecTable } from './codecs/register-codecs.js';
import type { AbortedTransaction } from './fetch-response.js';
import type { FetchedRecords } from './fetched-records.js';
import { MAX_INFLATED_BYTES } from './inflate-limit.js';
import { DamagedBatch, type PlainBatch, RecordScan, SHORTEST_RECORD } from './record-columns.js';

/** Records of a partition that were fetched by one request. */
export interface FetchedRange {
  /** Those of committed transactions and of none; not those that the broker keeps for itself. */
  readonly records: FetchedRecords;
  /** Offset that was asked for. */
  readonly from: bigint;
  /** The offset after the last batch, whatever became of its records. */
  readonly next: bigint;
}

/** Where records are from. */
export interface RecordSetPlace {
  readonly topic: string;
  readonly partition: number;
  /** Offset that was asked for. */
  readonly from: bigint;
}

/** Whether record batches of format 2 are there, which Kafka has written since 0.11; of older ones brokers keep what they had. */
export function isRecordBatches(recordSet: Buffer): boolean {
  return recordSet.length <= MAGIC_AT || recordSet[MAGIC_AT] === MAGIC;
}

/**
 * Decodes what a broker answered for a partition. A batch that was cut off at the end is left out, and so is what would
 * take more memory than one batch may: it is fetched again. Checksums are passed over, as by kafkajs: the broker has
 * checked them, and TCP or TLS what came since.
 *
 * @param aborted the transactions of which records may be there and must not be read, in any order
 * @returns undefined where there is not one whole batch
 * @throws SegtideError `input` where a batch is damaged, or may not become so large; `config` where this Node can't
 * decompress it
 */
export async function decodeRecordSet(
  recordSet: Buffer,
  aborted: readonly AbortedTransaction[],
  place: RecordSetPlace,
  codecs: CodecTable,
): Promise<FetchedRange | undefined> {
  const { from } = place;
  const transactions = new AbortedTransactions(aborted);
  const batches: PlainBatch[] = [];
  let next = from;
  let count = 0;
  let bytes = 0;
  for (let at = 0; at + HEADER_BYTES <= recordSet.length && bytes < MAX_INFLATED_BYTES; ) {
    const baseOffset = recordSet.readBigInt64BE(at);
    try {
      const batch = readBatch(recordSet, at, baseOffset);
      if (batch === undefined) break;
      at = batch.end;
      next = batch.lastOffset + 1n;
      if (transactions.hide(batch)) continue;
      const plain = batch.codec === 0 ? batch : { ...batch, bytes: await inflate(batch, codecs) };
      if (plain.count < 0 || plain.count * SHORTEST_RECORD > plain.bytes.length) {
        throw new DamagedBatch(`it tells of ${plain.count} records in ${plain.bytes.length} bytes`);
      }
      batches.push(plain);
      count += plain.count;
      bytes += plain.bytes.length;
    } catch (error) {
      throw toBatchError(error, baseOffset, place);
    }
  }
  if (next <= from) return undefined;
  const scan = new RecordScan(count, batches[0]?.baseOffset ?? from);
  for (const batch of batches) {
    try {
      scan.add(batch, from);
    } catch (error) {
      throw toBatchError(error, batch.baseOffset, place);
    }
  }
  return { records: scan.gather(), from, next };
}

/** A batch as it is stored: `bytes` may be compressed. */
interface StoredBatch extends PlainBatch {
  readonly codec: number;
  readonly producerId: bigint;
  /** Marks the end of a transaction, and holds no records for readers. */
  readonly isControl: boolean;
  /** There may be none of that offset any more. */
  readonly lastOffset: bigint;
  /** Where the next batch begins. */
  readonly end: number;
}

/** Undefined where the batch was cut off, or is of an older format. */
function readBatch(recordSet: Buffer, at: number, baseOffset: bigint): StoredBatch | undefined {
  const end = at + LENGTH_END + recordSet.readInt32BE(at + LENGTH_AT);
  if (end > recordSet.length || recordSet[at + MAGIC_AT] !== MAGIC) return undefined;
  if (end < at + HEADER_BYTES) throw new DamagedBatch('it is shorter than its header');
  const attributes = recordSet.readInt16BE(at + 21);
  return {
    baseOffset,
    lastOffset: baseOffset + BigInt(recordSet.readInt32BE(at + 23)),
    codec: attributes & 0x07,
    isControl: (attributes & 0x20) !== 0,
    producerId: recordSet.readBigInt64BE(at + 43),
    count: recordSet.readInt32BE(at + 57),
    bytes: recordSet.subarray(at + HEADER_BYTES, end),
    end,
  };
}

async function inflate({ codec, bytes }: StoredBatch, codecs: CodecTable): Promise<Buffer> {
  const open = codecs[codec];
  if (open === undefined) throw new DamagedBatch(`it is compressed by a codec of number ${codec}, which is none`);
  return open().decompress(bytes);
}

/**
 * Tells which batches are of aborted transactions. Brokers list the transactions by their ends, and those of several
 * producers overlap; a batch is of one producer, and of one transaction where that writes in transactions.
 */
class AbortedTransactions {
  readonly #byBeginning: readonly AbortedTransaction[];
  readonly #open = new Set<bigint>();
  #begun = 0;

  constructor(aborted: readonly AbortedTransaction[]) {
    this.#byBeginning = [...aborted].sort((a, b) => (a.firstOffset < b.firstOffset ? -1 : 1));
  }

  /** Whether readers must not see the batch. Asked of each, in their order. */
  hide(batch: StoredBatch): boolean {
    const { producerId, lastOffset } = batch;
    for (; this.#begun < this.#byBeginning.length; this.#begun++) {
      const begun = this.#byBeginning[this.#begun]!;
      if (begun.firstOffset > lastOffset) break;
      this.#open.add(begun.producerId);
    }
    if (!batch.isControl) return this.#open.has(producerId);
    if (isAbortMarker(batch)) this.#open.delete(producerId);
    return true;
  }
}

/** The key is a version and a type, 0 of an abort and 1 of a commit. Compaction may leave a batch without it. */
function isAbortMarker(batch: StoredBatch): boolean {
  if (batch.count === 0) return false;
  const scan = new RecordScan(1, batch.baseOffset);
  scan.add({ ...batch, count: 1 }, batch.baseOffset);
  const key = scan.gather().key(0);
  return key !== null && key.length >= 4 && key.readInt16BE(2) === 0;
}

/** Says where it was. kafkajs lets the cause of a cause go, and with it what this is about: there is none. */
function toBatchError(error: unknown, offset: bigint, { topic, partition }: RecordSetPlace): SegtideError {
  const known = error instanceof SegtideError;
  const why = error instanceof Error ? error.message : String(error);
  const text = known ? why : `a batch of records is damaged: ${why}`;
  const where = `(partition ${partition} of ${topic}, from offset ${offset} on)`;
  return new SegtideError(known ? error.code : 'input', `${text} ${where}`, { context: { topic, partition, offset } });
}

// Offsets in a batch: base offset (8 bytes), length of what follows (4), leader's epoch (4), magic (1), checksum (4),
// attributes (2), last offset difference (4), two timestamps (16), producer's id (8) and epoch (2), sequence (4), count (4).
const LENGTH_AT = 8;
const LENGTH_END = 12;
const MAGIC_AT = 16;
const HEADER_BYTES = 61;
const MAGIC = 2;
