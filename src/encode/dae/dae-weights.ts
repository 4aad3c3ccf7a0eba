import type { Tensor, Tensors } from '../../numeric/safetensors.js';
import type { FloatArray } from '../vrae/recurrent-engine.js';
import type { LinearPlace } from '../vrae/vrae-layout.js';
import { type DaeShape, damagedDae } from './dae-shape.js';

/** A trained network as plain numbers, the same for every engine. */
export interface DaeWeights {
  readonly shape: DaeShape;
  /** Every layer's weights and bias, in the order of `toDaeLayout`. */
  readonly values: Float32Array;
}

/** All parameters of a network as one array, layer after layer. */
export interface DaeLayout {
  /** From the window to the latents. */
  readonly encoder: readonly LinearPlace[];
  /** From the latents to the window. */
  readonly decoder: readonly LinearPlace[];
  /** Number of parameters. */
  readonly count: number;
}

export function toDaeLayout({ steps, channels, layers, latent }: DaeShape): DaeLayout {
  const inward = [steps * channels, ...layers, latent];
  let count = 0;
  const placesOf = (sizes: readonly number[]): LinearPlace[] =>
    sizes.slice(1).map((outputs, i) => {
      const inputs = sizes[i]!;
      const start = count;
      const length = outputs * (inputs + 1);
      count += length;
      return { start, length, inputs, outputs };
    });
  const encoder = placesOf(inward);
  const decoder = placesOf(inward.toReversed());
  return { encoder, decoder, count };
}

export function toDaeWeights(shape: DaeShape, parameters: FloatArray): DaeWeights {
  return { shape, values: Float32Array.from(parameters) };
}

/** Tensors by name. */
export type DaeTensors = Readonly<Record<string, Tensor & { readonly values: Float32Array }>>;

/**
 * Weights tensor by tensor: `encoder.0.weights`, (outputs, inputs), `encoder.0.bias`, (outputs), and so on to the
 * latents, then `decoder.0` and on to the window. `values` are views.
 */
export function toDaeTensors({ shape, values }: DaeWeights): DaeTensors {
  const tensors: Record<string, DaeTensors[string]> = {};
  for (const { name, start, size } of tensorPlaces(shape)) {
    tensors[name] = { shape: size, values: values.subarray(start, start + lengthOf(size)) };
  }
  return tensors;
}

/**
 * Takes weights out of named tensors; copies them.
 *
 * @throws SegtideError `state` when a tensor is missing, strange to this shape, of another size or not finite.
 */
export function fromDaeTensors(shape: DaeShape, tensors: Tensors): DaeWeights {
  const places = tensorPlaces(shape);
  for (const { name, size } of places) {
    const tensor = tensors[name];
    if (!(tensor?.values instanceof Float32Array) || tensor.shape.join() !== size.join()) {
      throw damagedDae(`it needs ${name} of (${size.join(', ')}), got (${tensor?.shape.join(', ') ?? 'none'})`);
    }
    if (!tensor.values.every(Number.isFinite)) throw damagedDae(`${name} holds numbers that are not finite`);
  }
  const known = new Set(places.map(({ name }) => name));
  const strange = Object.keys(tensors).find((name) => !known.has(name));
  if (strange !== undefined) throw damagedDae(`its shape has no tensor ${strange}`);
  const values = new Float32Array(toDaeLayout(shape).count);
  for (const { name, start } of places) values.set(tensors[name]!.values as Float32Array, start);
  return { shape, values };
}

function tensorPlaces(shape: DaeShape): { readonly name: string; readonly start: number; readonly size: number[] }[] {
  const { encoder, decoder } = toDaeLayout(shape);
  const named = [...encoder.map(naming('encoder')), ...decoder.map(naming('decoder'))];
  return named.flatMap(({ name, place: { start, inputs, outputs } }) => [
    { name: `${name}.weights`, start, size: [outputs, inputs] },
    { name: `${name}.bias`, start: start + outputs * inputs, size: [outputs] },
  ]);
}

function naming(part: string) {
  return (place: LinearPlace, i: number) => ({ name: `${part}.${i}`, place });
}

function lengthOf(size: readonly number[]): number {
  return size.reduce((product, part) => product * part, 1);
}
