import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { decompressLz4Raw } from 'hyparquet-compressors';
import { describe, expect, it } from 'vitest';
import type { Codec } from '../../../../src/transport/kafka/codecs/codec.js';
import { compressLz4Block, decompressLz4Block } from '../../../../src/transport/kafka/codecs/lz4-block.js';
import { lz4Codec } from '../../../../src/transport/kafka/codecs/lz4-codec.js';
import { snappyCodec } from '../../../../src/transport/kafka/codecs/snappy-codec.js';
import { gzipCodec, zstdCodec } from '../../../../src/transport/kafka/codecs/zlib-codec.js';
import { MAX_INFLATED_BYTES } from '../../../../src/transport/kafka/inflate-limit.js';

const hasZstd = 'zstdCompress' in (await import('node:zlib'));
const CODECS: readonly (readonly [string, () => Codec])[] = [
  ['gzip', gzipCodec],
  ['snappy', snappyCodec],
  ['lz4', lz4Codec],
  ...(hasZstd ? ([['zstd', zstdCodec]] as const) : []),
];

/** Bytes of a stream: some that repeat, as JSON does, and some that don't. */
const bytes = fc
  .array(
    fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc.tuple(fc.uint8Array({ minLength: 1, maxLength: 30 }), fc.nat(3000)).map(([part, times]) => {
        return Buffer.concat(Array.from({ length: times }, () => part));
      }),
    ),
    { maxLength: 12 },
  )
  .map((parts) => Buffer.concat(parts));

describe.each(CODECS)('%s', (_, open) => {
  it('gives back what it compressed', async () => {
    const codec = open();
    await fc.assert(
      fc.asyncProperty(bytes, async (buffer) => {
        const compressed = await codec.compress({ buffer });
        expect((await codec.decompress(compressed)).equals(buffer)).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  it('makes usage events smaller', async () => {
    const buffer = Buffer.from(TEXT.repeat(40));
    expect((await open().compress({ buffer })).length).toBeLessThan(buffer.length / 3);
  });

  it('takes a batch of just the limit, and refuses a larger one', async () => {
    const codec = open();
    const buffer = Buffer.alloc(MAX_INFLATED_BYTES + 1);
    expect(await codec.decompress(await codec.compress({ buffer: buffer.subarray(1) }))).toHaveLength(
      buffer.length - 1,
    );
    const bomb = await codec.compress({ buffer });
    await expect(codec.decompress(bomb)).rejects.toMatchObject({
      code: 'input',
      message: expect.stringContaining(`more than ${MAX_INFLATED_BYTES} bytes`),
    });
  }, 30_000);

  it('answers damaged bytes with an error, or with bytes where it cannot tell', async () => {
    const codec = open();
    const whole = await codec.compress({ buffer: Buffer.from(TEXT) });
    await fc.assert(
      fc.asyncProperty(fc.nat(whole.length - 1), fc.nat(255), fc.nat(whole.length), async (at, byte, length) => {
        const damaged = Buffer.from(whole.subarray(0, length));
        if (at < length) damaged[at] = byte;
        const result = await codec.decompress(damaged).catch((error: unknown) => error);
        expect(result instanceof Error || Buffer.isBuffer(result)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});

describe('a snappy batch', () => {
  it('may be one bare block, as clients other than Java send it', async () => {
    expect(String(await snappyCodec().decompress(Buffer.from(SNAPPY, 'base64')))).toBe(TEXT);
  });

  it('is framed as the Java clients do', async () => {
    const framed = await snappyCodec().compress({ buffer: Buffer.from('a') });
    // Magic, version 1, compatible with 1, a block of 3 bytes: length 1, a literal of 1, "a".
    expect(framed.toString('hex')).toBe('82534e4150505900000000010000000100000003010061');
  });

  it('is refused by the length that it tells, before any memory is taken', async () => {
    const bomb = Buffer.from([0xff, 0xff, 0xff, 0xff, 0x0f, 0]);
    await expect(snappyCodec().decompress(bomb)).rejects.toMatchObject({ code: 'input' });
  });
});

describe('an lz4 batch', () => {
  it('may have linked blocks, checksums and its length', async () => {
    expect(String(await lz4Codec().decompress(Buffer.from(LINKED, 'base64')))).toBe(TEXT);
  });

  it('is a frame of independent blocks', async () => {
    const frame = await lz4Codec().compress({ buffer: Buffer.from('abc') });
    // Magic, flags, block size, checksum of the header; three bytes as they are; no more blocks.
    expect(frame.toString('hex')).toBe('04224d18604082'.concat('03000080', '616263', '00000000'));
  });

  it('has blocks that another program reads', () => {
    fc.assert(
      fc.property(bytes, (buffer) => {
        const block = buffer.subarray(0, 65_536);
        const compressed = compressLz4Block(block);
        if (compressed === undefined) return;
        expect(compressed.length).toBeLessThan(block.length);
        expect(Buffer.from(decompressLz4Raw(compressed, block.length)).equals(block)).toBe(true);
      }),
      { numRuns: 100 },
    );
  });

  it('keeps to the rules for the end of a block', () => {
    // 20 equal bytes: one literal, a match of distance 1 to the last 5, which are literals.
    const compressed = compressLz4Block(Buffer.alloc(40, 'x'))!;
    expect(Buffer.from(compressed).toString('hex')).toBe('1f780100'.concat('0f', '50', '7878787878'));
    const output = new Uint8Array(40);
    expect(decompressLz4Block(compressed, output, 0)).toBe(40);
  });

  it.each([
    ['no frame', '00112233445566'],
    ['another version', '04224d18a0408200000000'],
    ['a dictionary', '04224d18614082'.concat('00000000', '00000000')],
    ['the end of a block missing', '04224d18604082'.concat('10000000', '00')],
    ['a match before the beginning', '04224d18604082'.concat('05000000', '1061ffff00', '00000000')],
  ])('is refused with %s', async (_, hex) => {
    await expect(lz4Codec().decompress(Buffer.from(hex, 'hex'))).rejects.toMatchObject({
      code: 'input',
      message: expect.stringContaining('lz4 is damaged'),
    });
  });
});

describe('a gzip batch', () => {
  it('may have several members', async () => {
    const two = Buffer.concat([gzipSync('a'), gzipSync('b')]);
    expect(String(await gzipCodec().decompress(two))).toBe('ab');
  });
});

it.runIf(!hasZstd)('zstd says which Node it needs', () => {
  expect(zstdCodec).toThrow('need Node 22.15 or later');
});

const TEXT = Array.from(
  { length: 40 },
  (_, i) => `{"customer": "c${i % 7}", "time": ${1_700_000_000_000 + i * 1000}, "kwh": ${i % 13}}`,
).join('\n');

/** TEXT by Google's snappy, and by lz4 1.9.4 with linked blocks, checksums and the length. */
const SNAPPY =
  'qBB0eyJjdXN0b21lciI6ICJjMCIsICJ0aW1lIjogMTcwGQEsLCAia3doIjogMH0KOjQAADFONAAIMTAwGTQAMUI0AAAyTjQAADIuNAAAMkI0AAAzTjQAADMuNAAAM0I0AAA0TjQAADQuNAAANEI0AAA1TjQAADUuNAAANUI0AAA2TjQAADYuNAAANkI0AFJsASF0NWwAN0I0AFJsAQA4LmgAADhCNABSbAEAOS40AAA5QjQATmwBIdMZnAAxRgkCTm0BADEBNhXRADFGCgJObgEAMTIKAgAxRgsCTm8BADEyCwJGngBObwEAMTILAkadAE5vAQAxMgsCRpwATm8BADEyCwJGpwJSbwEyCwJGpwJSbgEyCwJGpwJSbQEyCwJGpwJObAEhoDnWRqcCTmwBADIyCgJGpwJObAEAMgFpVT5GpwJObAEAMjIIAkqnAk5tAQAyNgkCRgoCTm4BADIyCgJKpwJObwEAMjILAkanAlJvATILAkadAFJvATILAkanAlJvATILAkanAk5vASFuOaNGpwJObgEAMzILAkanAk5tAQAzMgsCRqcCTmwBADMBnVU/RqcCTmwBADMyCgJGpwJObAEAMzIJAkanAk5sAQAzMggCSqcCUm0BNgkCRgoCUm4BMgoCSqcCUm8BODkwMDAsICJrd2giOiAwfQ==';
const LINKED =
  'BCJNGHxAKAgAAAAAAACb/gEAAPYPeyJjdXN0b21lciI6ICJjMCIsICJ0aW1lIjogMTcwAQDLLCAia3doIjogMH0KNAAfMTQAARgxNAAdMTQAHzI0AAEYMjQAHTI0AB8zNAABGDM0AB0zNAAfNDQAARg0NAAdNDQAHzU0AAEYNTQAHTU0AB82NAABGDY0AB02NAAPbAECAHQBBWwBHTc0AA9sAQIYOGgAHTg0AA9sAQIYOTQAHTk0AA9sAQEA0wEGnAAeMQkCD20BARAxNgAGNQAOCgIPbgEBGTEKAh4xCwIPbwEBGTELAg6eAA9vAQEZMQsCDp0AD28BARkxCwIOnAAPbwEBGTELAg6nAg9vAQIJCwIOpwIPbgECCQsCDqcCD20BAgkLAg6nAg9sAQEAoAEGCwIOpwIPbAEBGTIKAg6nAg9sAQEQMmkABT4CDqcCD2wBARkyCAIPpwIAD20BARoyCQIOCgIPbgEBGTIKAg+nAgAPbwEBGTILAg6nAg9vAQIJCwIOnQAPbwECCQsCDqcCD28BAgkLAg6nAg9vAQEAbgEGCwIOpwIPbgEBGTMLAg6nAg9tAQEZMwsCDqcCD2wBARAznQAFPwIOpwIPbAEBGTMKAg6nAg9sAQEZMwkCDqcCD2wBARkzCAIPpwIAD20BAgoJAg4KAg9uAQIJCgIPpwIAD28BAgYLAlAiOiAwfcGSldoAAAAAQPzHOw==';
