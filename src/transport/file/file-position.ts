import { SegtideError } from '../../errors.js';
import type { SourcePosition } from '../../ports.js';
import type { LanePosition } from './lane.js';
import type { OpenFile } from './open-file.js';

/** Where one file goes on. */
export type FilePosition = LanePosition;

/** What a checkpoint keeps of a file: where it goes on, and how to tell that it is still the same. */
interface StoredFile extends FilePosition {
  readonly path: string;
  readonly fingerprint: string;
}

/** Turns the files' positions into plain JSON. */
export function toSourcePosition(files: readonly OpenFile[], positions: readonly FilePosition[]): SourcePosition {
  const stored = files.map(({ path, fingerprint }, i): StoredFile => ({ path, fingerprint, ...positions[i]! }));
  return { version: VERSION, files: stored };
}

/**
 * Reads positions back, and makes sure that they belong to these files.
 *
 * @param from undefined begins every file at its start
 * @throws SegtideError 'state' that names the file which changed, came or went
 */
export function readSourcePosition(
  from: SourcePosition | undefined,
  files: readonly OpenFile[],
): readonly FilePosition[] {
  if (from === undefined) return files.map(() => START);
  const stored = from.files;
  if (from.version !== VERSION || !Array.isArray(stored) || !stored.every(isStored)) {
    throw new SegtideError('state', `The checkpoint holds no position of input files. ${START_AFRESH}`);
  }
  const expected = stored.map(({ path }) => path);
  const found = files.map(({ path }) => path);
  const gone = expected.filter((path) => !found.includes(path));
  const added = found.filter((path) => !expected.includes(path));
  if (gone.length > 0 || added.length > 0 || expected.join('\n') !== found.join('\n')) {
    const changes = [...gone.map((path) => `${path} is gone`), ...added.map((path) => `${path} is new`)];
    const text = `The input is not the checkpoint's: ${changes.join(', ') || 'its files are in another order'}.`;
    throw new SegtideError('state', `${text} Give it the same files, or start afresh in a new output folder.`);
  }
  return stored.map((file, i) => {
    if (file.fingerprint === files[i]!.fingerprint) return file;
    const text = `${file.path} has changed since the checkpoint: its size, its first or its last bytes differ.`;
    throw new SegtideError('state', `${text} ${START_AFRESH}`, { context: { path: file.path } });
  });
}

const VERSION = 1;
const START: FilePosition = { row: 1, offset: 0, inside: false, latest: null };
const START_AFRESH = 'Put the same file back, or start afresh in a new output folder.';

function isStored(value: unknown): value is StoredFile {
  const file = value as Partial<StoredFile> | null;
  return (
    typeof file === 'object' &&
    typeof file?.path === 'string' &&
    typeof file.fingerprint === 'string' &&
    Number.isSafeInteger(file.row) &&
    Number.isSafeInteger(file.offset) &&
    typeof file.inside === 'boolean' &&
    (file.latest === null || Number.isFinite(file.latest))
  );
}
