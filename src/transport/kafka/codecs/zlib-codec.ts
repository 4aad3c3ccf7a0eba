import { promisify } from 'node:util';
import zlib from 'node:zlib';
import { SegtideError } from '../../../errors.js';
import { MAX_INFLATED_BYTES, toInflateError } from '../inflate-limit.js';
import type { Codec } from './codec.js';

type Work = (
  bytes: Uint8Array,
  options: { readonly maxOutputLength?: number },
  done: (error: Error | null, result: Buffer) => void,
) => void;

/** Node 22.15 and later; the types are those of the oldest Node that is supported. */
const { zstdCompress, zstdDecompress } = zlib as { readonly zstdCompress?: Work; readonly zstdDecompress?: Work };

export function gzipCodec(): Codec {
  return toCodec('gzip', zlib.gzip, zlib.unzip);
}

/** @throws SegtideError `config` where this Node can't */
export function zstdCodec(): Codec {
  if (zstdCompress === undefined || zstdDecompress === undefined) {
    const text = `records compressed by zstd need Node 22.15 or later; this is ${process.version}. Run a newer Node, or have the topic's \`compression.type\` be another`;
    throw new SegtideError('config', text);
  }
  return toCodec('zstd', zstdCompress, zstdDecompress);
}

function toCodec(name: string, deflate: Work, inflate: Work): Codec {
  const [compress, decompress] = [promisify(deflate), promisify(inflate)];
  return {
    compress: ({ buffer }) => compress(buffer, {}),
    async decompress(buffer) {
      try {
        return await decompress(buffer, { maxOutputLength: MAX_INFLATED_BYTES });
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') throw toInflateError(name, error);
        throw error;
      }
    },
  };
}
