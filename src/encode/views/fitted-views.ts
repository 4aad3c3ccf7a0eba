import type { ChannelLevels } from './channel-levels.js';
import type { DtwMedoids } from './dtw-medoids.js';
import type { RandomKernels } from './random-kernels.js';
import type { Shift } from './shift.js';
import type { UsageScale } from './usage-scale.js';
import type { ViewKind } from './view-kind.js';
import type { ViewProjection } from './view-projection.js';

/** Views of windows of one shape, as they were fitted. Plain data. */
export interface FittedViews {
  readonly steps: number;
  readonly channels: number;
  /** Latents that a window comes with; 0 where no view is of them. */
  readonly latents: number;
  /** What takes prepared windows back to usage; undefined where each was scaled by itself. */
  readonly scale: UsageScale | undefined;
  readonly shift: Shift;
  readonly levels: ChannelLevels;
  /** Numbers of all views together, for a window. */
  readonly size: number;
  readonly views: readonly FittedView[];
}

/** One view: numbers of a window in which near means alike, with a total variance of 1 over the fitted windows. */
export interface FittedView {
  readonly kind: ViewKind;
  /** Where its numbers begin among those of all views. */
  readonly offset: number;
  /** How many it has; 0 where it is degenerate. */
  readonly size: number;
  /** Why it tells nothing of these windows; undefined where it does. */
  readonly degenerate: string | undefined;
  readonly projection: ViewProjection | undefined;
  /** Of the views by random kernels. */
  readonly kernels: RandomKernels | undefined;
  /** Of the view by dynamic time warping. */
  readonly medoids: DtwMedoids | undefined;
}
