import { SegtideError } from '../../errors.js';
import type { Tensor } from '../../numeric/safetensors.js';
import type { FloatArray } from './recurrent-engine.js';
import { toLayout } from './vrae-layout.js';
import type { VraeShape } from './vrae-shape.js';

/** A trained network as plain numbers, the same for every engine. */
export interface VraeWeights {
  readonly shape: VraeShape;
  /** Every tensor, row-major, in the order of `toLayout`. */
  readonly values: Float32Array;
}

/** One tensor of a network, by name, as files keep it. */
export interface NamedTensor extends Tensor {
  readonly name: string;
}

/** Rounds parameters to the weights that are stored and sent. */
export function toWeights(shape: VraeShape, parameters: FloatArray): VraeWeights {
  return { shape, values: Float32Array.from(parameters) };
}

/**
 * Weights tensor by tensor; `values` are views.
 *
 * Recurrent tensors (`encoder.0.weights`, `encoder.0.reverse.weights`, `decoder.0.weights` …) are (gates · hidden,
 * hidden + inputs + 1): columns for the state, the inputs and the bias; a GRU has its candidate's recurrent bias beside
 * them. `posterior`, `initial` and `output` have weights, (outputs, inputs), and biases, (outputs).
 */
export function toTensors({ shape, values }: VraeWeights): (NamedTensor & { readonly values: Float32Array })[] {
  return toLayout(shape).tensors.map(({ name, shape: size, start, length }) => ({
    name,
    shape: size,
    values: values.subarray(start, start + length),
  }));
}

/**
 * Takes weights out of named tensors, in whatever order they come; copies them.
 *
 * @throws SegtideError `state` when a tensor is missing, strange to this shape, or of another size.
 */
export function fromTensors(shape: VraeShape, tensors: readonly NamedTensor[]): VraeWeights {
  const layout = toLayout(shape);
  const values = new Float32Array(layout.count);
  const given = new Map(tensors.map((tensor) => [tensor.name, tensor]));
  for (const place of layout.tensors) {
    const tensor = given.get(place.name);
    const wanted = `${place.name} of (${place.shape.join(', ')})`;
    if (tensor === undefined) throw damaged(`it has no tensor ${wanted}`);
    if (tensor.values.length !== place.length || tensor.shape.join() !== place.shape.join()) {
      throw damaged(`it needs ${wanted}, got (${tensor.shape.join(', ')}) with ${tensor.values.length} values`);
    }
    if (tensor.values instanceof Uint8Array) throw damaged(`${place.name} holds bytes, not numbers`);
    values.set(tensor.values, place.start);
    given.delete(place.name);
  }
  const [strange] = given.keys();
  if (given.size < tensors.length - layout.tensors.length) throw damaged('a tensor comes twice');
  if (strange !== undefined) throw damaged(`its shape has no tensor ${strange}`);
  return { shape, values };
}

/** The error of stored weights that can't be used. */
export function damaged(what: string): SegtideError {
  return new SegtideError('state', `The stored VRAE can't be read: ${what}. Use an undamaged copy or train anew.`);
}
