import type { WarpingEngine } from '../../numeric/warping-engine.js';
import { createCatch22 } from '../features/catch22.js';
import { createCompactFeatures } from '../features/compact-features.js';
import { type ChannelLevels, LEVEL_FEATURES, writeLevels } from './channel-levels.js';
import { type DtwMedoids, openDtwDistances } from './dtw-medoids.js';
import { isKernelView, writeKernelInput } from './kernel-input.js';
import { openRandomKernels } from './open-random-kernels.js';
import type { RandomKernelEngine } from './random-kernel-engine.js';
import type { RandomKernels } from './random-kernels.js';
import type { WindowShape } from './restore-usage.js';
import { writeProfiles } from './scaled-windows.js';
import type { ViewKind } from './view-kind.js';

/** Windows as features are taken from them. */
export interface UsageWindows {
  /** Without gaps. */
  readonly usage: Float32Array; // (rows, steps, channels)
  /** 2 or 3 where a cell is unknown. */
  readonly mask: Uint8Array; // (rows, steps, channels)
  /** Needed by the view of them alone. */
  readonly latents: Float32Array | undefined; // (rows, latents)
}

/** Takes a view's features from windows. */
export interface ViewFeatures {
  readonly count: number;
  /** @param out (rows, count) */
  extract(windows: UsageWindows, rows: number, out: Float32Array): void;
}

/** What was fitted of a view's features, with the windows' shape. */
export interface ViewFeatureState extends WindowShape {
  readonly latents: number;
  readonly levels: ChannelLevels;
  readonly kernels: RandomKernels | undefined;
  readonly medoids: DtwMedoids | undefined;
}

/**
 * Makes what takes a kind's features from up to `most` windows at once.
 *
 * @throws SegtideError `encoder` when random kernels do not fit together.
 */
export function openViewFeatures(
  kind: ViewKind,
  state: ViewFeatureState,
  most: number,
  engine: Partial<RandomKernelEngine & WarpingEngine>,
): ViewFeatures {
  const { steps, channels, latents, levels, kernels, medoids } = state;
  if (isKernelView(kind)) {
    if (kernels === undefined) return NO_FEATURES;
    const { features, transform } = openRandomKernels(kernels, engine);
    const input = new Float32Array(most * steps * channels);
    return {
      count: features,
      extract({ usage }, rows, out) {
        writeKernelInput(kind, state, levels.sizes, usage, rows, input);
        transform(input, rows, out);
      },
    };
  }
  switch (kind) {
    case 'values':
      return {
        count: steps * channels,
        extract: ({ usage }, rows, out) => out.set(usage.subarray(0, rows * steps * channels)),
      };
    case 'profile':
      return {
        count: steps * channels,
        extract: ({ usage }, rows, out) => writeProfiles(state, usage, rows, out),
      };
    case 'level':
      return {
        count: channels * LEVEL_FEATURES,
        extract: ({ usage, mask }, rows, out) => writeLevels(state, levels, usage, mask, rows, out),
      };
    case 'catch22': {
      if (steps < 2) return NO_FEATURES;
      const { names, transform } = createCatch22({ steps, channels });
      return {
        count: channels * names.length,
        extract: ({ usage }, rows, out) => transform(usage, rows, out),
      };
    }
    case 'compact-features': {
      if (steps < 2) return NO_FEATURES;
      const { names, transform } = createCompactFeatures({ steps, channels });
      return {
        count: channels * names.length,
        extract: ({ usage }, rows, out) => transform(usage, rows, out),
      };
    }
    case 'dtw-distances': {
      if (medoids === undefined) return NO_FEATURES;
      const { count, extract } = openDtwDistances(medoids, state, engine);
      return { count, extract: ({ usage }, rows, out) => extract(usage, rows, out) };
    }
    case 'latents':
      return {
        count: latents,
        extract: ({ latents: values }, rows, out) => out.set(values!.subarray(0, rows * latents)),
      };
  }
}

/** Gives a view's features of windows. */
export interface FeatureReader {
  readonly count: number;
  /** (rows, count); what it gives is the windows' own, or overwritten by the next call. */
  read(windows: UsageWindows, rows: number): Float32Array;
}

/**
 * Makes what gives a kind's features of up to `most` windows at once, without a copy where they are the windows themselves.
 *
 * @throws SegtideError as `openViewFeatures` does.
 */
export function createFeatureReader(...given: Parameters<typeof openViewFeatures>): FeatureReader {
  const [kind, , most] = given;
  const { count, extract } = openViewFeatures(...given);
  if (kind === 'values') return { count, read: ({ usage }, rows) => usage.subarray(0, rows * count) };
  const features = new Float32Array(most * count);
  return {
    count,
    read: (windows, rows) => {
      extract(windows, rows, features);
      return features.subarray(0, rows * count);
    },
  };
}

const NO_FEATURES: ViewFeatures = { count: 0, extract: () => {} };
