import type { DeadLetter } from './dead-letter.js';

/**
 * Usage events as columns: what the sources hand to the window stage, thousands at a time.
 *
 * Customer ids travel as byte ranges with their hash and are interned once, by the keyed window store, which alone
 * knows how long a customer lives. Buffers belong to the batch's source and are valid until it is pulled again.
 */
export interface UsageBatch {
  /** Number of usage events. */
  readonly length: number;
  readonly channels: number;
  /** UTF-8; the id of event i is `idBytes[idStarts[i], idEnds[i])`. Ranges may lie anywhere in the buffer. */
  readonly idBytes: Uint8Array;
  readonly idStarts: Uint32Array; // (length)
  readonly idEnds: Uint32Array; // (length)
  /** `hashBytes` of each id. */
  readonly idHashes: Int32Array; // (length)
  /** Epoch ms, UTC. */
  readonly eventTimes: Float64Array; // (length)
  /** NaN where the record does not observe a channel (a pivot over a type field). */
  readonly values: Float64Array; // (length, channels)
  /** 128-bit hashes of the event ids, present when de-duplication is on. */
  readonly eventIds: Uint32Array | undefined; // (length, 4)
  /** Codes of the customers' classes as `labelCode` gives them, `NO_LABEL` where a record has none; absent where none is mapped. */
  readonly labels?: Int32Array | undefined; // (length)
  /**
   * The event time that the watermark may follow after event i; `eventTimes` where absent. Several files merged into
   * one partition put the least of their unfinished heads here, -Infinity where a record must not move the watermark.
   */
  readonly clockTimes: Float64Array | undefined; // (length)
  /** Where records come from; `sources[sourceOf[i]]`, or `sources[0]` where `sourceOf` is absent. */
  readonly sources: readonly string[];
  readonly sourceOf: Uint16Array | undefined; // (length)
  /** Line or row number, from 1; the record's number within its source. */
  readonly rows: Float64Array; // (length)
  /** Byte offset in the (decompressed) file, row index in Parquet, or the Kafka offset. */
  readonly offsets: Float64Array; // (length)
  /** Bytes of record i as they came. */
  original(i: number): Uint8Array;
  /**
   * True for an empty batch that does not tell of silence: the source has nothing to read from for now, as a consumer
   * that waits for its partitions. Windows don't close by the wall clock then.
   */
  readonly waiting?: boolean;
  /** UTF-8 id of a customer who is to be forgotten; the batch then has no records. */
  readonly forget?: Uint8Array;
  /** Records of this batch that could not be read. Records in = length + deadLetters.length. */
  readonly deadLetters: readonly DeadLetter[];
}
