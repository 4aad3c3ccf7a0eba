import type { Shift } from '../encode/views/shift.js';

/** What speaks against a model, or has to be told of it. */
export interface ModelRemarks {
  readonly objection?: string;
  readonly warning?: string;
}

/**
 * Judges a model that was to look at its windows by views, of which none tells them apart, so that its embedding is the
 * latents of the VRAE, where it has one.
 *
 * @param windows that the views were fitted to
 * @param activeUnits of the latents; undefined where there are none
 */
export function withoutViews(windows: number, shift: Shift, activeUnits: number | undefined): ModelRemarks {
  if (windows === 1) return { objection: 'one window alone was fitted, and there is nothing to tell it apart from' };
  if (activeUnits === undefined) {
    return { objection: 'all windows are alike to the encoder: there is nothing to segment' };
  }
  if (activeUnits === 0) {
    return { objection: 'all windows are alike in every view and in the latents: there is nothing to segment' };
  }
  const apart = 'no view tells the windows apart';
  if (shift === 'aligned') return { warning: `${apart}: the embedding is the VRAE's latents` };
  return { objection: `${apart}, and the VRAE's latents are not what \`encoder.shift: invariant\` asks for` };
}
