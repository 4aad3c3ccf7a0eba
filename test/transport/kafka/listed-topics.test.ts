import { describe, expect, it } from 'vitest';
import { listedTopics } from '../../../src/transport/kafka/topics.js';

describe('listedTopics', () => {
  it('asks again where kafkajs fails on an answer that no broker gave', async () => {
    let asked = 0;
    const listTopics = async (): Promise<string[]> => {
      if (++asked < 3) throw new TypeError("Cannot destructure property 'topicMetadata' as it is null");
      return ['usage'];
    };
    expect(await listedTopics({ listTopics })).toEqual(['usage']);
    expect(asked).toBe(3);
  });
});
