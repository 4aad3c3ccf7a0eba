import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { OutgoingRecord } from '../../../src/transport/kafka/kafka-producer.js';
import { toRequests } from '../../../src/transport/kafka/to-requests.js';

const records = (count: number, bytes: number): OutgoingRecord[] =>
  Array.from({ length: count }, (_, i) => ({ key: `${i}`, value: Buffer.alloc(bytes) }));

describe('requests', () => {
  it('hold what a broker takes of each topic, or one record that is larger', () => {
    const topics = new Map([
      ['pages', records(3, 786_432)],
      ['outputs', [...records(2, 300_000), ...records(1, 2_000_000), ...records(1, 10)]],
      ['none', []],
    ]);
    const sizes = Array.from(toRequests(topics), (request) =>
      Object.fromEntries(request.map(({ topic, messages }) => [topic, messages.length])),
    );
    expect(sizes).toEqual([
      { pages: 1, outputs: 2 },
      { pages: 1, outputs: 1 },
      { pages: 1, outputs: 1 },
    ]);
  });

  it('hold few records however small they are', () => {
    const counts = Array.from(toRequests(new Map([['t', records(5000, 0)]])), ([only]) => only!.messages.length);
    expect(counts).toEqual([2000, 2000, 1000]);
  });

  it('together hold every record once, in the order of its topic', () => {
    const topic = fc.array(fc.nat({ max: 900_000 }), { maxLength: 30 });
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom('a', 'b', 'c'), topic), (sizes) => {
        const given = new Map(
          Object.entries(sizes).map(([name, each]) => [
            name,
            each.map((size, i) => ({ key: `${i}`, value: 'x'.repeat(size) })),
          ]),
        );
        const sent = new Map<string, unknown[]>();
        for (const request of toRequests(given)) {
          for (const { topic: name, messages } of request) {
            sent.set(name, [...(sent.get(name) ?? []), ...messages]);
            const bytes = messages.reduce((sum, { value }) => sum + value!.length, 0);
            expect(messages.length === 1 || bytes <= 786_432).toBe(true);
          }
        }
        for (const [name, each] of given) expect(sent.get(name) ?? []).toEqual(each);
      }),
      { numRuns: 30 },
    );
  });
});
