import type { EmbeddingBatch } from '../encode/embedding-batch.js';
import { type AffineMap, mapRows } from '../numeric/affine-map.js';
import { procrustes } from '../numeric/procrustes.js';

export interface AlignOptions {
  /**
   * Which embedding space those of later model versions are mapped onto: that of the version before, or that of the
   * first trained one; nothing is mapped onto a provisional model. `none` maps nothing. @default 'none'
   */
  readonly to?: 'none' | 'previous' | 'first';
  /** Also stretches or shrinks, so that distances are comparable; else they stay as k-means sees them. @default false */
  readonly scale?: boolean;
}

export type AlignSettings = Required<AlignOptions>;

/** How a model version's embeddings are mapped onto the space of an earlier one. */
export interface Alignment {
  /** The model version whose space it is. */
  readonly to: string;
  readonly map: AffineMap;
  /** Of the fit on the reservoir, relative to the spread; see `Procrustes`. */
  readonly residual: number;
}

/** A model in force, with what it says of the reservoir. */
export interface AlignmentTarget {
  readonly model: { readonly version: string; readonly alignment: Alignment | undefined };
  readonly embeddings: EmbeddingBatch;
}

/**
 * Maps the embeddings of a challenger onto the space of the champion, or onto that which the champion's are mapped onto,
 * by the windows of the reservoir that both have embedded.
 *
 * @param champion undefined for the first model, which begins a space
 * @returns null where there is nothing to map onto, or fewer windows than would determine the map
 */
export async function alignEmbeddings(
  challenger: EmbeddingBatch,
  champion: AlignmentTarget | undefined,
  { to, scale }: AlignSettings,
): Promise<Alignment | null> {
  if (champion === undefined || to === 'none') return null;
  const { model, embeddings } = champion;
  const before = to === 'first' ? model.alignment : undefined;
  const targets = before === undefined ? embeddings.embeddings : mapRows(before.map, embeddings.embeddings);
  const size = before?.map.outputs ?? embeddings.embeddingSize;
  const fit = await procrustes(challenger.embeddings, challenger.embeddingSize, targets, size, { scale });
  return fit === undefined ? null : { to: before?.to ?? model.version, ...fit };
}
