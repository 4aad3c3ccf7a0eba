import kafkajs, { type PartitionAssigner } from 'kafkajs';

/** What kafkajs 2.2.4 makes of one partition's part of an answer to a fetch. */
export interface FetchedPartition {
  abortedTransactions?: readonly AbortedTransaction[] | null;
  readonly messages: readonly FetchedMessage[];
}

export interface AbortedTransaction {
  readonly producerId: string;
  /** Of its first record in the partition. */
  readonly firstOffset: string;
}

export interface FetchedMessage {
  readonly offset: string;
  readonly key: Buffer | null;
  /** Marks the end of a transaction; kafkajs hands over none of these. */
  isControlRecord: boolean;
  readonly batchContext: { readonly producerId: string; readonly inTransaction: boolean };
}

/**
 * For a consumer that reads records as kafkajs decodes them, and so shares no code with what it checks: hides those of
 * aborted transactions. kafkajs 2.2.4 by itself hands some over, where producers that write to one partition abort at the
 * same time: it takes the transactions to be sorted by their beginnings, where brokers sort them by their ends, and enters
 * no more than one with each record.
 */
export const hidingAborted: PartitionAssigner = (config) => {
  const cluster = config.cluster as unknown as InnerCluster;
  const { findBroker } = cluster;
  const watched = new WeakSet<InnerBroker>();
  cluster.findBroker = async (of) => {
    const broker = await findBroker.call(cluster, of);
    if (!watched.has(broker)) {
      watched.add(broker);
      const { fetch } = broker;
      broker.fetch = async (request) => {
        const answer = await fetch.call(broker, request);
        for (const { partitions } of answer.responses) partitions.forEach(hideAborted);
        return answer;
      };
    }
    return broker;
  };
  return kafkajs.PartitionAssigners.roundRobin(config);
};

/** What kafkajs 2.2.4 hands to an assigner beyond what its types say. */
interface InnerCluster {
  findBroker(of: object): Promise<InnerBroker>;
}

interface InnerBroker {
  fetch(request: object): Promise<{ readonly responses: readonly { readonly partitions: FetchedPartition[] }[] }>;
}

/** Marks records of aborted transactions as kafkajs marks control records, so that reading goes on behind them. */
export function hideAborted(partition: FetchedPartition): void {
  const { abortedTransactions, messages } = partition;
  if (abortedTransactions == null || abortedTransactions.length === 0) return;
  const aborted = abortedTransactions
    .map(({ producerId, firstOffset }) => ({ producerId, first: BigInt(firstOffset) }))
    .sort((a, b) => (a.first < b.first ? -1 : a.first > b.first ? 1 : 0));
  const open = new Set<string>();
  let next = 0;
  for (const message of messages) {
    const { producerId, inTransaction } = message.batchContext;
    for (; next < aborted.length && aborted[next]!.first <= BigInt(message.offset); next++) {
      open.add(aborted[next]!.producerId);
    }
    if (message.isControlRecord) {
      if (isAbortMarker(message)) open.delete(producerId);
    } else if (inTransaction && open.has(producerId)) {
      message.isControlRecord = true;
    }
  }
  partition.abortedTransactions = [];
}

/** Version 0, type 0; a commit is of type 1. */
function isAbortMarker({ key }: FetchedMessage): boolean {
  return key !== null && key.length >= 4 && key.readInt16BE(2) === 0;
}
