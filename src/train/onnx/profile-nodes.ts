import type { GraphBuilder, Value } from './graph-builder.js';

/**
 * Each channel of each window over its own maximum, as `writeProfiles` writes it.
 *
 * @param usage (batch, steps, channels), float64
 * @returns (batch, steps · channels), float32
 */
export function addProfiles(graph: GraphBuilder, cells: number, usage: Value): Value {
  const { add, cast, integers } = graph;
  const least = add('Min', [add('ReduceMin', [usage], { axes: [1], keepdims: 1 }), 0]);
  const most = add('ReduceMax', [usage], { axes: [1], keepdims: 1 });
  const range = add('Sub', [most, least]);
  const isSpread = add('Greater', [range, 0]);
  const factor = add('Where', [isSpread, add('Div', [1, add('Where', [isSpread, range, 1])]), 0]);
  const profile = add('Min', [add('Mul', [add('Sub', [usage, least]), factor]), 1]);
  return add('Reshape', [cast(profile, 'float32'), integers(0, cells)]);
}
