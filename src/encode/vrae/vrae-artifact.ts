import { toLayout } from './vrae-layout.js';
import type { VraeShape } from './vrae-shape.js';
import { damaged, type VraeWeights } from './vrae-weights.js';

/** Weights as they are stored and sent: a header that is plain JSON, and all numbers in one array. */
export interface VraeArtifact {
  readonly header: VraeArtifactHeader;
  /** The tensors in the order of `header.tensors`, each row-major. */
  readonly values: Float32Array;
}

interface VraeArtifactHeader {
  readonly format: 'segtide-vrae';
  readonly formatVersion: 2;
  readonly shape: VraeShape;
  readonly tensors: readonly { readonly name: string; readonly shape: readonly number[] }[];
}

/** Packs weights for storage. The version of a model is the caller's: a hash of header and values. */
export function toArtifact({ shape, values }: VraeWeights): VraeArtifact {
  return { header: toHeader(shape), values: values.slice() };
}

/**
 * Unpacks what `toArtifact` packed, after JSON as well.
 *
 * @throws SegtideError `state` when the header is not one of ours or does not fit the values.
 */
export function fromArtifact(header: unknown, values: Float32Array): VraeWeights {
  const { format, formatVersion } = (header ?? {}) as Partial<VraeArtifactHeader>;
  if (format !== 'segtide-vrae') throw damaged(`its format is ${String(format)}`);
  if (formatVersion !== 2) throw damaged(`its format version is ${String(formatVersion)}, and this program reads 2`);
  const shape = readVraeShape((header as Partial<VraeArtifactHeader>).shape);
  if (JSON.stringify(header) !== JSON.stringify(toHeader(shape))) throw damaged('its header does not fit its shape');
  const { count } = toLayout(shape);
  if (values.length !== count) throw damaged(`it should have ${count} values, got ${values.length}`);
  return { shape, values: values.slice() };
}

/**
 * Reads a shape from plain JSON.
 *
 * @throws SegtideError `state` when a field is missing, unknown or out of range.
 */
export function readVraeShape(json: unknown): VraeShape {
  const fields = (json ?? {}) as Readonly<Record<string, unknown>>;
  const size = (name: keyof VraeShape, least = 1): number => {
    const value = fields[name];
    if (!Number.isInteger(value) || (value as number) < least) throw damaged(`shape.${name} is ${String(value)}`);
    return value as number;
  };
  const oneOf = <T>(name: keyof VraeShape, ...known: readonly T[]): T => {
    const value = fields[name];
    if (!known.includes(value as T)) throw damaged(`shape.${name} is ${String(value)}`);
    return value as T;
  };
  return {
    steps: size('steps'),
    channels: size('channels'),
    views: size('views', 0),
    hidden: size('hidden'),
    latent: size('latent'),
    cell: oneOf('cell', 'lstm', 'gru'),
    depth: size('depth'),
    bidirectional: oneOf('bidirectional', false, true),
    decoder: oneOf('decoder', 'zero-input', 'autoregressive'),
    output: oneOf('output', 'linear', 'softplus'),
    initialState: oneOf('initialState', 'tanh', 'linear'),
  };
}

function toHeader(shape: VraeShape): VraeArtifactHeader {
  const tensors = toLayout(shape).tensors.map(({ name, shape: size }) => ({ name, shape: size }));
  return { format: 'segtide-vrae', formatVersion: 2, shape: readVraeShape(shape), tensors };
}
