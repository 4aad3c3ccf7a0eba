import { fromArtifact, toArtifact } from '../encode/vrae/vrae-artifact.js';
import type { VraeWeights } from '../encode/vrae/vrae-weights.js';
import { SegtideError } from '../errors.js';
import type { Tensor } from '../numeric/safetensors.js';
import type { EncoderArtifact } from './model-artifact.js';

interface MatrixHeader {
  readonly matrices: readonly { readonly name: string; readonly rows: number; readonly columns: number }[];
}

/** A VRAE's weights as named tensors, with the header that tells their meaning. */
export function toVraeTensors(weights: VraeWeights): Pick<EncoderArtifact, 'header' | 'tensors'> {
  const { header, values } = toArtifact(weights);
  const tensors: Record<string, Tensor> = {};
  let at = 0;
  for (const { name, rows, columns } of header.matrices) {
    tensors[name] = { shape: [rows, columns], values: values.slice(at, at + rows * columns) };
    at += rows * columns;
  }
  return { header, tensors };
}

/** @throws SegtideError `state` when header and tensors do not belong together. */
export function fromVraeTensors({ header, tensors }: Pick<EncoderArtifact, 'header' | 'tensors'>): VraeWeights {
  const names = (header as Partial<MatrixHeader> | null)?.matrices?.map(({ name }) => name) ?? [];
  const missing = names.find((name) => tensors[name] === undefined);
  if (missing !== undefined) {
    throw new SegtideError(
      'state',
      `The stored VRAE lacks the tensor ${missing}. Use an undamaged copy, or train anew.`,
    );
  }
  return fromArtifact(header, Float32Array.from(names.flatMap((name) => [...tensors[name]!.values])));
}
