import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll } from 'vitest';
import { createFileSource, type FileSourceOptions } from '../../../src/transport/file/file-source.js';
import { drain, type Seen } from '../drain.js';
import { createJsonLineParsers } from '../json-line-parser.js';

export const DAY = 86_400_000;
export const line = (id: string, time: number, value = 1): string => JSON.stringify({ id, time, value });

/** Files in a folder of their own, and sources of them; the folder is removed after the tests of the file that calls this. */
export function useFiles() {
  const root = mkdtempSync(join(tmpdir(), 'segtide-file-source-'));
  afterAll(() => rmSync(root, { recursive: true }));

  const write = (name: string, lines: readonly string[], ending = '\n'): void => {
    const text = lines.map((each) => each + ending).join('');
    writeFileSync(join(root, name), name.endsWith('.gz') ? gzipSync(text) : text);
  };
  const open = (
    paths: readonly string[],
    options: Partial<FileSourceOptions> = {},
    from?: never | Record<string, unknown>,
  ) => createFileSource({ paths, folder: root, chunkBytes: 64, ...options }, createJsonLineParsers(), from);
  const read = async (paths: readonly string[], options: Partial<FileSourceOptions> = {}): Promise<Seen> => {
    const source = await open(paths, options);
    try {
      return await drain(source);
    } finally {
      await source.close();
    }
  };
  return { root, write, open, read };
}
