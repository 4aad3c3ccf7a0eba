import { SegtideError } from '../../errors.js';

/** Wraps what the file system said about an input file: names the path and what to do about it. */
export function toInputError(cause: unknown, path: string, offset?: number): SegtideError {
  if (cause instanceof SegtideError) return cause;
  const code = (cause as NodeJS.ErrnoException | undefined)?.code;
  const context = offset === undefined ? { path } : { path, offset };
  return new SegtideError('input', `Cannot read ${path}: ${INPUT_ADVICE[code ?? ''] ?? toText(cause)}.`, {
    cause,
    context,
  });
}

/** Wraps what the file system said about an output file or folder: names the path and what to do about it. */
export function toOutputError(cause: unknown, path: string): SegtideError {
  if (cause instanceof SegtideError) return cause;
  const code = (cause as NodeJS.ErrnoException | undefined)?.code;
  const text = `Cannot write ${path}: ${OUTPUT_ADVICE[code ?? ''] ?? toText(cause)}.`;
  return new SegtideError('output', text, {
    cause,
    context: { path },
    retriable: code === 'ENOSPC' || code === 'EDQUOT',
  });
}

/** Wraps what the system said about a stream such as standard output. */
export function toStreamError(cause: unknown, name: string): SegtideError {
  if (cause instanceof SegtideError) return cause;
  const code = (cause as NodeJS.ErrnoException | undefined)?.code ?? '';
  const full = code === 'ENOSPC' || code === 'EDQUOT';
  const why = full ? 'the disk is full where it goes; free some space, or send it elsewhere' : toText(cause);
  return new SegtideError('output', `Cannot write to ${name}: ${why}.`, { cause, retriable: full });
}

const INPUT_ADVICE: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file; check the path, or whether it was moved since the start',
  EACCES: 'permission denied; give this user the right to read it',
  EPERM: 'permission denied; give this user the right to read it',
  EISDIR: 'it is a folder; name its files, for example with a glob such as folder/*.ndjson',
  EMFILE: 'too many files are open; raise the limit (ulimit -n) or pass fewer files',
  EIO: 'the disk reports a read error; check the device',
};

const OUTPUT_ADVICE: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full; free some space and start again (by --resume, a run goes on from its last checkpoint)',
  EDQUOT:
    'the disk quota is used up; free some space and start again (by --resume, a run goes on from its last checkpoint)',
  EROFS: 'the file system is read-only; choose another output folder',
  EACCES: 'permission denied; give this user the right to write there, or choose another output folder',
  EPERM: 'permission denied; give this user the right to write there, or choose another output folder',
  ENOENT: 'the folder does not exist; create it first',
  EEXIST: 'there is a file in place of the folder; choose another output folder',
  ENOTDIR: 'a part of the path is a file, not a folder; choose another output folder',
  EISDIR: 'it is a folder; name a file',
  EMFILE: 'too many files are open; raise the limit (ulimit -n)',
  EIO: 'the disk reports a write error; check the device',
};

function toText(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
