import { describe, expect, it } from 'vitest';

import type { IngestOptions } from '../../src/ingest/ingest-options.js';
import { resolveIngest } from '../../src/ingest/ingest-settings.js';
import { createNdjsonParser } from '../../src/ingest/ndjson-parser.js';
import { hashBytes } from '../../src/numeric/hash.js';
import { parseInChunks, type ReadAll } from './read-batch.js';

const OPTIONS: IngestOptions = {
  fields: { customer: 'c', time: 't' },
  channels: [{ name: 'usage', field: 'v' }],
  time: { unit: 'ms' },
};
const T = 1_704_067_200_123;

function parse(text: string | Uint8Array, options: Partial<IngestOptions> = {}, sizes?: readonly number[]): ReadAll {
  const parser = createNdjsonParser(resolveIngest({ ...OPTIONS, ...options }));
  return parseInChunks(parser, typeof text === 'string' ? Buffer.from(text) : text, sizes);
}

const ids = (all: ReadAll): string[] => all.events.map((event) => event.id);
const reasons = (all: ReadAll): string[] => all.deadLetters.map((letter) => letter.reason);
const details = (all: ReadAll): string[] => all.deadLetters.map((letter) => letter.detail);

describe('ndjson parser', () => {
  it('reads id, time, value, row, offset, hash and original of each line', () => {
    const a = `{"c":"a1","t":${T},"v":1.25}`;
    const b = `{"v":-3,"c":"b22","t":${T + 1}}`;
    const { events, deadLetters, rows } = parse(`${a}\n${b}\n`);
    expect(deadLetters).toEqual([]);
    expect(rows).toBe(2);
    const common = { eventId: undefined };
    const hash = (id: string) => hashBytes(Buffer.from(id), 0, id.length);
    expect(events).toEqual([
      { ...common, id: 'a1', time: T, values: [1.25], row: 1, offset: 0, original: a, hash: hash('a1') },
      { ...common, id: 'b22', time: T + 1, values: [-3], row: 2, offset: a.length + 1, original: b, hash: hash('b22') },
    ]);
  });

  it('skips unknown keys of any kind and knows mapped keys by the whole name', () => {
    const skipped = '"x":[1,{"c":"no","y":[[],{}]},"\\u00e9\\n\\"",null],"cc":"no","":1,"v2":{"t":[true,false]}';
    expect(ids(parse(`{${skipped},"c":"yes","t":${T},"v":1,"z":-0.5E+3}\n`))).toEqual(['yes']);
  });

  it('takes white space wherever JSON has it', () => {
    const all = parse(`{"c":"a","t":${T},"v":1}\n \t{ "c"\t:\r "b" , "t" : ${T} ,"v":2 } \r\n`);
    expect(ids(all)).toEqual(['a', 'b']);
  });

  it('takes CRLF, a byte order mark, blank lines and a last line without line feed', () => {
    const all = parse(`\ufeff{"c":"a","t":${T},"v":1}\r\n\r\n  \n\n{"c":"b","t":${T},"v":2}`);
    expect(ids(all)).toEqual(['a', 'b']);
    expect(all.events.map((event) => event.row)).toEqual([1, 5]);
    expect(all.events.map((event) => event.offset)).toEqual([3, 44]);
    expect(all.events[0]!.original).toBe(`{"c":"a","t":${T},"v":1}`);
    expect(all.rows).toBe(5);
    expect(all.deadLetters).toEqual([]);
  });

  it('reads nothing from an empty file', () => {
    expect(parse('')).toEqual({ events: [], deadLetters: [], rows: 0 });
    expect(parse('\ufeff').rows).toBe(0);
  });

  it('decodes escaped ids and keys beside plain ones', () => {
    const all = parse(
      [
        `{"c":"plain","t":${T},"v":1}`,
        `{"c":"caf\\u00e9 \\"x\\" \\ud83d\\ude00","t":${T},"v":2}`,
        `{"\\u0063":"key","t":${T},"v":3}`,
        `{"c":"café","t":${T},"v":4}`,
      ].join('\n'),
    );
    expect(ids(all)).toEqual(['plain', 'café "x" 😀', 'key', 'café']);
    expect(all.events[1]!.hash).toBe(hashBytes(Buffer.from('café "x" 😀'), 0, Buffer.byteLength('café "x" 😀')));
  });

  it('refuses ids that hold half a surrogate pair', () => {
    expect(reasons(parse(`{"c":"\\ud800","t":${T},"v":1}\n`))).toEqual(['invalid']);
  });

  it('lets the last of repeated keys count', () => {
    const all = parse(`{"c":"a","c":"b","t":1,"t":${T},"v":1,"v":7}\n{"c":"x","t":${T},"v":1,"c":null}\n`);
    expect(ids(all)).toEqual(['b']);
    expect(all.events[0]!.values).toEqual([7]);
    expect(details(all)).toEqual(['field `c` is null']);
  });

  it('takes numeric customer ids as their text', () => {
    expect(ids(parse(`{"c":17,"t":${T},"v":1}\n{"c":12345678901234567890,"t":${T},"v":1}`))).toEqual([
      '17',
      '12345678901234567890',
    ]);
  });

  it('follows dotted paths, and the last of repeated objects alone', () => {
    const options: Partial<IngestOptions> = {
      fields: { customer: 'data.who.id', time: 'data.t' },
      channels: [{ name: 'usage', field: 'a\\.b' }],
    };
    const all = parse(
      [
        `{"id":"1","data":{"x":{},"who":{"name":"n","id":"u1"},"t":${T}},"a.b":2}`,
        `{"a.b":3,"data":{"t":${T},"who":{"id":"u2"}},"who":{"id":"no"}}`,
        `{"a.b":3,"data":{"who":{"id":"u3"}},"data":{"t":${T}}}`,
        `{"a.b":3,"data":[{"t":${T}}],"t":1}`,
        `{"a.b":3,"data":{ },"t":1}`,
      ].join('\n'),
      options,
    );
    expect(ids(all)).toEqual(['u1', 'u2']);
    expect(details(all)).toEqual(Array(3).fill('field `data.who.id` is missing'));
  });

  it('says why it refuses a record', () => {
    const all = parse(
      [
        `{"t":${T},"v":1}`,
        `{"c":null,"t":${T},"v":1}`,
        `{"c":"","t":${T},"v":1}`,
        `{"c":true,"t":${T},"v":1}`,
        `{"c":"a","t":"${T}","v":1}`,
        `{"c":"a","t":${T},"v":"1"}`,
        `{"c":"a","t":${T},"v":{"a":1}}`,
        `{"c":"a","t":${T},"v":1e400}`,
        `{"c":"a","t":${T},"v":NaN}`,
        `{"c":"a","t":${T},"v":-Infinity}`,
        `{"c":"a","t":99999999999999,"v":1}`,
        `{"c":"a","t":-1,"v":1}`,
        `{"c":"a","t":${T},"v":1`,
        `{"c":"a","t":${T},"v":01}`,
        `{"c":"a","t":${T},"v":1}}`,
        `{"c":"a","t":${T},"v":1,}`,
        `{'c':"a"}`,
        `{"c":"a\u0000","t":${T},"v":1}`,
        '[1]',
        'null',
        '',
      ].join('\n'),
    );
    expect(all.events).toEqual([]);
    expect(all.deadLetters.map(({ row, reason, detail }) => `${row} ${reason}: ${detail}`)).toEqual([
      '1 incomplete: field `c` is missing',
      '2 incomplete: field `c` is null',
      '3 incomplete: field `c` is empty',
      '4 invalid: field `c` is true, not text',
      `5 invalid: field \`t\` is the text "${T}", not a number (\`time.unit\` is \`ms\`)`,
      '6 invalid: field `v` is the text "1", not a number',
      '7 invalid: field `v` is {"a":1}, not a number',
      '8 not-finite: field `v` is 1e400',
      '9 not-finite: the record holds NaN or Infinity',
      '10 not-finite: the record holds NaN or Infinity',
      '11 implausible-time: field `t` is 99999999999999 (`ms`), outside 1970-01-01T00:00:00.000Z to 2100-01-01T00:00:00.000Z',
      '12 implausible-time: field `t` is -1 (`ms`), outside 1970-01-01T00:00:00.000Z to 2100-01-01T00:00:00.000Z',
      '13 unreadable: the record is not valid JSON',
      '14 unreadable: the record is not valid JSON',
      '15 unreadable: the record is not valid JSON',
      '16 unreadable: the record is not valid JSON',
      '17 unreadable: the record is not valid JSON',
      '18 unreadable: the record is not valid JSON',
      '19 unreadable: the record is not a JSON object',
      '20 unreadable: the record is not a JSON object',
    ]);
  });

  it('hands over the original bytes of what it refuses, and where they were', () => {
    const bad = Buffer.from([0x7b, 0xff, 0xfe, 0x00, 0x7d]);
    const good = Buffer.from(`{"c":"é","t":${T},"v":1}\r\n`);
    const all = parse(Buffer.concat([good, bad, Buffer.from('\r\n'), good]));
    expect(ids(all)).toEqual(['é', 'é']);
    expect(all.deadLetters).toHaveLength(1);
    const { reason, row, offset, bytes, source, truncated } = all.deadLetters[0]!;
    expect({ reason, row, offset, source, truncated }).toEqual({
      reason: 'unreadable',
      row: 2,
      offset: good.length,
      source: 'f',
      truncated: false,
    });
    expect(Buffer.from(bytes)).toEqual(bad);
  });

  it('spoils only the line whose UTF-8 is not valid', () => {
    const line = Buffer.from(`{"c":"a","t":${T},"v":1}\n`);
    const broken = Buffer.from(line);
    broken[6] = 0xc3;
    const all = parse(Buffer.concat([line, broken, line, broken.subarray(0, -1)]));
    expect(all.events.map((event) => event.row)).toEqual([1, 3]);
    expect(details(all)).toEqual(Array(2).fill('the record is not valid UTF-8'));
  });

  it('gives keys such as __proto__ no meaning', () => {
    const line = `{"__proto__":{"c":"evil","polluted":1},"constructor":{"prototype":{"polluted":1}},"c":"a","t":${T},"v":1}\n`;
    expect(ids(parse(line))).toEqual(['a']);
    expect(reasons(parse(`{"__proto__":{"c":"evil"},"t":${T},"v":1}\n`))).toEqual(['incomplete']);
    expect('polluted' in {}).toBe(false);
  });

  it('reads records however deep they nest, without stack', () => {
    const depth = 1_000_000;
    const deep = `${'[{"a":'.repeat(depth)}1${'}]'.repeat(depth)}`;
    const all = parse(`{"x":${deep},"c":"a","t":${T},"v":1}\n{"x":${'['.repeat(depth)}\n{"c":"b","t":${T},"v":1}\n`);
    expect(ids(all)).toEqual(['a', 'b']);
    expect(reasons(all)).toEqual(['unreadable']);
  });

  it('reads a line of 10 MB in reads of 1 MB', () => {
    const long = 'x'.repeat(10 << 20);
    const all = parse(`{"x":"${long}","c":"a","t":${T},"v":1}\n{"c":"b","t":${T},"v":1}\n`, {}, [1 << 20]);
    expect(ids(all)).toEqual(['a', 'b']);
  });

  it.each([[[1]], [[7]], [[50]], [[1000]], [[5000]]])(
    'refuses a record beyond the limit once, whatever the reads (%j), and goes on after it',
    (sizes) => {
      const line = (c: string): string => `{"c":"${c}","t":${T},"v":1}`;
      const fits = line('d'.repeat(64 - line('').length));
      const file = [line('a'), line('b'.repeat(500)), line('c'), fits, `${fits} `, line('e'), line('f'.repeat(70))];
      const all = parse(file.join('\r\n'), { maxRecordBytes: 65 }, sizes);
      expect(all.events.map((event) => event.row)).toEqual([1, 3, 4, 6]);
      expect(all.deadLetters.map(({ row, reason }) => [row, reason])).toEqual([
        [2, 'too-large'],
        [5, 'too-large'],
        [7, 'too-large'],
      ]);
      expect(all.rows).toBe(7);
      expect(Buffer.from(all.deadLetters[0]!.bytes).toString()).toBe(file[1]!.slice(0, 65));
      expect(all.deadLetters[0]!.truncated).toBe(true);
      expect(all.events[1]!.offset).toBe(file[0]!.length + file[1]!.length + 4);
    },
  );

  it('says that it ended inside a record that is too large, and goes on there in a new parser', () => {
    const settings = resolveIngest({ ...OPTIONS, maxRecordBytes: 64 });
    const head = Buffer.from(`{"c":"${'x'.repeat(200)}`);
    const first = createNdjsonParser(settings).parse(head, 0, head.length, { source: 'f', row: 1, offset: 0 }, false);
    expect([first.inside, first.consumed, first.rows]).toEqual([true, head.length, 1]);
    const rest = Buffer.from(`xxx","t":1,"v":1}\n{"c":"a","t":${T},"v":1}\n`);
    const at = { source: 'f', row: 2, offset: head.length, inside: true };
    const second = createNdjsonParser(settings).parse(rest, 0, rest.length, at, true);
    expect([second.batch.length, second.batch.deadLetters.length, second.batch.rows[0]]).toEqual([1, 0, 2]);
    expect(second.inside).toBe(false);
  });

  it.each([
    ['s', '1704067200', 1_704_067_200_000],
    ['s', '1704067200.1239', 1_704_067_200_123],
    ['s', '1.7040672001239E9', 1_704_067_200_123],
    ['ms', '1704067200123.9', T],
    ['us', '1704067200123999', T],
    ['ns', '1704067200123999999', T],
    ['ns', '1704067200124000000', T + 1],
    ['ns', '1.704067200123e18', T],
  ] as const)('reads a time in %s: %s', (unit, text, expected) => {
    expect(parse(`{"c":"a","t":${text},"v":1}\n`, { time: { unit } }).events[0]!.time).toBe(expected);
  });

  it('rounds times before 1970 down as well', () => {
    const read = (unit: 'us' | 'ns', text: string): number =>
      parse(`{"c":"a","t":${text},"v":1}\n`, { time: { unit, min: '1800-01-01' } }).events[0]!.time;
    expect(read('us', '-1')).toBe(-1);
    expect(read('ns', '-1704067200123000001')).toBe(-1_704_067_200_124);
    expect(read('ns', '-1704067200123000000')).toBe(-1_704_067_200_123);
  });

  it('reads local times in the configured zone', () => {
    const all = parse('{"c":"a","t":"2013-07-01 12:00","v":1}\n', { time: { zone: 'America/New_York' } });
    expect(all.events[0]!.time).toBe(Date.parse('2013-07-01T16:00Z'));
  });

  it('hands on local wall-clock time where the record names its zone', () => {
    const options: Partial<IngestOptions> = {
      fields: { customer: 'c', time: 't', timeZone: 'z' },
      time: { unit: 'iso' },
    };
    const line = (z: string, t: string): string => `{"c":"a","z":${z},"t":"${t}","v":1}`;
    const all = parse(
      [
        line('"America/New_York"', '2013-07-01T16:00Z'),
        line('"Asia/Kolkata"', '2013-07-01T16:00Z'),
        line('"Asia/Kolkata"', '2013-07-01T16:00'),
        line('"Mars/Base"', '2013-07-01T16:00'),
        line('null', '2013-07-01T16:00'),
      ].join('\n'),
      options,
    );
    expect(all.events.map((event) => new Date(event.time).toISOString().slice(0, 16))).toEqual([
      '2013-07-01T12:00',
      '2013-07-01T21:30',
      '2013-07-01T16:00',
    ]);
    expect(details(all)).toEqual(['field `z` is "Mars/Base", no IANA time zone', 'field `z` is null']);
  });

  it('counts records where no channel is named', () => {
    const parser = createNdjsonParser(resolveIngest({ fields: { customer: 'c', time: 't' }, time: { unit: 'ms' } }));
    expect(parseInChunks(parser, Buffer.from(`{"c":"a","t":${T}}\n`)).events[0]!.values).toEqual([1]);
  });

  it('reads several channels, counts, optional ones and a field that serves twice', () => {
    const all = parse(`{"c":"a","t":${T},"v":2}\n{"c":"a","t":${T},"v":3,"w":4}\n{"c":"a","t":${T},"w":4}\n`, {
      channels: [
        { name: 'usage', field: 'v' },
        { name: 'events', count: true },
        { name: 'other', field: 'w', optional: true },
        { name: 'again', field: 'v' },
      ],
    });
    expect(all.events.map((event) => event.values)).toEqual([
      [2, 1, NaN, 2],
      [3, 1, 4, 3],
    ]);
    expect(reasons(all)).toEqual(['incomplete']);
  });

  it('makes channels from a type field', () => {
    const line = (type: string): string => `{"c":"a","t":${T},"k":${type},"v":5}`;
    const text = [line('"up"'), line('"down"'), line('2'), line('"side"'), line('"d\\u006fwn"')].join('\n');
    const pivot = { field: 'k', values: ['up', 'down', '2'], value: 'v' };
    const options = { fields: OPTIONS.fields, time: { unit: 'ms' as const } };
    const read = (more: object) =>
      parseInChunks(createNdjsonParser(resolveIngest({ ...options, pivot: { ...pivot, ...more } })), Buffer.from(text));
    const rejecting = read({});
    expect(rejecting.events.map((event) => event.values)).toEqual([
      [5, NaN, NaN],
      [NaN, 5, NaN],
      [NaN, NaN, 5],
      [NaN, 5, NaN],
    ]);
    expect(details(rejecting)).toEqual(['field `k` is "side", not in `pivot.values`']);
    const skipping = read({ unknown: 'skip' });
    expect(skipping.deadLetters).toEqual([]);
    expect(skipping.events[3]!.values).toEqual([NaN, NaN, NaN]);
  });

  it('treats negative values by policy, and leaves meter readings alone', () => {
    const text = `{"c":"a","t":${T},"v":-2,"m":-3}\n`;
    const channels = [
      { name: 'usage', field: 'v' },
      { name: 'meter', field: 'm', cumulative: true },
    ];
    expect(parse(text, { channels }).events[0]!.values).toEqual([-2, -3]);
    expect(parse(text, { channels, negative: 'zero' }).events[0]!.values).toEqual([0, -3]);
    expect(reasons(parse(text, { channels, negative: 'reject' }))).toEqual(['negative']);
  });

  it('hashes event ids, the same for the same text however it is escaped', () => {
    const fields = { customer: 'c', time: 't', eventId: 'e' };
    const line = (e: string): string => `{"c":"a","t":${T},"v":1,"e":${e}}`;
    const all = parse(
      [line('"x1"'), line('"\\u00781"'), line('"x2"'), line('17'), `{"c":"a","t":${T},"v":1}`].join('\n'),
      {
        fields,
      },
    );
    const [a, b, c, d] = all.events.map((event) => event.eventId);
    expect(a).toEqual(b);
    expect(new Set([a, c, d].map(String)).size).toBe(3);
    expect(details(all)).toEqual(['field `e` is missing']);
  });

  it('keeps rows beyond the first capacity of its columns', () => {
    const text = Array.from({ length: 5000 }, (_, i) => `{"c":"c${i}","t":${T + i},"v":${i}}`).join('\n');
    const { events } = parse(text);
    expect(events).toHaveLength(5000);
    for (const [i, event] of events.entries())
      expect([event.id, event.time, event.values[0]]).toEqual([`c${i}`, T + i, i]);
  });
});
