import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type ModelRequest, readModelRequest } from '../../train/model-request.js';
import { writeWholeFile } from '../../transport/file/write-whole-file.js';

/** Requests to the trainer of a run, each a file until it is done. */
export interface RequestFolder {
  /** Those that wait, by name; one that is no request is told of and passed over. */
  waiting(): Promise<readonly ModelRequest[]>;
  post(request: ModelRequest): Promise<void>;
  /** Removes what was done, once the state that it led to is safe. */
  done(requests: readonly ModelRequest[]): Promise<void>;
}

/** @param onProblem told once of each file that is no request */
export function createRequestFolder(
  folder: string,
  onProblem: (text: string) => void = () => undefined,
): RequestFolder {
  const told = new Set<string>();
  const pathOf = ({ id }: ModelRequest): string => join(folder, `${id}.json`);

  async function readOne(name: string): Promise<readonly ModelRequest[]> {
    const text = await readFile(join(folder, name), 'utf8');
    const request = readModelRequest(text);
    if (request !== undefined && `${request.id}.json` === name) return [request];
    if (!told.has(name)) onProblem(`${join(folder, name)} is no request to a trainer, and is passed over`);
    told.add(name);
    return [];
  }

  return {
    async waiting() {
      const names = await readdir(folder).catch((cause: NodeJS.ErrnoException) => {
        if (cause.code === 'ENOENT') return [];
        throw cause;
      });
      // One that is being written has another ending.
      const found = names.filter((name) => name.endsWith('.json')).sort();
      return (await Promise.all(found.map(readOne))).flat();
    },
    async post(request) {
      await writeWholeFile(pathOf(request), `${JSON.stringify(request)}\n`);
    },
    async done(requests) {
      for (const request of requests) await rm(pathOf(request), { force: true });
    },
  };
}
