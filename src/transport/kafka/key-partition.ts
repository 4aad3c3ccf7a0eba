import type { PartitionMetadata } from 'kafkajs';

/**
 * Makes a function that tells to which partition producers send a key: by the hash of the Java clients, which kafkajs has
 * too. Others, such as librdkafka with its defaults, may send it elsewhere.
 */
export async function createKeyPartition(partitions: number): Promise<(key: string) => number> {
  const { Partitioners } = await import('kafkajs');
  const partitionOf = Partitioners.DefaultPartitioner();
  // Of records with keys, only the number of partitions counts.
  const partitionMetadata = Array.from({ length: partitions }, (_, partitionId) => ({ partitionId, leader: 0 }));
  return (key) =>
    partitionOf({
      topic: '',
      partitionMetadata: partitionMetadata as PartitionMetadata[],
      message: { key: Buffer.from(key), value: null },
    });
}
