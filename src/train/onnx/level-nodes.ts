import { type ChannelLevels, LEVEL_FEATURES, SPREAD_FLOOR, USUAL_MEAN } from '../../encode/views/channel-levels.js';
import { addLog1p, addOddly } from './exact-nodes.js';
import type { GraphBuilder, Value } from './graph-builder.js';

/**
 * Mean, spread, share of zeros and share of unknown steps of each channel, as `writeLevels` writes them.
 *
 * @param usage (batch, steps, channels), float64
 * @param unknown (batch, steps, channels), true where a cell is unknown
 * @returns (batch, channels · 4), float32
 */
export function addLevels(
  graph: GraphBuilder,
  steps: number,
  { sizes, spreads }: ChannelLevels,
  usage: Value,
  unknown: Value,
): Value {
  const { add, cast, constant, integers } = graph;
  const sum = (of: Value): Value => add('ReduceSum', [of, integers(1)], { keepdims: 1 });
  const count = (of: Value): Value => sum(cast(of, 'float64'));
  const isKnown = add('Not', [unknown]);
  const known = count(isKnown);
  const hasNone = add('Equal', [known, 0]);
  const share = (of: Value): Value => add('Div', [of, add('Max', [known, 1])]);
  const mean = share(sum(add('Where', [isKnown, usage, 0])));
  const centred = add('Where', [isKnown, add('Sub', [usage, mean]), 0]);
  const deviation = add('Sqrt', [share(sum(add('Mul', [centred, centred])))]);
  const zeros = count(add('And', [isKnown, add('Equal', [usage, 0])]));
  const inSizes = (size: Value): Value =>
    addLog1p(graph, add('Div', [add('Mul', [size, USUAL_MEAN]), constant(Float64Array.from(sizes))]));
  const inSpreads = add('Div', [deviation, constant(Float64Array.from(spreads))]);
  const features = [
    addOddly(graph, mean, inSizes),
    add('Log', [add('Add', [inSpreads, SPREAD_FLOOR])]),
    add('Where', [hasNone, 1, share(zeros)]),
    add('Sub', [1, add('Div', [known, steps])]),
  ];
  const stacked = add('Concat', features, { axis: 1 }); // (batch, 4, channels)
  const byChannel = add('Transpose', [cast(stacked, 'float32')], { perm: [0, 2, 1] });
  return add('Reshape', [byChannel, integers(0, LEVEL_FEATURES * sizes.length)]);
}
