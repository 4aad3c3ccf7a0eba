import type { FileHandle } from 'node:fs/promises';
import { SegtideError } from '../../errors.js';
import type { ByteFeed } from './byte-feed.js';
import { toInputError } from './file-error.js';

/**
 * Bytes of an open file from `offset` up to the size that it had when the run began.
 *
 * What is appended later is left alone: a run covers the file as it was, so that a repeated run finds the same.
 *
 * @throws SegtideError 'input' when the file cannot be read, or has become shorter
 */
export function createPlainFeed(file: FileHandle, path: string, size: number, offset: number): ByteFeed {
  let at = offset;
  return {
    live: false,
    async read(into, start, end) {
      const wanted = Math.min(end - start, size - at);
      if (wanted <= 0) return 0;
      const { bytesRead } = await file.read(into, start, wanted, at).catch((cause: unknown) => {
        throw toInputError(cause, path, at);
      });
      if (bytesRead === 0) {
        const text = `${path} ends at byte ${at}, but had ${size} bytes at the start: it was shortened during the run.`;
        throw new SegtideError('input', `${text} Start again with a file that stays as it is.`, {
          context: { path, offset: at },
        });
      }
      at += bytesRead;
      return bytesRead;
    },
    close: () => file.close(),
  };
}
