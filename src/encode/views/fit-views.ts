import { SegtideError } from '../../errors.js';
import type { SeriesBatch } from '../../series/series-batch.js';
import type { Latents } from '../embedding-batch.js';
import type { RecurrentEngine } from '../vrae/recurrent-engine.js';
import { fitChannelLevels, unitLevels } from './channel-levels.js';
import { drawDtwMedoids } from './dtw-medoids.js';
import { fitProjection } from './fit-projection.js';
import type { FittedView, FittedViews } from './fitted-views.js';
import { isKernelView, type KernelViewKind, writeKernelInput } from './kernel-input.js';
import { fitRandomKernels, type RandomKernels } from './random-kernels.js';
import { createWindowRestore } from './restore-windows.js';
import type { Shift } from './shift.js';
import type { UsageScale } from './usage-scale.js';
import { createFeatureReader, type UsageWindows, type ViewFeatureState } from './view-features.js';
import { VIEW_RULES, type ViewKind, type ViewRule } from './view-kind.js';

/** Prepared windows to fit views to. */
export type ViewWindows = Pick<SeriesBatch, 'length' | 'steps' | 'channels' | 'values' | 'mask'>;

export interface ViewOptions {
  /** Which views, in the order in which they are written. */
  readonly kinds: readonly ViewKind[];
  /** What takes the windows back to usage, as `toUsageScale` gives it. */
  readonly scale: UsageScale | undefined;
  /** Whether windows are told apart by when things happen in them. @default 'aligned' */
  readonly shift?: Shift;
  /** Any integer; of the random kernels. */
  readonly seed: number;
  /** Random-kernel features of a view; time goes with it. @default 420 */
  readonly kernelFeatures?: number;
  /** Principal components of a view at most. @default as many as its kind keeps */
  readonly mostComponents?: number | undefined;
  /** Of the same windows, in the same order; needed by the view `latents`. */
  readonly latents?: Latents;
}

/**
 * Fits views to windows, one after the other. Some seconds for 5,000 windows; buffers of the engine that it takes are
 * freed with the engine.
 *
 * A view that tells nothing of these windows has size 0, and says why.
 *
 * @throws SegtideError `encoder` when there is no window, or latents are missing or of other windows; `config` when
 * `kernelFeatures` is out of range.
 */
export async function fitViews(
  windows: ViewWindows,
  options: ViewOptions,
  engine: RecurrentEngine,
): Promise<FittedViews> {
  const { kinds, scale, latents, shift = 'aligned' } = options;
  const { length: rows, steps, channels, values, mask } = windows;
  if (rows === 0) throw new SegtideError('encoder', 'Views need windows to be fitted to, got none.');
  checkLatents(kinds, latents, rows);
  const restored = createWindowRestore({ steps, channels, scale, shift }, rows)(values, mask, rows);
  const usageWindows = { ...restored, latents: latents?.values };
  const shape = { steps, channels, latents: kinds.includes('latents') ? latents!.latentSize : 0 };
  const needsLevels = kinds.some((kind) => kind === 'level' || isKernelView(kind));
  const levels = needsLevels ? fitChannelLevels(windows, restored.usage, rows) : unitLevels(channels);

  const views: FittedView[] = [];
  let size = 0;
  for (const kind of kinds) {
    const view = await fitView(kind, { ...shape, levels }, usageWindows, rows, options, engine);
    views.push({ ...view, kind, offset: size });
    size += view.size;
  }
  return { ...shape, scale, shift, levels, size, views };
}

async function fitView(
  kind: ViewKind,
  shape: Omit<ViewFeatureState, 'kernels' | 'medoids'>,
  windows: UsageWindows,
  rows: number,
  options: ViewOptions,
  engine: RecurrentEngine,
): Promise<Omit<FittedView, 'kind' | 'offset'>> {
  const rule = toRule(kind, options.mostComponents);
  if (rule.needsUsage && options.scale === undefined) {
    return toDegenerate('each window is scaled by itself, which leaves no level to tell them apart by');
  }
  const kernels = isKernelView(kind) ? fitKernels(kind, shape, windows.usage, rows, options) : undefined;
  const medoids =
    kind === 'dtw-distances' ? drawDtwMedoids(windows.usage, rows, shape, options.seed, engine) : undefined;
  const { count, read } = createFeatureReader(kind, { ...shape, kernels, medoids }, rows, engine);
  const projection = await fitProjection(read(windows, rows), rows, count, rule, engine);
  if (projection === undefined) {
    return toDegenerate(rows === 1 ? 'it was fitted to one window alone' : `all ${rows} windows are alike in it`);
  }
  return { size: projection.size, degenerate: undefined, projection, kernels, medoids };
}

function toRule(kind: ViewKind, most: number | undefined): ViewRule {
  const rule = VIEW_RULES[kind];
  if (most === undefined || rule.components === undefined) return rule;
  return { ...rule, components: { ...rule.components, most } };
}

function toDegenerate(reason: string): Omit<FittedView, 'kind' | 'offset'> {
  return { size: 0, degenerate: reason, projection: undefined, kernels: undefined, medoids: undefined };
}

function fitKernels(
  kind: KernelViewKind,
  { steps, channels, levels }: Omit<ViewFeatureState, 'kernels' | 'medoids'>,
  usage: Float32Array,
  length: number,
  { seed, kernelFeatures }: ViewOptions,
): RandomKernels {
  const values = new Float32Array(usage.length);
  writeKernelInput(kind, { steps, channels }, levels.sizes, usage, length, values);
  const features = kernelFeatures === undefined ? {} : { features: kernelFeatures };
  return fitRandomKernels({ length, steps, channels, values }, { ...features, seed });
}

function checkLatents(kinds: readonly ViewKind[], latents: Latents | undefined, rows: number): void {
  if (!kinds.includes('latents') || latents?.length === rows) return;
  throw new SegtideError(
    'encoder',
    `The view of latents needs those of ${rows} windows, got ${latents === undefined ? 'none' : `${latents.length}`}. ` +
      'Encode the same windows first.',
  );
}
