import { SegtideError } from '../errors.js';
import { sha256Of } from '../numeric/sha256-of.js';
import type { ModelEntry } from './model-entry.js';

/** A model as a registry tells of it, whatever state it is in. */
export type ListedModel =
  | (ModelEntry & {
      /** What is wrong with its file; null where it is whole, or not kept. */
      readonly problem: string | null;
    })
  /** What was known of it can't be read. */
  | { readonly modelVersion: string; readonly status: 'damaged'; readonly problem: string };

/** A model of which everything is known. */
export type KnownModel = Exclude<ListedModel, { readonly status: 'damaged' }>;

export function isKnown(model: ListedModel): model is KnownModel {
  return model.status !== 'damaged';
}

/**
 * Looks at one model of a registry; what is wrong with it is told and does not hide the others.
 *
 * @param readEntry throws `state` where what is known of it can't be read
 * @param readFile throws `state` where its file can't be read
 */
export async function listModel(
  modelVersion: string,
  readEntry: () => ModelEntry | Promise<ModelEntry>,
  readFile: (entry: ModelEntry) => Uint8Array | Promise<Uint8Array>,
): Promise<ListedModel> {
  let entry: ModelEntry;
  try {
    entry = await readEntry();
  } catch (error) {
    return { modelVersion, status: 'damaged', problem: wordsOf(error) };
  }
  if (entry.sha256 === null) return { ...entry, problem: null };
  try {
    const isWhole = sha256Of(await readFile(entry)) === entry.sha256;
    return { ...entry, problem: isWhole ? null : `the file of ${modelVersion} is damaged: its SHA-256 is another` };
  } catch (error) {
    return { ...entry, problem: wordsOf(error) };
  }
}

/** In the order of their training. */
export function byTraining(a: ListedModel, b: ListedModel): number {
  const windows = isKnown(a) && isKnown(b) ? a.atWindow - b.atWindow : 0;
  return numberOf(a) - numberOf(b) || windows;
}

function numberOf({ modelVersion }: ListedModel): number {
  return Number(/^v(\d+)/.exec(modelVersion)?.[1] ?? 0);
}

function wordsOf(error: unknown): string {
  if (error instanceof SegtideError && error.code === 'state') return error.message;
  throw error;
}
