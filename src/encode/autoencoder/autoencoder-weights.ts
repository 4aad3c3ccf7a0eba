import type { Tensor, Tensors } from '../../numeric/safetensors.js';
import type { AutoencoderKind } from '../encoder-kind.js';
import type { FloatArray } from '../vrae/recurrent-engine.js';
import type { AutoencoderShape } from './architecture.js';
import { architectureOf } from './architectures.js';
import { damagedAutoencoder } from './autoencoder-shape.js';
import type { PlacedTensor } from './layout.js';

/** A trained network as plain numbers, the same for every engine. */
export interface AutoencoderWeights {
  readonly kind: AutoencoderKind;
  readonly shape: AutoencoderShape;
  /** Every tensor, in the order of the kind's layout. */
  readonly values: Float32Array;
}

export function toAutoencoderWeights(
  kind: AutoencoderKind,
  shape: AutoencoderShape,
  parameters: FloatArray,
): AutoencoderWeights {
  return { kind, shape, values: Float32Array.from(parameters) };
}

/** Tensors by name. */
export type FloatTensors = Readonly<Record<string, Tensor & { readonly values: Float32Array }>>;

/** Weights tensor by tensor, by the names of the kind's layout. `values` are views. */
export function toAutoencoderTensors({ kind, shape, values }: AutoencoderWeights): FloatTensors {
  const tensors: Record<string, FloatTensors[string]> = {};
  for (const { name, start, length, shape: size } of tensorsOf(kind, shape)) {
    tensors[name] = { shape: [...size], values: values.subarray(start, start + length) };
  }
  return tensors;
}

/**
 * Takes weights out of named tensors; copies them.
 *
 * @throws SegtideError `state` when a tensor is missing, strange to this shape, of another size or not finite.
 */
export function fromAutoencoderTensors(
  kind: AutoencoderKind,
  shape: AutoencoderShape,
  tensors: Tensors,
): AutoencoderWeights {
  const refuse = (what: string) => damagedAutoencoder(kind, what);
  const places = tensorsOf(kind, shape);
  for (const { name, shape: size } of places) {
    const tensor = tensors[name];
    if (!(tensor?.values instanceof Float32Array) || tensor.shape.join() !== size.join()) {
      throw refuse(`it needs ${name} of (${size.join(', ')}), got (${tensor?.shape.join(', ') ?? 'none'})`);
    }
    if (!tensor.values.every(Number.isFinite)) throw refuse(`${name} holds numbers that are not finite`);
  }
  const known = new Set(places.map(({ name }) => name));
  const strange = Object.keys(tensors).find((name) => !known.has(name));
  if (strange !== undefined) throw refuse(`its shape has no tensor ${strange}`);
  const values = new Float32Array(architectureOf(kind).layout(shape).count);
  for (const { name, start } of places) values.set(tensors[name]!.values as Float32Array, start);
  return { kind, shape, values };
}

function tensorsOf(kind: AutoencoderKind, shape: AutoencoderShape): readonly PlacedTensor[] {
  return architectureOf(kind).layout(shape).tensors;
}
