import type { Batch, KafkaMessage, PartitionAssigner } from 'kafkajs';
import { SegtideError } from '../../errors.js';
import { type CodecTable, findCodecs } from './codecs/register-codecs.js';
import { decodeFetchResponse, type PartitionResponse } from './fetch-response.js';
import { type FetchedRecords, NO_RECORDS, toFetchedRecords } from './fetched-records.js';
import { decodeRecordSet, type FetchedRange, isRecordBatches } from './record-batches.js';

/**
 * Reads what brokers answer to fetches in the place of kafkajs, which would make objects of each record, hand over
 * aborted ones where transactions overlap, and stay for ever where compaction has emptied a batch. To a consumer with
 * this assigner a batch shows one message, whatever it holds: {@link recordsOf} has its records.
 *
 * Tells of each partition for which a broker has answered, whether or not with records. kafkajs tells that a broker
 * answered, and hands on what came with records; a partition whose leader is away looks to it like one without.
 *
 * @param assigner through it a consumer shows its view of the cluster
 */
export async function readingColumns(
  assigner: PartitionAssigner,
  onAnswer?: (topic: string, partition: number) => void,
): Promise<PartitionAssigner> {
  const reading = { codecs: await findCodecs(), onAnswer };
  return (config) => {
    const cluster = config.cluster as unknown as Partial<InnerCluster>;
    const { findBroker } = cluster;
    if (findBroker === undefined) throw unknownKafkajs();
    const taken = new WeakSet<InnerBroker>();
    cluster.findBroker = async (of) => {
      const broker = await findBroker.call(cluster, of);
      if (!taken.has(broker)) {
        taken.add(broker);
        takeFetches(broker, reading);
      }
      return broker;
    };
    return assigner(config);
  };
}

/** For a consumer that has no assigner of its own. */
export async function readingColumnsInTurn(): Promise<PartitionAssigner> {
  const { default: kafkajs } = await import('kafkajs');
  return readingColumns(kafkajs.PartitionAssigners.roundRobin);
}

/** The records of a batch, at least one, that a consumer was handed which {@link readingColumns}. */
export function recordsOf({ messages }: Batch): FetchedRecords {
  return (messages[0] as KafkaMessage & Entry).records;
}

type Reading = Readonly<{ codecs: CodecTable; onAnswer: ((topic: string, partition: number) => void) | undefined }>;

function takeFetches(broker: InnerBroker, { codecs, onAnswer }: Reading): void {
  const { fetch } = broker;
  const taken = new WeakSet<ConnectionPool>();
  broker.fetch = async (request) => {
    // A broker that comes back has other connections.
    const { connectionPool } = broker;
    if (connectionPool?.send === undefined) throw unknownKafkajs();
    if (!taken.has(connectionPool)) {
      taken.add(connectionPool);
      takeAnswers(connectionPool);
    }
    const answer = await fetch.call(broker, request);
    for (const { topicName: topic, partitions } of answer.responses) {
      const asked = request.topics.find((each) => each.topic === topic)!;
      for (const [i, answered] of partitions.entries()) {
        const { partition } = answered;
        const { fetchOffset } = asked.partitions.find((each) => each.partition === partition)!;
        const place = { topic, partition, from: BigInt(fetchOffset) };
        const range = answered.older
          ? toRange(answered.older, place.from)
          : await decodeRecordSet(answered.recordSet, answered.abortedTransactions, place, codecs);
        partitions[i] = { ...answered, abortedTransactions: [], messages: toEntries(range) };
        onAnswer?.(topic, partition);
      }
    }
    return answer;
  };
}

function takeAnswers(connectionPool: ConnectionPool): void {
  const { send } = connectionPool;
  connectionPool.send = (exchange) => {
    const { request, response } = exchange;
    if (request.apiName !== 'Fetch') return send.call(connectionPool, exchange);
    const decode = async (bytes: Buffer): Promise<Answer> => {
      const answer: Answer = decodeFetchResponse(bytes, request.apiVersion);
      const isOlder = ({ recordSet }: PartitionResponse): boolean => !isRecordBatches(recordSet);
      if (answer.responses.some(({ partitions }) => partitions.some(isOlder))) {
        // Topics may hold what was written in formats of before 0.11. There is little of it, and kafkajs reads it.
        const { responses } = (await response.decode(bytes)) as KafkajsAnswer;
        for (const [i, { partitions }] of answer.responses.entries()) {
          for (const [j, partition] of partitions.entries()) {
            if (isOlder(partition)) partitions[j] = { ...partition, older: responses[i]!.partitions[j]!.messages };
          }
        }
      }
      return answer;
    };
    return send.call(connectionPool, { ...exchange, response: { ...response, decode } });
  };
}

function toRange(records: readonly KafkaMessage[], from: bigint): FetchedRange | undefined {
  const wanted = records.filter(({ offset }) => BigInt(offset) >= from);
  if (wanted.length === 0) return undefined;
  return { records: toFetchedRecords(wanted), from, next: BigInt(wanted.at(-1)!.offset) + 1n };
}

/** What stands for the records in kafkajs: it goes by the first offset and the last, and by whether there is a message. */
function toEntries(range: FetchedRange | undefined): Entry[] {
  if (range === undefined) return [];
  const { records, from, next } = range;
  const last = { offset: String(next - 1n), isControlRecord: true, records: NO_RECORDS };
  return [{ offset: String(from), isControlRecord: records.length === 0, records }, last];
}

function unknownKafkajs(): SegtideError {
  return new SegtideError('config', 'this is not the kafkajs that segtide knows; use 2.2.4');
}

/** What there is of an answer, before and after its records are read. */
interface Answer {
  readonly responses: readonly { readonly topicName: string; readonly partitions: AnsweredPartition[] }[];
}

interface AnsweredPartition extends PartitionResponse {
  /** Records in a format of before 0.11, as kafkajs reads them. */
  readonly older?: readonly KafkaMessage[];
  readonly messages?: readonly Entry[];
}

interface KafkajsAnswer {
  readonly responses: readonly { readonly partitions: readonly { readonly messages: readonly KafkaMessage[] }[] }[];
}

interface Entry {
  readonly offset: string;
  /** Marks what kafkajs counts and hands to nobody. */
  readonly isControlRecord: boolean;
  readonly records: FetchedRecords;
}

/** What kafkajs 2.2.4 hands to an assigner beyond what its types say. */
interface InnerCluster {
  findBroker(of: { readonly nodeId: string }): Promise<InnerBroker>;
}

interface InnerBroker {
  readonly connectionPool?: ConnectionPool;
  /** Rejects where an answer says that a partition can't be read. */
  fetch(request: {
    readonly topics: readonly {
      readonly topic: string;
      readonly partitions: readonly { readonly partition: number; readonly fetchOffset: string }[];
    }[];
  }): Promise<Answer>;
}

interface ConnectionPool {
  send(exchange: Exchange): Promise<unknown>;
}

/** A request and how its answer is read. */
interface Exchange {
  readonly request: { readonly apiName: string; readonly apiVersion: number };
  readonly response: { decode(bytes: Buffer): Promise<unknown> };
}
