import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { readLines } from '../../read-lines.js';
import { VIEW_OUTPUTS } from '../store/view-schema.js';
import type { ViewStore } from '../store/view-store.js';
import type { ViewSource } from './view-source.js';

export interface FolderSourceOptions {
  /** Time between two looks at files that have not grown, ms. @default 250 */
  readonly lookEveryMs?: number;
  /** Bytes that are read at once. @default 262144 */
  readonly atOnce?: number;
  /** Told of each line that is no record. */
  readonly onProblem?: (text: string) => void;
}

/**
 * Follows the NDJSON files of a run's output folder. A file that was cut short, as by a run that goes on from a
 * checkpoint, is read again from its beginning.
 */
export function createFolderSource(folder: string, store: ViewStore, options: FolderSourceOptions = {}): ViewSource {
  const { lookEveryMs = 250, atOnce = 1 << 18, onProblem = () => undefined } = options;

  /** Reads on in one file; whether there may be more. */
  async function follow(output: string): Promise<boolean> {
    const path = join(folder, `${output}.ndjson`);
    const found = await stat(path).catch(() => undefined);
    if (found === undefined) return false;
    const at = readPosition(store.position(output));
    if (at.offset > 0 && (at.file !== String(found.ino) || found.size < at.offset)) {
      store.forget(output);
      return true;
    }
    if (found.size <= at.offset) return false;
    const lines = await readLines(path, at.offset, atOnce);
    if (lines.bytes === 0) return false;
    const records = lines.text.split('\n').flatMap((line) => parse(line, path));
    await store.write(output, records, JSON.stringify({ file: String(found.ino), offset: at.offset + lines.bytes }));
    return true;
  }

  function parse(line: string, path: string): readonly unknown[] {
    if (line === '') return [];
    try {
      return [JSON.parse(line)];
    } catch {
      onProblem(`a line of ${path} is no record, and is passed over`);
      return [];
    }
  }

  async function catchUp(signal: AbortSignal): Promise<void> {
    for (let hasMore = true; hasMore; ) {
      hasMore = false;
      // In turns, so that a long file does not keep the others waiting.
      for (const output of VIEW_OUTPUTS) {
        if (signal.aborted) return;
        hasMore = (await follow(output)) || hasMore;
      }
    }
  }

  return {
    name: folder,
    catchUp,
    waitsFor: undefined,
    async run(signal) {
      while (!signal.aborted) {
        await catchUp(signal);
        await sleep(lookEveryMs, undefined, { signal }).catch(() => undefined);
      }
    },
  };
}

interface FilePosition {
  /** The file's inode: one that was replaced is another. */
  readonly file: string;
  readonly offset: number;
}

function readPosition(text: string | undefined): FilePosition {
  return text === undefined ? { file: '', offset: 0 } : (JSON.parse(text) as FilePosition);
}
