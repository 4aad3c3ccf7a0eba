import type { Codec } from './codec.js';
import { gzipCodec, zstdCodec } from './zlib-codec.js';

/** How records may be compressed. */
export type Compression = 'none' | 'gzip' | 'snappy' | 'lz4' | 'zstd';

/** What reads and writes compressed records, by kafkajs's number of the kind. */
export type CodecTable = Readonly<Record<number, () => Codec>>;

/**
 * Gives kafkajs what it reads and writes compressed records with; its table is one for the whole program. Its own gzip has
 * no limit to what it inflates, and of the others it has none. A codec that the host program has put in place stays.
 */
export async function registerCodecs(): Promise<void> {
  const { CompressionCodecs } = (await import('kafkajs')).default;
  Object.assign(CompressionCodecs, await findCodecs());
}

/** The codecs to read with, whether they were registered or not: those of the host program, and segtide's for the others. */
export async function findCodecs(): Promise<CodecTable> {
  const [{ lz4Codec }, { snappyCodec }] = await Promise.all([import('./lz4-codec.js'), import('./snappy-codec.js')]);
  // Of a CommonJS module Node names but some exports.
  const { CompressionCodecs, CompressionTypes } = (await import('kafkajs')).default;
  const known = CompressionCodecs as CodecTable;
  const isMissing = (type: number): boolean => {
    try {
      known[type]!();
      return false;
    } catch (error) {
      return (error as Error).name === 'KafkaJSNotImplemented';
    }
  };
  const once = (open: () => Codec): (() => Codec) => {
    let codec: Codec | undefined;
    return () => (codec ??= open());
  };
  const found = (type: number, open: () => Codec): (() => Codec) => (isMissing(type) ? once(open) : known[type]!);
  return {
    [CompressionTypes.GZIP]: once(gzipCodec),
    [CompressionTypes.Snappy]: found(CompressionTypes.Snappy, snappyCodec),
    [CompressionTypes.LZ4]: found(CompressionTypes.LZ4, lz4Codec),
    [CompressionTypes.ZSTD]: found(CompressionTypes.ZSTD, zstdCodec),
  };
}

/**
 * kafkajs's number of a kind of compression.
 *
 * @throws SegtideError `config` where this Node has it not, before the first record is sent
 */
export function toCompressionType(compression: Compression): number {
  if (compression === 'zstd') zstdCodec();
  return TYPES[compression];
}

const TYPES: Readonly<Record<Compression, number>> = { none: 0, gzip: 1, snappy: 2, lz4: 3, zstd: 4 };
