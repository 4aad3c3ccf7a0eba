import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { SegtideError } from '../../errors.js';
import { sha256Of } from '../../numeric/sha256-of.js';
import { byTraining, type ListedModel, listModel } from '../../train/listed-model.js';
import type { ModelEntry } from '../../train/model-entry.js';
import { type ModelRegistry, PUT_BACK, type RegistryChange } from '../../train/model-registry.js';
import { readEntry } from '../../train/registry-records.js';
import { toOutputError } from '../../transport/file/file-error.js';
import { writeWholeFile } from '../../transport/file/write-whole-file.js';

/** A registry that can be looked at without a trainer. */
export interface FolderRegistry extends ModelRegistry {
  /** In the order of their training. */
  list(): Promise<readonly ListedModel[]>;
}

/** Keeps models in a folder: of each `<version>.json`, what is known of it, and `<version>.safetensors`, its file. */
export function createFolderRegistry(folder: string): FolderRegistry {
  const entryPath = (version: string): string => join(folder, `${version}.json`);
  const filePath = (version: string): string => join(folder, `${version}.safetensors`);
  const remove = async (path: string): Promise<void> => {
    await rm(path, { force: true }).catch((cause: unknown) => {
      throw toOutputError(cause, path);
    });
  };

  async function writeOne(change: RegistryChange): Promise<void> {
    const { entry } = change;
    if (change.kind === 'entry') {
      // The file first: whoever reads the entry finds it.
      if (change.artifact !== undefined) await writeWholeFile(filePath(entry.modelVersion), change.artifact);
      await writeWholeFile(entryPath(entry.modelVersion), `${JSON.stringify(entry, undefined, 2)}\n`);
      return;
    }
    if (change.kind === 'dropped') await remove(entryPath(entry.modelVersion));
    await remove(filePath(entry.modelVersion));
  }

  async function readOne(version: string): Promise<ModelEntry> {
    const path = entryPath(version);
    const bytes = await readFile(path).catch((cause: NodeJS.ErrnoException) => {
      throw new SegtideError('state', `${path} ${cannotBeRead(cause)}`, { cause, context: { path } });
    });
    return readEntry(path, bytes);
  }

  async function readWhole(entry: ModelEntry): Promise<Uint8Array> {
    const path = filePath(entry.modelVersion);
    const bytes = await readFile(path).catch((cause: NodeJS.ErrnoException) => {
      const text = `the file of model ${entry.modelVersion}, ${path}, ${cannotBeRead(cause)}`;
      throw new SegtideError('state', text, { cause, context: { path } });
    });
    if (sha256Of(bytes) === entry.sha256) return bytes;
    throw new SegtideError('state', `${path} is damaged: its SHA-256 is not that of ${entry.modelVersion}.json`, {
      context: { path },
    });
  }

  return {
    async write(changes) {
      for (const change of changes) await writeOne(change);
    },
    async restore(entries, champion) {
      const problems: string[] = [];
      const known = new Set(entries.map(({ modelVersion }) => modelVersion));
      for (const name of await list(folder)) {
        const version = versionOf(name);
        if (version !== undefined && !known.has(version)) await remove(join(folder, name));
      }
      for (const entry of entries) {
        await writeOne({ kind: 'entry', entry });
        if (entry.sha256 === null) continue;
        const problem = await readWhole(entry).then(() => undefined, toProblem);
        if (problem === undefined) continue;
        const isChampion = entry.modelVersion === champion?.clusterModel.modelVersion;
        if (isChampion) await writeOne({ kind: 'entry', entry, artifact: champion.artifact });
        problems.push(isChampion ? `${problem}; ${PUT_BACK}` : problem);
      }
      return problems;
    },
    read: readWhole,
    async list() {
      const versions = new Set((await list(folder)).flatMap((name) => versionOf(name) ?? []));
      const models = [...versions].map((version) => listModel(version, () => readOne(version), readWhole));
      return (await Promise.all(models)).sort(byTraining);
    },
  };
}

function cannotBeRead({ code, message }: NodeJS.ErrnoException): string {
  return `can't be read: ${code === 'ENOENT' ? 'it is not there' : message}`;
}

/** Version of a file that the registry wrote; undefined for files of others. */
function versionOf(name: string): string | undefined {
  return /^(v\d+(?:-[0-9a-f]{8})?)\.(?:json|safetensors)$/.exec(name)?.[1];
}

async function list(folder: string): Promise<readonly string[]> {
  return readdir(folder).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return [];
    throw new SegtideError('state', `the folder of models ${folder} can't be read: ${cause.message}`, { cause });
  });
}

function toProblem(error: unknown): string {
  if (error instanceof SegtideError && error.code === 'state') return error.message;
  throw error;
}
