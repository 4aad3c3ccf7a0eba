/**
 * Ways to look at a window:
 * - `shape-kernels`: random-kernel features of each channel scaled by itself to mean 0 and standard deviation 1;
 * - `usage-kernels`: random-kernel features of the window as it is;
 * - `log-shape-kernels`, `log-usage-kernels`: the same two, of usage on a logarithmic scale;
 * - `values`: every step of each channel as it is, for channels in one unit;
 * - `profile`: each channel over its own maximum;
 * - `catch22`: the 22 features of each channel;
 * - `compact-features`: 55 features of each channel as it is, level and size among them;
 * - `dtw-distances`: distances of the window as it is to chosen windows, under banded dynamic time warping;
 * - `level`: mean and spread of each channel on a logarithmic scale, and its shares of zero and of missing steps;
 * - `latents`: what a VRAE gave for the window.
 */
export type ViewKind = (typeof VIEW_KINDS)[number];

export const VIEW_KINDS = [
  'shape-kernels',
  'usage-kernels',
  'log-shape-kernels',
  'log-usage-kernels',
  'values',
  'profile',
  'catch22',
  'compact-features',
  'dtw-distances',
  'level',
  'latents',
] as const;

/** How a kind's features become its view. */
export interface ViewRule {
  /** Divides each feature by its standard deviation, so that all count alike. */
  readonly standardise: boolean;
  /** A feature whose standard deviation over the fitted windows is at most this tells nothing, and scaled up it would be noise. */
  readonly leastSpread: number;
  /** Cuts each feature off at these fitted quantiles: a few windows must not stretch the scale of all others. */
  readonly clip?: { readonly low: number; readonly high: number };
  /** Which principal components are kept: those with so much of the variance, at most so many. All features without. */
  readonly components?: { readonly leastShare: number; readonly most: number };
  /** Whether windows that are each scaled by themselves leave nothing to see. */
  readonly needsUsage: boolean;
}

const KERNEL_COMPONENTS = { leastShare: 0.01, most: 32 };

/** Features are of the order of one: what differs by less is rounding. */
const ROUNDING = 1e-5;

export const VIEW_RULES: Readonly<Record<ViewKind, ViewRule>> = {
  'shape-kernels': { standardise: true, leastSpread: ROUNDING, components: KERNEL_COMPONENTS, needsUsage: false },
  'usage-kernels': { standardise: true, leastSpread: ROUNDING, components: KERNEL_COMPONENTS, needsUsage: true },
  'log-shape-kernels': { standardise: true, leastSpread: ROUNDING, components: KERNEL_COMPONENTS, needsUsage: true },
  'log-usage-kernels': { standardise: true, leastSpread: ROUNDING, components: KERNEL_COMPONENTS, needsUsage: true },
  values: { standardise: false, leastSpread: ROUNDING, components: { leastShare: 0.001, most: 32 }, needsUsage: false },
  // Features in one unit: their spread is what tells the steps that matter from those that do not.
  profile: {
    standardise: false,
    leastSpread: ROUNDING,
    components: { leastShare: 0.002, most: 20 },
    needsUsage: false,
  },
  catch22: {
    standardise: true,
    leastSpread: ROUNDING,
    clip: { low: 0.005, high: 0.995 },
    components: { leastShare: 0.01, most: 32 },
    needsUsage: false,
  },
  'compact-features': {
    standardise: true,
    leastSpread: ROUNDING,
    clip: { low: 0.005, high: 0.995 },
    components: { leastShare: 0.01, most: 32 },
    needsUsage: false,
  },
  'dtw-distances': {
    standardise: false,
    leastSpread: ROUNDING,
    components: { leastShare: 0.001, most: 32 },
    needsUsage: false,
  },
  // Logarithms and shares: what varies by less than a hundredth is no level to tell customers apart by.
  level: { standardise: true, leastSpread: 0.01, needsUsage: true },
  latents: { standardise: false, leastSpread: ROUNDING, needsUsage: false },
};
