import type { EmbeddingBatch, Latents } from '../../encode/embedding-batch.js';
import type { VraeEngine } from '../../encode/vrae/vrae-options.js';
import { takeRows } from '../../numeric/take-rows.js';
import { openModel } from '../../train/loaded-model.js';
import type { ModelArtifact } from '../../train/model-artifact.js';
import type { Scores } from '../../train/score-windows.js';
import { isInformative } from '../../window/is-informative.js';

/** Windows of one segment, from the best to the worst reconstructed. */
export interface ReconstructedSegment {
  readonly segmentId: string;
  readonly name: string;
  /** Windows that were scored. */
  readonly size: number;
  readonly panels: readonly ReconstructedWindow[];
}

/** A window as the encoder was given it, and as it gives it back: prepared values. */
export interface ReconstructedWindow {
  readonly row: number;
  /** Mean squared; null where the encoder can't reconstruct, or nothing of the window is known. */
  readonly error: number | null;
  readonly original: Float32Array; // (steps, channels), NaN where nothing is known
  /** Empty where the encoder can't reconstruct. */
  readonly reconstructed: Float32Array; // (steps, channels)
}

/** Windows as an encoder saw them. */
export interface EncodedWindows {
  readonly model: ModelArtifact;
  readonly embeddings: Pick<EmbeddingBatch, 'series' | 'latents' | 'reconstructionErrors'>;
}

/** Windows that are shown together, by their places in the embeddings. */
export interface ShownMembers {
  readonly segmentId: string;
  readonly name: string;
  readonly members: readonly number[];
}

/** Picks windows of each segment, see `pickMembers`. */
export async function pickReconstructions(
  { assignments, rows, model, profiles }: Scores,
  count: number,
  engine?: VraeEngine,
): Promise<readonly ReconstructedSegment[]> {
  const names = new Map(profiles.map(({ segmentId, name }) => [segmentId, name]));
  const segments = assignments.model.segmentIds.map((segmentId, j) => ({
    segmentId,
    name: names.get(segmentId) ?? '',
    members: [...assignments.nearest.keys()].filter((i) => assignments.nearest[i] === j),
  }));
  const picked = await pickMembers({ model, embeddings: assignments.embeddings }, segments, count, engine);
  return picked.map((segment) => ({
    ...segment,
    panels: segment.panels.map((panel) => ({ ...panel, row: rows[panel.row]! })),
  }));
}

/**
 * Picks so many windows of each segment at even distances, the best and the worst reconstructed among them, and decodes
 * them.
 */
export async function pickMembers(
  { model, embeddings: { series, latents, reconstructionErrors } }: EncodedWindows,
  segments: readonly ShownMembers[],
  count: number,
  engine?: VraeEngine,
): Promise<readonly ReconstructedSegment[]> {
  const shown = segments.map(({ members, ...segment }) => {
    const errorOf = (i: number): number => reconstructionErrors?.[i] ?? 0;
    const sorted = members.toSorted((a, b) => errorOf(a) - errorOf(b) || a - b);
    return { ...segment, size: members.length, members: spread(sorted, count) };
  });
  const wanted = shown.flatMap(({ members }) => members);
  const cells = series.steps * series.channels;
  const back = latents === undefined ? new Map() : await reconstruct(model, latents, wanted, cells, engine);

  const isKnown = (i: number): boolean =>
    reconstructionErrors !== undefined && series.mask.subarray(i * cells, (i + 1) * cells).some(isInformative);
  return shown.map(({ segmentId, name, size, members }) => ({
    segmentId,
    name,
    size,
    panels: members.map((i) => ({
      row: i,
      error: isKnown(i) ? reconstructionErrors![i]! : null,
      original: maskedRow(series.values, series.mask, i, cells),
      reconstructed: back.get(i) ?? new Float32Array(0),
    })),
  }));
}

/** Decodes some rows. */
async function reconstruct(
  model: ModelArtifact,
  { latentSize, values: all }: Latents,
  rows: readonly number[],
  cells: number,
  engine: VraeEngine | undefined,
): Promise<ReadonlyMap<number, Float32Array>> {
  const values = takeRows(all, latentSize, rows);
  const { encoder } = openModel(model, engine && { engine });
  try {
    const decoded = await encoder.reconstruct?.({ length: rows.length, latentSize, values });
    if (decoded === undefined) return new Map();
    return new Map(rows.map((i, at) => [i, decoded.subarray(at * cells, (at + 1) * cells)]));
  } finally {
    encoder.dispose?.();
  }
}

/** Up to `count` of them at even distances, the first and the last among them. */
function spread<T>(list: readonly T[], count: number): readonly T[] {
  if (list.length <= count) return list;
  return Array.from({ length: count }, (_, i) => list[Math.round((i * (list.length - 1)) / (count - 1))]!);
}

function maskedRow(values: Float32Array, mask: Uint8Array, row: number, cells: number): Float32Array {
  return values
    .slice(row * cells, (row + 1) * cells)
    .map((value, i) => (isInformative(mask[row * cells + i]!) ? value : Number.NaN));
}
