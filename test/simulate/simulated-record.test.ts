import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { customerId, RecordWriter } from '../../src/simulate/simulated-record.js';

describe('RecordWriter', () => {
  it('writes what JSON reads, for numbers of any length', () => {
    fc.assert(
      fc.property(
        fc.nat(99_999_999),
        fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
        fc.integer({ min: 0, max: 4_102_444_800_000 }),
        fc.integer({ min: 1, max: 1e12 }),
        (customer, eventNumber, time, value) => {
          const writer = new RecordWriter(1024);
          writer.write(customer, eventNumber, time, value);
          expect(JSON.parse(new TextDecoder().decode(writer.take()))).toEqual({
            customerId: customerId(customer),
            eventId: `e${eventNumber}`,
            timestamp: time,
            value: value / 1000,
          });
        },
      ),
    );
  });

  it('spoils records in the ways it says', () => {
    const spoil = (corruption: 'cut' | 'missing' | 'notANumber' | 'seconds' | 'notUtf8') => {
      const writer = new RecordWriter(1024);
      writer.writeCorrupt(corruption, 7, 1, 1_704_067_200_123, 1500);
      return Buffer.from(writer.take()).toString('latin1');
    };
    expect(spoil('cut')).toBe('{"customerId":"c000007","eventId":"e1","timestamp":1704067200\n');
    expect(spoil('missing')).toBe('{"customerId":"c000007","eventId":"e1","value":1.500}\n');
    expect(spoil('notANumber')).toBe('{"customerId":"c000007","eventId":"e1","timestamp":1704067200123,"value":NaN}\n');
    expect(spoil('seconds')).toBe('{"customerId":"c000007","eventId":"e1","timestamp":1704067200,"value":1.500}\n');
    expect(spoil('notUtf8')).toBe(
      '{"customerId":"c\xff\xfe000007","eventId":"e1","timestamp":1704067200123,"value":1.500}\n',
    );
  });

  it('makes room for more than a chunk, and begins anew after each', () => {
    const writer = new RecordWriter(10);
    for (let i = 0; i < 50; i++) writer.write(i, i, 1, 1);
    expect(writer.isFull).toBe(true);
    expect(Buffer.from(writer.take()).toString().split('\n')).toHaveLength(51);
    expect(writer.isEmpty).toBe(true);
    expect(writer.bytesWritten).toBeGreaterThan(50 * 60);
  });
});
