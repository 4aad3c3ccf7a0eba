import type { PartitionAssigner } from 'kafkajs';
import { SegtideError } from '../../errors.js';
import { type FetchedPartition, hideAborted } from './hide-aborted.js';

/**
 * Sees to what brokers answer to fetches, before kafkajs does: aborted records are hidden, whichever transactions overlap
 * ({@link hideAborted}). Tells of each partition for which a broker has answered, whether or not with records. kafkajs
 * tells that a broker answered, and hands on what came with records; a partition whose leader is away looks to it like
 * one without.
 *
 * @param assigner through it a consumer shows its view of the cluster
 */
export function watchFetchAnswers(
  assigner: PartitionAssigner,
  onAnswer?: (topic: string, partition: number) => void,
): PartitionAssigner {
  return (config) => {
    const cluster = config.cluster as unknown as Partial<InnerCluster>;
    const { findBroker } = cluster;
    if (findBroker === undefined)
      throw new SegtideError('config', 'this is not the kafkajs that segtide knows; use 2.2.4');
    const watched = new WeakSet<InnerBroker>();
    cluster.findBroker = async (of) => {
      const broker = await findBroker.call(cluster, of);
      if (!watched.has(broker)) {
        watched.add(broker);
        const { fetch } = broker;
        broker.fetch = async (request) => {
          const answer = await fetch.call(broker, request);
          for (const { topicName, partitions } of answer.responses) {
            for (const answered of partitions) {
              hideAborted(answered);
              onAnswer?.(topicName, answered.partition);
            }
          }
          return answer;
        };
      }
      return broker;
    };
    return assigner(config);
  };
}

/** For a consumer that has no assigner of its own: that of kafkajs, with aborted records hidden. */
export async function hidingAborted(): Promise<PartitionAssigner> {
  const { default: kafkajs } = await import('kafkajs');
  return watchFetchAnswers(kafkajs.PartitionAssigners.roundRobin);
}

/** What kafkajs 2.2.4 hands to an assigner beyond what its types say. */
interface InnerCluster {
  findBroker(of: { readonly nodeId: string }): Promise<InnerBroker>;
}

interface InnerBroker {
  /** Rejects where an answer says that a partition can't be read. */
  fetch(request: object): Promise<{
    readonly responses: readonly {
      readonly topicName: string;
      readonly partitions: readonly (FetchedPartition & { readonly partition: number })[];
    }[];
  }>;
}
