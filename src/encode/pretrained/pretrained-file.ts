import { decodeSafetensors, encodeSafetensors } from '../../numeric/safetensors.js';
import { readVraeShape } from '../vrae/read-vrae-shape.js';
import { fromTensors, toTensors, type VraeWeights } from '../vrae/vrae-weights.js';

/** Packs weights that ship with the package as a safetensors file. */
export function toPretrainedFile(weights: VraeWeights): Uint8Array {
  const tensors = Object.fromEntries(toTensors(weights).map(({ name, ...tensor }) => [name, tensor]));
  return encodeSafetensors({ tensors, metadata: { format: 'segtide-vrae', shape: JSON.stringify(weights.shape) } });
}

/** @throws SegtideError `state` when the bytes are damaged or of another format. */
export function fromPretrainedFile(bytes: Uint8Array): VraeWeights {
  const { tensors, metadata } = decodeSafetensors(bytes);
  const shape = readVraeShape(JSON.parse(metadata.shape ?? 'null'));
  return fromTensors(
    shape,
    Object.entries(tensors).map(([name, tensor]) => ({ name, ...tensor })),
  );
}
