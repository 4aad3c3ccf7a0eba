import type { FittedView, FittedViews } from '../../encode/views/fitted-views.js';
import { isKernelView } from '../../encode/views/kernel-input.js';
import type { ViewProjection } from '../../encode/views/view-projection.js';
import { SegtideError } from '../../errors.js';
import { addClip } from './exact-nodes.js';
import type { GraphBuilder, Value } from './graph-builder.js';
import { addKernelInput } from './kernel-input-nodes.js';
import { addLevels } from './level-nodes.js';
import { addProfiles } from './profile-nodes.js';
import { addRandomKernels } from './random-kernel-nodes.js';

/** What views are taken of, (batch, steps, channels). */
export interface ViewedWindows {
  /** Without gaps, float64 of float32 numbers. */
  readonly usage: Value;
  /** True where a cell is unknown. */
  readonly unknown: Value;
  /** Posterior means, (batch, latents), float32, where a view is of them. */
  readonly latents: Value | undefined;
}

/**
 * The views of windows side by side, each times its weight, as the encoder looks them up on its map.
 *
 * @returns (batch, size), float64 of float32 numbers
 * @throws SegtideError `config` when a view has no form in ONNX.
 */
export function addViews(
  graph: GraphBuilder,
  fitted: FittedViews,
  weights: readonly number[],
  windows: ViewedWindows,
): Value {
  if (fitted.shift === 'invariant') {
    throw new SegtideError(
      'config',
      'This model can not be exported: it turns each window to its crest, which has no form in ONNX yet. Train one with ' +
        '`encoder.shift: aligned`.',
    );
  }
  const { add, cast } = graph;
  const weighted = fitted.views.flatMap((view, i) => {
    if (view.size === 0) return [];
    return graph.within(view.kind, () => {
      const { features, order } = addFeatures(graph, fitted, view, windows);
      const described = addProjection(graph, view.projection!, features, order);
      return [add('Mul', [cast(described, 'float64'), weights[i]!])];
    });
  });
  const sideBySide = add('Concat', weighted, { axis: 1 });
  return cast(cast(sideBySide, 'float32'), 'float64');
}

interface Features {
  readonly features: Value; // (batch, features), float32
  /** Which fitted feature each is, where they come in another order. */
  readonly order?: readonly number[];
}

function addFeatures(
  graph: GraphBuilder,
  { steps, channels, levels }: FittedViews,
  { kind, kernels }: FittedView,
  { usage, unknown, latents }: ViewedWindows,
): Features {
  if (isKernelView(kind)) {
    const input = addKernelInput(graph, kind, steps, levels.sizes, usage);
    return addRandomKernels(graph, kernels!, input);
  }
  switch (kind) {
    case 'values':
      return { features: graph.add('Reshape', [graph.cast(usage, 'float32'), graph.integers(0, steps * channels)]) };
    case 'profile':
      return { features: addProfiles(graph, steps * channels, usage) };
    case 'level':
      return { features: addLevels(graph, steps, levels, usage, unknown) };
    case 'latents':
      return { features: latents! };
    case 'catch22':
    case 'compact-features':
      throw new SegtideError(
        'config',
        `This model can not be exported: its view ${kind} counts and sorts in ways that ONNX has no operators for. ` +
          'Train one whose `encoder.views` do without it.',
      );
    case 'dtw-distances':
      throw new SegtideError(
        'config',
        'This model can not be exported: dynamic time warping goes step by step, for which ONNX has no operators. ' +
          'Train one of another `encoder.kind`, or whose `encoder.views` do without it.',
      );
  }
}

/** As the projector computes it. @returns (batch, size), float32 */
function addProjection(
  graph: GraphBuilder,
  { features: count, size, bounds, means, projection }: ViewProjection,
  features: Value,
  order: readonly number[] = Array.from(means.keys()),
): Value {
  const { add, cast, constant } = graph;
  const ordered = (numbers: Float32Array): Value =>
    cast(constant(Float32Array.from(order, (feature) => numbers[feature]!)), 'float64');
  const transposed = new Float32Array(count * size);
  for (const [row, feature] of order.entries()) {
    for (let i = 0; i < size; i++) transposed[row * size + i] = projection[i * count + feature]!;
  }
  const x = cast(features, 'float64');
  const clipped =
    bounds === undefined ? x : addClip(graph, x, ordered(bounds.subarray(0, count)), ordered(bounds.subarray(count)));
  const centred = add('Sub', [clipped, ordered(means)]);
  const directions = cast(constant(transposed, [count, size]), 'float64');
  return cast(add('MatMul', [centred, directions]), 'float32');
}
