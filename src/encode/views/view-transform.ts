import { SegtideError } from '../../errors.js';
import type { RecurrentEngine } from '../vrae/recurrent-engine.js';
import type { FittedView, FittedViews } from './fitted-views.js';
import { createWindowRestore } from './restore-windows.js';
import { createFeatureReader, type UsageWindows } from './view-features.js';
import { createProjector } from './view-projection.js';

/** Computes fitted views of windows. */
export interface ViewTransform {
  /** Numbers of all views together, for a window. */
  readonly size: number;
  /**
   * Writes the views of windows side by side, each with a total variance of 1 over the fitted windows. What leaves is
   * finite, and a row depends on its own window alone, to the bit.
   *
   * @param values (rows, steps, channels), prepared, finite
   * @param mask (rows, steps, channels)
   * @param latents (rows, latents); needed where a view is of them
   * @param out (rows, size)
   * @throws SegtideError `encoder` when an array is smaller than its rows need.
   */
  transform(
    values: Float32Array,
    mask: Uint8Array,
    rows: number,
    latents: Float32Array | undefined,
    out: Float32Array,
  ): void;
}

/** Windows that are computed at once, so that what is between two views stays in the cache. */
const CHUNK_ROWS = 128;

/**
 * Makes the transform of fitted views, in buffers that are kept from call to call; those of the engine are freed with it.
 *
 * @throws SegtideError `encoder` when the fitted state does not fit together.
 */
export function createViewTransform(fitted: FittedViews, engine: RecurrentEngine): ViewTransform {
  const { steps, channels, latents: latentSize, size } = fitted;
  const cells = steps * channels;
  const restore = createWindowRestore(fitted, CHUNK_ROWS);
  const views = fitted.views.filter((view) => view.size > 0).map((view) => openView(fitted, view, engine));

  return {
    size,
    transform(values, mask, rows, latents, out) {
      const needed = rows * latentSize;
      if (
        values.length < rows * cells ||
        mask.length < rows * cells ||
        out.length < rows * size ||
        (latents?.length ?? 0) < needed
      ) {
        throw new SegtideError(
          'encoder',
          `${rows} windows of ${cells} numbers with ${latentSize} latents and ${size} numbers of views do not fit arrays ` +
            `of ${values.length}, ${mask.length}, ${latents?.length ?? 0} and ${out.length} numbers`,
        );
      }
      for (let from = 0; from < rows; from += CHUNK_ROWS) {
        const length = Math.min(CHUNK_ROWS, rows - from);
        const chunk = {
          ...restore(values.subarray(from * cells), mask.subarray(from * cells, (from + length) * cells), length),
          latents: latents?.subarray(from * latentSize, (from + length) * latentSize),
        };
        const to = out.subarray(from * size, (from + length) * size);
        for (const view of views) view(chunk, length, to);
      }
    },
  };
}

type ComputeView = (windows: UsageWindows, rows: number, out: Float32Array) => void;

function openView(
  fitted: FittedViews,
  { kind, kernels, medoids, projection, offset }: FittedView,
  engine: RecurrentEngine,
): ComputeView {
  const { count, read } = createFeatureReader(kind, { ...fitted, kernels, medoids }, CHUNK_ROWS, engine);
  if (projection?.features !== count) {
    throw new SegtideError(
      'encoder',
      `The view ${kind} has ${count} features, and is fitted to ${projection?.features ?? 'none'}. Train the model anew.`,
    );
  }
  const { project } = createProjector(projection, engine, CHUNK_ROWS);
  return (windows, rows, out) => {
    project(read(windows, rows), rows, out, offset, fitted.size);
  };
}
