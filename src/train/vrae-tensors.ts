import { readVraeShape } from '../encode/vrae/read-vrae-shape.js';
import { fromTensors, toTensors, type VraeWeights } from '../encode/vrae/vrae-weights.js';
import type { Tensor } from '../numeric/safetensors.js';
import type { EncoderArtifact } from './model-artifact.js';

/** A VRAE's weights as named tensors, with its shape as the header. */
export function toVraeTensors(weights: VraeWeights): Pick<EncoderArtifact, 'header' | 'tensors'> {
  const tensors: Record<string, Tensor> = {};
  for (const { name, shape, values } of toTensors(weights)) tensors[name] = { shape, values: values.slice() };
  return { header: weights.shape, tensors };
}

/** @throws SegtideError `state` when header and tensors do not belong together. */
export function fromVraeTensors({ header, tensors }: Pick<EncoderArtifact, 'header' | 'tensors'>): VraeWeights {
  return fromTensors(
    readVraeShape(header),
    Object.entries(tensors).map(([name, tensor]) => ({ name, ...tensor })),
  );
}
