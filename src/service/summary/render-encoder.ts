import { formatCount } from './format.js';

/** What an encoder is, in words: a trained one's updates and the latents that are in use, and the size of another's embedding. */
export function renderEncoder({
  encoder,
  embeddingSize,
  updates,
  activeUnits,
  latent,
}: {
  readonly encoder: string;
  readonly embeddingSize: number;
  readonly updates: number;
  readonly activeUnits: number | null;
  readonly latent: number | null;
}): readonly string[] {
  if (latent === null) return [`encoder ${encoder}`, `embeddings of ${formatCount(embeddingSize)} numbers`];
  return [`${formatCount(updates)} updates`, `${activeUnits} of ${latent} latent dimensions in use`];
}
