import * as z from 'zod';
import { duration, whole } from '../kinds.js';

/** `delivery`: what is promised between Kafka and Kafka, and how often it is made durable. */
export const deliverySection = z
  .strictObject({
    guarantee: z
      .enum(['exactly-once', 'at-least-once'])
      .default('exactly-once')
      .describe(
        '`exactly-once`: outputs, state and offsets in one transaction, so that readers of committed records see each result once; `at-least-once` is cheaper and may repeat results after a crash.',
      ),
    commitEvery: duration({ min: 10 })
      .prefault('500ms')
      .describe('Time between two commits of a partition: what readers of committed records wait for.'),
    checkpointRecords: whole('records', { min: 1000 })
      .default(1_000_000)
      .describe('Input records of a partition after which its whole state is stored; a restart reads as many again.'),
    checkpointEvery: duration({ min: 1000 })
      .prefault('10m')
      .describe('Time after which it is stored at the latest; the input must be kept for longer.'),
    sampleWindows: whole('windows', { min: 1, max: 65_536 })
      .default(64)
      .describe('Most windows per partition and commit that the trainer is sent to learn from.'),
    outage: duration({ min: 1000 })
      .prefault('10m')
      .describe('How long brokers may be away before a process gives up; until then it waits and goes on by itself.'),
    stall: duration({ min: 1000 })
      .prefault('5m')
      .describe('How long a partition with waiting records may make no progress before its process ends.'),
  })
  .prefault({});
