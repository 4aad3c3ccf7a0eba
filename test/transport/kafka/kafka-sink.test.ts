import { describe, expect, it } from 'vitest';
import type { DeadLetter } from '../../../src/ingest/dead-letter.js';
import { DEAD_LETTERS, LATE } from '../../../src/publish/output.js';
import type { OutgoingRecord, RecordProducer } from '../../../src/transport/kafka/kafka-producer.js';
import { createKafkaSink } from '../../../src/transport/kafka/kafka-sink.js';
import type { LateEvent } from '../../../src/window/window-batch.js';

const late = (row: number): LateEvent => ({
  customerId: `c${row}`,
  eventTime: 1,
  values: [row],
  watermark: 2,
  source: 's',
  row,
  offset: row,
});
const rows = (records: readonly OutgoingRecord[]) =>
  records.map((record) => JSON.parse(String(record.value)).row as number);

/** A producer whose every request waits for the test to answer it. */
function scriptedProducer() {
  const requests: { records: readonly OutgoingRecord[]; answer: (error?: Error) => void }[] = [];
  const producer: RecordProducer = {
    send: (_, records) =>
      new Promise((resolve, reject) => {
        requests.push({ records, answer: (error) => (error === undefined ? resolve() : reject(error)) });
      }),
    close: async () => {},
  };
  return { producer, requests };
}

/** Lets everything happen that waits for no answer. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

describe('Kafka sink', () => {
  it('gathers records until a flush, and is flushed when they are acknowledged', async () => {
    const { producer, requests } = scriptedProducer();
    const sink = await createKafkaSink(producer, { topic: 'late', output: LATE });
    await sink.write([late(1), late(2)]);
    await sink.write([late(3)]);
    expect(requests).toEqual([]);
    let flushed = false;
    const flush = sink.flush().then(() => {
      flushed = true;
    });
    await settle();
    expect(rows(requests[0]!.records)).toEqual([1, 2, 3]);
    expect(requests[0]!.records[0]!.key).toBe('c1');
    expect(flushed).toBe(false);
    requests[0]!.answer();
    await flush;
    await sink.flush();
    expect(requests).toHaveLength(1);
  });

  it('holds the writer back while more than one full request waits', async () => {
    const { producer, requests } = scriptedProducer();
    const sink = await createKafkaSink(producer, { topic: 'late', output: LATE, maxRequestBytes: 250 });
    await sink.write([late(1), late(2), late(3)]);
    let written = false;
    const write = sink.write([late(4), late(5), late(6)]).then(() => {
      written = true;
    });
    await settle();
    expect([requests.length, written]).toEqual([1, false]);
    for (let i = 0; !written && i < 9; i++) {
      requests[i]?.answer();
      await settle();
    }
    await write;
    const flush = sink.flush();
    await settle();
    requests[requests.length - 1]!.answer();
    await flush;
    expect(requests.flatMap((request) => rows(request.records))).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('drops nothing when a request fails: the next flush sends it again, in order', async () => {
    const { producer, requests } = scriptedProducer();
    const sink = await createKafkaSink(producer, { topic: 'late', output: LATE });
    await sink.write([late(1)]);
    const first = sink.flush();
    await settle();
    requests[0]!.answer(new Error('gone'));
    await expect(first).rejects.toThrow('gone');
    await sink.write([late(2)]);
    const second = sink.flush();
    await settle();
    expect(rows(requests[1]!.records)).toEqual([1]);
    requests[1]!.answer();
    await settle();
    expect(rows(requests[2]!.records)).toEqual([2]);
    requests[2]!.answer();
    await second;
  });

  it('flushes when it is closed', async () => {
    const { producer, requests } = scriptedProducer();
    const sink = await createKafkaSink(producer, { topic: 'late', output: LATE, encoding: 'avro' });
    await sink.write([late(1)]);
    const closed = sink.close();
    await settle();
    expect([...(requests[0]!.records[0]!.value as Buffer).subarray(0, 2)]).toEqual([0xc3, 0x01]);
    requests[0]!.answer();
    await closed;
  });

  it('says by headers why and where a dead letter was refused', async () => {
    const { producer, requests } = scriptedProducer();
    const sink = await createKafkaSink(producer, { topic: 'dead', output: DEAD_LETTERS, maxRequestBytes: 400 });
    const letter: DeadLetter = {
      reason: 'unreadable',
      detail: 'the record is not valid JSON ü',
      source: 'usage/3',
      row: 8,
      offset: 7,
      bytes: Buffer.from('x'),
      truncated: false,
    };
    await sink.write([letter, letter]);
    const flush = sink.flush();
    for (let i = 0; i < 2; i++) {
      await settle();
      requests[i]!.answer(); // with its headers each is more than half a request
    }
    await flush;
    expect(requests).toHaveLength(2);
    expect(requests[0]!.records[0]!.headers).toEqual({
      'segtide-reason': 'unreadable',
      'segtide-detail': 'the record is not valid JSON ü',
      'segtide-source': 'usage/3',
      'segtide-offset': '7',
    });
  });

  it('writes no headers where an output has none', async () => {
    const { producer, requests } = scriptedProducer();
    const sink = await createKafkaSink(producer, { topic: 'late', output: LATE, encoding: 'avro', schemaId: 9 });
    await sink.write([late(1)]);
    const flush = sink.flush();
    await settle();
    expect(requests[0]!.records[0]).not.toHaveProperty('headers');
    expect([...(requests[0]!.records[0]!.value as Buffer).subarray(0, 5)]).toEqual([0, 0, 0, 0, 9]);
    requests[0]!.answer();
    await flush;
  });

  it('refuses requests of no size', async () => {
    const { producer } = scriptedProducer();
    await expect(createKafkaSink(producer, { topic: 'late', output: LATE, maxRequestBytes: 0 })).rejects.toThrow(
      /got 0/,
    );
  });
});
