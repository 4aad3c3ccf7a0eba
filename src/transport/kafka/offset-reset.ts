import type { PartitionAssigner } from 'kafkajs';
import { SegtideError } from '../../errors.js';

/**
 * Keeps kafkajs from answering an offset out of range by itself: it would commit "the oldest" or "the newest" in place
 * of what the group has committed, and what retention removed would be lost without a word. The fetch fails instead, and
 * is tried again, by then from where the listener's seek says.
 *
 * @param assigner through it a consumer shows its view of the cluster
 */
export function withoutOffsetReset(assigner: PartitionAssigner, outOfRange: () => void): PartitionAssigner {
  return (config) => {
    const cluster = config.cluster as unknown as Partial<InnerCluster>;
    const { fetchTopicsOffset, defaultOffset } = cluster;
    if (fetchTopicsOffset === undefined || defaultOffset === undefined) {
      throw new SegtideError('config', 'this is not the kafkajs that segtide knows; use 2.2.4');
    }
    // Asks by the same default as ever, but without going through `defaultOffset`: that leaves resets as its one caller.
    cluster.fetchTopicsOffset = (topics) =>
      fetchTopicsOffset.call(
        cluster,
        topics.map((topic) => ({ fromTimestamp: defaultOffset.call(cluster, topic), ...topic })),
      );
    cluster.defaultOffset = () => {
      outOfRange();
      throw new Error('an offset is out of range');
    };
    return assigner(config);
  };
}

/** What kafkajs 2.2.4 hands to an assigner beyond what its types say. */
interface InnerCluster {
  defaultOffset(topic: { readonly fromBeginning?: boolean }): number;
  fetchTopicsOffset(topics: readonly { readonly fromBeginning?: boolean }[]): Promise<unknown>;
}
