import type { Codec } from './codec.js';
import { gzipCodec, zstdCodec } from './zlib-codec.js';

/** How records may be compressed. */
export type Compression = 'none' | 'gzip' | 'snappy' | 'lz4' | 'zstd';

/**
 * Gives kafkajs what it reads and writes compressed records with; its table is one for the whole program. Its own gzip has
 * no limit to what it inflates, and of the others it has none. A codec that the host program has put in place stays.
 */
export async function registerCodecs(): Promise<void> {
  const [{ lz4Codec }, { snappyCodec }] = await Promise.all([import('./lz4-codec.js'), import('./snappy-codec.js')]);
  // Of a CommonJS module Node names but some exports.
  const { CompressionCodecs, CompressionTypes } = (await import('kafkajs')).default;
  const isMissing = (type: number): boolean => {
    try {
      (CompressionCodecs as Table)[type]!();
      return false;
    } catch (error) {
      return (error as Error).name === 'KafkaJSNotImplemented';
    }
  };
  const set = (type: number, open: () => Codec): void => {
    let codec: Codec | undefined;
    (CompressionCodecs as Table)[type] = () => (codec ??= open());
  };
  set(CompressionTypes.GZIP, gzipCodec);
  if (isMissing(CompressionTypes.Snappy)) set(CompressionTypes.Snappy, snappyCodec);
  if (isMissing(CompressionTypes.LZ4)) set(CompressionTypes.LZ4, lz4Codec);
  if (isMissing(CompressionTypes.ZSTD)) set(CompressionTypes.ZSTD, zstdCodec);
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

type Table = Record<number, () => unknown>;
