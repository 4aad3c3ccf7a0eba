import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { SegtideError } from '../../errors.js';
import { packSavedModel, packTfjs, SAVED_MODEL_PATH, type SavedModelFile } from './pack-tfjs.js';

/** It travels to every worker with each model. */
const MOST_BYTES = 64 * 2 ** 20;

/**
 * Reads a TensorFlow.js model, its model.json and the weights beside it, or the folder of a SavedModel.
 *
 * @param file the model.json, or a folder that has one or is a SavedModel
 * @param mostBytes of all files together
 * @returns all in one, which `unpackTfjs` reads
 * @throws SegtideError `config` that says what of the files is missing or wrong, and what to do.
 */
export function readTfjsFile(file: string, mostBytes = MOST_BYTES): Uint8Array {
  const read = createReader(file, mostBytes);
  if (!isFolder(file)) return readModelJson(file, file, read);
  if (existsSync(join(file, 'saved_model.pb'))) return packSavedModel(readSavedModel(file, read));
  const json = join(file, 'model.json');
  if (existsSync(json)) return readModelJson(file, json, read);
  throw refuse(file, 'the folder has neither a model.json nor a saved_model.pb; name one that does');
}

/** Reads a file, of at most as many bytes as those before it left. */
type Read = (path: string) => Uint8Array;

function createReader(file: string, mostBytes: number): Read {
  let left = mostBytes;
  return (path) => {
    try {
      left -= statSync(path).size;
      if (left >= 0) return readFileSync(path);
    } catch (cause) {
      const { code, message } = cause as NodeJS.ErrnoException;
      const absent =
        path === file ? 'there is no such file; set encoder.file' : `there is no ${path}, which is part of it`;
      throw refuse(file, code === 'ENOENT' ? absent : message, cause);
    }
    const most = `${mostBytes / 2 ** 20} MiB is the most`;
    throw refuse(
      file,
      `it goes with each model to all workers, so that ${most} with its weights; take a smaller model, or quantize its weights`,
    );
  };
}

function isFolder(file: string): boolean {
  return statSync(file, { throwIfNoEntry: false })?.isDirectory() === true;
}

function readSavedModel(folder: string, read: Read): readonly SavedModelFile[] {
  const names = ['variables', 'assets'].flatMap((name) => {
    if (!isFolder(join(folder, name))) return [];
    return readdirSync(join(folder, name)).map((each) => `${name}/${each}`);
  });
  return ['saved_model.pb', ...names.sort()]
    .filter((path) => SAVED_MODEL_PATH.test(path))
    .map((path) => ({ path, bytes: read(join(folder, path)) }));
}

function readModelJson(file: string, json: string, read: Read): Uint8Array {
  const { modelTopology, weightsManifest, ...rest } = parse(file, read(json));
  if (!isRecord(modelTopology) || !Array.isArray(weightsManifest)) {
    throw refuse(
      file,
      'it has no modelTopology or no weightsManifest, as the model.json of a TensorFlow.js model has; convert a Keras model or a SavedModel by tensorflowjs_converter',
    );
  }
  const { paths, weightSpecs, size } = readManifest(file, weightsManifest);
  const weights = Buffer.concat(paths.map((path) => read(join(dirname(json), path))));
  if (weights.length !== size) {
    throw refuse(file, `its weights have ${weights.length} bytes, not ${size}; copy all of its files anew`);
  }
  return packTfjs({ ...rest, modelTopology, weightSpecs }, weights);
}

interface Manifest {
  readonly paths: readonly string[];
  readonly weightSpecs: readonly WeightSpec[];
  /** Bytes of all weights. */
  readonly size: number;
}

interface WeightSpec {
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly quantization?: { readonly dtype: string };
}

function readManifest(file: string, manifest: readonly unknown[]): Manifest {
  const groups = manifest as readonly { readonly paths: string[]; readonly weights: WeightSpec[] }[];
  try {
    const paths = groups.flatMap((group) => group.paths);
    const weightSpecs = groups.flatMap((group) => group.weights);
    const size = weightSpecs.reduce((sum, spec) => sum + bytesOf(spec), 0);
    if (paths.every((path) => typeof path === 'string') && Number.isSafeInteger(size)) {
      return { paths, weightSpecs, size };
    }
  } catch {
    // What is no manifest at all is refused as one that tells no sizes.
  }
  throw refuse(file, 'its weightsManifest tells no files, shapes and types of numbers that are known; convert it anew');
}

const BYTES: Readonly<Record<string, number>> = {
  float32: 4,
  int32: 4,
  complex64: 8,
  uint16: 2,
  float16: 2,
  uint8: 1,
  bool: 1,
};

function bytesOf({ shape, dtype, quantization }: WeightSpec): number {
  return shape.reduce((product, size) => product * size, 1) * (BYTES[quantization?.dtype ?? dtype] ?? Number.NaN);
}

function parse(file: string, bytes: Uint8Array): Record<string, unknown> {
  try {
    const parsed: unknown = JSON.parse(new TextDecoder().decode(bytes));
    if (isRecord(parsed)) return parsed;
  } catch {
    // Told below, as what is JSON and no object is.
  }
  throw refuse(
    file,
    'it is no JSON object; name the model.json of a TensorFlow.js model, or the folder of a SavedModel',
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function refuse(file: string, text: string, cause?: unknown): SegtideError {
  return new SegtideError('config', `encoder.file ${file}: ${text}.`, { cause });
}
