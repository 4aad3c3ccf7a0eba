import { fromArtifact, toArtifact } from '../encode/vrae/vrae-artifact.js';
import type { VraeWeights } from '../encode/vrae/vrae-weights.js';
import { SegtideError } from '../errors.js';
import type { Tensor } from '../numeric/safetensors.js';
import type { EncoderArtifact } from './model-artifact.js';

/** A VRAE's weights as named tensors, with the header that tells their meaning. */
export function toVraeTensors(weights: VraeWeights): Pick<EncoderArtifact, 'header' | 'tensors'> {
  const { header, values } = toArtifact(weights);
  const tensors: Record<string, Tensor> = {};
  let at = 0;
  for (const { name, shape } of listTensors(header)) {
    const length = shape.reduce((product, n) => product * n, 1);
    tensors[name] = { shape, values: values.slice(at, at + length) };
    at += length;
  }
  return { header, tensors };
}

/** @throws SegtideError `state` when header and tensors do not belong together. */
export function fromVraeTensors({ header, tensors }: Pick<EncoderArtifact, 'header' | 'tensors'>): VraeWeights {
  const values: number[] = [];
  for (const { name } of listTensors(header)) {
    const tensor = tensors[name];
    if (tensor === undefined) {
      const text = `The stored VRAE lacks the tensor ${name}. Use an undamaged copy, or train anew.`;
      throw new SegtideError('state', text);
    }
    for (const value of tensor.values) values.push(value);
  }
  return fromArtifact(header, Float32Array.from(values));
}

/** The tensors in the order in which their numbers lie one after the other. */
function listTensors(header: unknown): readonly { readonly name: string; readonly shape: readonly number[] }[] {
  const { matrices = [] } = (header ?? {}) as Partial<ReturnType<typeof toArtifact>['header']>;
  return matrices.map(({ name, rows, columns }) => ({ name, shape: [rows, columns] }));
}
