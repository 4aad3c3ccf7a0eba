import { describe, expect, it } from 'vitest';
import { createKeyPartition } from '../../../src/transport/kafka/key-partition.js';

describe('the partition of a key', () => {
  it('is that of the Java clients', async () => {
    // org.apache.kafka.common.utils.Utils: toPositive(murmur2(key)) of its own tests, UtilsTest.testMurmur2.
    const hashes = { '21': -973932308, foobar: -790332482, 'a-little-bit-long-string': -985981536 };
    for (const [key, hash] of Object.entries(hashes)) {
      for (const partitions of [1, 3, 8, 12]) {
        const partitionOf = await createKeyPartition(partitions);
        expect(partitionOf(key)).toBe((hash & 0x7fffffff) % partitions);
      }
    }
  });
});
