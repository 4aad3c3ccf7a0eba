import { SegtideError } from '../../errors.js';
import { matrixSize, parameterCount, VRAE_MATRICES, type VraeShape, type VraeWeights } from './vrae-weights.js';

/** Weights as they are stored and sent: a header that is plain JSON, and all numbers in one array. */
export interface VraeArtifact {
  readonly header: VraeArtifactHeader;
  /** The matrices in the order of `header.matrices`, each row-major. */
  readonly values: Float32Array;
}

interface VraeArtifactHeader {
  readonly format: 'segtide-vrae';
  readonly formatVersion: 1;
  readonly cell: 'lstm';
  readonly shape: VraeShape;
  readonly matrices: readonly { readonly name: string; readonly rows: number; readonly columns: number }[];
}

/** Packs weights for storage. The version of a model is the caller's: a hash of header and values. */
export function toArtifact(weights: VraeWeights): VraeArtifact {
  const { steps, channels, hidden, latent } = weights.shape;
  const shape = { steps, channels, hidden, latent };
  const values = new Float32Array(parameterCount(shape));
  let start = 0;
  for (const name of VRAE_MATRICES) {
    values.set(weights[name], start);
    start += weights[name].length;
  }
  return { header: toHeader(shape), values };
}

/**
 * Unpacks what `toArtifact` packed, after JSON as well.
 *
 * @throws SegtideError `state` when the header is not one of ours or does not fit the values.
 */
export function fromArtifact(header: unknown, values: Float32Array): VraeWeights {
  const shape = readShape(header);
  const expected = toHeader(shape);
  if (JSON.stringify({ ...expected, ...(header as object) }) !== JSON.stringify(expected)) {
    throw damaged(`its header is not that of a ${expected.format} of format version ${expected.formatVersion}`);
  }
  if (values.length !== parameterCount(shape)) {
    throw damaged(`it should have ${parameterCount(shape)} values, got ${values.length}`);
  }
  let start = 0;
  const take = (name: (typeof VRAE_MATRICES)[number]): Float32Array => {
    const [rows, columns] = matrixSize(shape, name);
    start += rows * columns;
    return values.slice(start - rows * columns, start);
  };
  return {
    shape,
    encoder: take('encoder'),
    posterior: take('posterior'),
    initial: take('initial'),
    decoder: take('decoder'),
    output: take('output'),
  };
}

function toHeader(shape: VraeShape): VraeArtifactHeader {
  const matrices = VRAE_MATRICES.map((name) => {
    const [rows, columns] = matrixSize(shape, name);
    return { name, rows, columns };
  });
  return { format: 'segtide-vrae', formatVersion: 1, cell: 'lstm', shape, matrices };
}

function readShape(header: unknown): VraeShape {
  const shape = (header as Partial<VraeArtifactHeader> | null)?.shape;
  const size = (name: keyof VraeShape): number => {
    const value: unknown = shape?.[name];
    if (!Number.isInteger(value) || (value as number) < 1) throw damaged(`shape.${name} is ${String(value)}`);
    return value as number;
  };
  return { steps: size('steps'), channels: size('channels'), hidden: size('hidden'), latent: size('latent') };
}

function damaged(what: string): SegtideError {
  return new SegtideError('state', `The stored VRAE can't be read: ${what}. Use an undamaged copy or train anew.`);
}
