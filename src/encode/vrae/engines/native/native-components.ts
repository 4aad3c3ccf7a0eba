import type { ComponentEngine } from '../../../../numeric/component-engine.js';
import type { NativeHandle } from './native-addon.js';

/** Principal components by the addon, over the caller's arrays. */
export function createNativeComponents(handle: NativeHandle): ComponentEngine {
  return {
    addColumns: ({ values, centers = NO_CENTERS, sums }) =>
      handle.addColumns(values, sums.length === 0 ? 0 : values.length / sums.length, centers, sums),
    addScatter: ({ values, means, weights, sums }) =>
      handle.addScatter(values, means.length === 0 ? 0 : values.length / means.length, means, weights, sums),
    leadingEigenpairs: ({ symmetric, size, least, values, vectors }) =>
      handle.leadingEigenpairs(symmetric, size, least, values, vectors),
    project: ({ features, rows, bounds = NO_BOUNDS, means, projection, size, out, offset, stride }) =>
      handle.project(features, rows, bounds, means, projection, size, out, offset, stride),
  };
}

const NO_CENTERS = new Float64Array(0);
const NO_BOUNDS = new Float32Array(0);
