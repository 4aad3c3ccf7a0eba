import { describe, expect, it } from 'vitest';
import { openKafka } from '../../../src/transport/kafka/kafka-connection.js';
import { type KafkaSourceOptions, resolveKafkaSource } from '../../../src/transport/kafka/kafka-source-options.js';

const resolve = (options: Partial<KafkaSourceOptions>) =>
  resolveKafkaSource({ topic: 'usage', groupId: 'segtide', ...options });

describe('Kafka source options', () => {
  it('have defaults', () => {
    expect(resolve({})).toMatchObject({
      startAt: 'earliest',
      keyed: 'verify',
      idleMs: 1000,
      maxBytesInFlight: 16_777_216,
    });
  });

  it.each<[string, Partial<KafkaSourceOptions>]>([
    ['topic', { topic: '' }],
    ['groupId', { groupId: '' }],
    ['idleMs', { idleMs: 0 }],
    ['maxBytesInFlight', { maxBytesInFlight: 1000 }],
    ['fetchBytes', { fetchBytes: 1000 }],
    ['maxBatchBytes', { maxBatchBytes: 1.5 }],
    ['heartbeatIntervalMs', { heartbeatIntervalMs: 5000, sessionTimeoutMs: 10_000 }],
    ['outageMs', { outageMs: 1000 }],
  ])('refuse a wrong %s by its name', (name, options) => {
    expect(() => resolve(options)).toThrow(new RegExp(`\`${name}\``));
  });

  it('need brokers', async () => {
    await expect(openKafka({ brokers: [] })).rejects.toMatchObject({ code: 'config' });
  });
});
