import { SegtideError } from '../../errors.js';

/** A broker's answer to a fetch as kafkajs 2.2.4 wants it, with the records of each partition still as bytes. */
export interface FetchResponse {
  readonly throttleTime: number;
  /** How long the client is to leave the broker alone, in ms. Undefined where the broker has waited itself. */
  readonly clientSideThrottleTime: number | undefined;
  readonly errorCode: number;
  readonly sessionId: number;
  readonly responses: readonly { readonly topicName: string; readonly partitions: PartitionResponse[] }[];
}

export interface PartitionResponse {
  readonly partition: number;
  readonly errorCode: number;
  readonly highWatermark: string;
  readonly lastStableOffset: string;
  readonly abortedTransactions: readonly AbortedTransaction[];
  /** -1 where the leader is the one to read from. */
  readonly preferredReadReplica: number;
  /** Record batches, the last of them maybe cut off. A view of the whole answer. */
  readonly recordSet: Buffer;
}

export interface AbortedTransaction {
  readonly producerId: bigint;
  /** Of its first record in the partition. */
  readonly firstOffset: bigint;
}

/**
 * Reads what lies around the records: the fetch response of Kafka's protocol, of those versions that kafkajs 2.2.4 speaks
 * with brokers from 0.11 on.
 *
 * @throws SegtideError `transport` where the answer is of another version
 */
export function decodeFetchResponse(bytes: Buffer, version: number): FetchResponse {
  if (version < 4 || version > 11) {
    const text = `a broker speaks version ${version} of the fetch protocol; 4 to 11 are read (Kafka 0.11 and later)`;
    throw new SegtideError('transport', text);
  }
  const reader = new Reader(bytes);
  const throttleTime = reader.int32();
  const errorCode = version < 7 ? 0 : reader.int16();
  const sessionId = version < 7 ? 0 : reader.int32();
  return {
    // From version 8 on it is the client that waits; kafkajs knows it by the other name.
    throttleTime: version < 8 ? throttleTime : 0,
    clientSideThrottleTime: version < 8 ? undefined : throttleTime,
    errorCode,
    sessionId,
    responses: reader.array(() => ({
      topicName: reader.text(),
      partitions: reader.array(() => readPartition(reader, version)),
    })),
  };
}

function readPartition(reader: Reader, version: number): PartitionResponse {
  const partition = reader.int32();
  const errorCode = reader.int16();
  const highWatermark = String(reader.int64());
  const lastStableOffset = String(reader.int64());
  if (version >= 5) reader.int64(); // the oldest offset, which kafkajs asks for elsewhere
  const abortedTransactions = reader.array(() => ({ producerId: reader.int64(), firstOffset: reader.int64() }));
  const preferredReadReplica = version >= 11 ? reader.int32() : -1;
  const recordSet = reader.take(reader.int32());
  return {
    partition,
    errorCode,
    highWatermark,
    lastStableOffset,
    abortedTransactions,
    preferredReadReplica,
    recordSet,
  };
}

class Reader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  int16(): number {
    this.#at += 2;
    return this.#bytes.readInt16BE(this.#at - 2);
  }

  int32(): number {
    this.#at += 4;
    return this.#bytes.readInt32BE(this.#at - 4);
  }

  int64(): bigint {
    this.#at += 8;
    return this.#bytes.readBigInt64BE(this.#at - 8);
  }

  text(): string {
    return this.take(this.int16()).toString();
  }

  /** None where the length is negative, which stands for null. */
  take(length: number): Buffer {
    const from = this.#at;
    this.#at += Math.max(0, length);
    if (this.#at > this.#bytes.length) throw new SegtideError('transport', 'a broker’s answer ends too early');
    return this.#bytes.subarray(from, this.#at);
  }

  array<T>(read: () => T): T[] {
    const items: T[] = [];
    for (let left = this.int32(); left > 0; left--) items.push(read());
    return items;
  }
}
