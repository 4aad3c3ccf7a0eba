/** What a runtime opens layers or a graph of. */
export interface TfjsArtifacts {
  readonly modelTopology: Readonly<Record<string, unknown>>;
  readonly weightSpecs: readonly unknown[];
  readonly weightData: ArrayBuffer;
  readonly signature?: TfjsSignature;
}

/** Names that a graph gives to some of its nodes. */
export interface TfjsSignature {
  readonly outputs?: Readonly<Record<string, { readonly name?: string }>>;
}

/** A file of a SavedModel's folder, with its path in there. */
export interface SavedModelFile {
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** A model as it is kept: `packTfjs` and `packSavedModel` make one of its files, in the order of their bytes. */
export type PackedTfjs =
  | { readonly kind: 'tfjs'; readonly artifacts: TfjsArtifacts }
  | { readonly kind: 'saved-model'; readonly files: readonly SavedModelFile[] };

/** @param header what a model.json has, but for the list of files that `weights` was in */
export function packTfjs(header: Omit<TfjsArtifacts, 'weightData'>, weights: Uint8Array): Uint8Array {
  return pack(header, [weights]);
}

export function packSavedModel(files: readonly SavedModelFile[]): Uint8Array {
  const savedModel = files.map(({ path, bytes }): SavedModelEntry => ({ path, size: bytes.length }));
  return pack(
    { savedModel },
    files.map(({ bytes }) => bytes),
  );
}

/** Where files of a SavedModel lie: no path leads out of its folder. */
export const SAVED_MODEL_PATH = /^(saved_model\.pb|(variables|assets)\/[^./\\][^/\\]*)$/;

/**
 * Reads back what was packed.
 *
 * @throws Error when the bytes are something else
 */
export function unpackTfjs(bytes: Uint8Array): PackedTfjs {
  const length = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(0, true);
  const rest = bytes.subarray(4 + length);
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + length))) as
    | TfjsArtifacts
    | { readonly savedModel: readonly SavedModelEntry[] };
  if (!('savedModel' in header)) {
    return { kind: 'tfjs', artifacts: { ...header, weightData: rest.slice().buffer as ArrayBuffer } };
  }
  let from = 0;
  const files = header.savedModel.map(({ path, size }) => {
    if (!SAVED_MODEL_PATH.test(path)) throw new Error(`it has a file ${path}, which no SavedModel has`);
    from += size;
    return { path, bytes: rest.subarray(from - size, from) };
  });
  return { kind: 'saved-model', files };
}

interface SavedModelEntry {
  readonly path: string;
  readonly size: number;
}

/** The length of the header (4 bytes, little-endian), the header as JSON, and the other bytes. */
function pack(header: object, parts: readonly Uint8Array[]): Uint8Array {
  const text = new TextEncoder().encode(JSON.stringify(header));
  const bytes = new Uint8Array(4 + text.length + parts.reduce((sum, part) => sum + part.length, 0));
  new DataView(bytes.buffer).setUint32(0, text.length, true);
  bytes.set(text, 4);
  let at = 4 + text.length;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
