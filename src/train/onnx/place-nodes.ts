import type { LandmarkMap } from '../../encode/neighbours/landmark-map.js';
import type { GraphBuilder, Value } from './graph-builder.js';

/**
 * Places of windows on a map, as `createPlaceReader` reads them.
 *
 * As there, a product finds candidates, and those are measured exactly: a window on a landmark is at distance 0 of it,
 * and of all its copies. Of what is equally far, TopK takes the first.
 *
 * @param inputs (batch, inputs), float64
 * @returns (batch, size), float32
 */
export function addPlaces(graph: GraphBuilder, map: LandmarkMap, inputs: Value): Value {
  const { add, addWithResults, cast, constant, integers } = graph;
  const { length, inputs: width, size, neighbours, landmarks, places } = map;
  const used = Math.min(neighbours, length);
  const candidates = Math.min(neighbours + 1 + SPARE, length);
  const least = { axis: 1, largest: 0, sorted: 1 };

  const rows = cast(constant(landmarks, [length, width]), 'float64');
  const products = add('MatMul', [inputs, add('Transpose', [rows], { perm: [1, 0] })]);
  const squares = constant(Float64Array.from({ length }, (_, i) => squaredNorm(landmarks, i * width, width)));
  const distances = add('Sub', [squares, add('Mul', [products, 2])]);
  const found = addWithResults(2, 'TopK', [distances, integers(candidates)], least)[1]!;

  const near = add('Gather', [rows, found], { axis: 0 }); // (batch, candidates, inputs)
  const difference = add('Sub', [near, add('Unsqueeze', [inputs, integers(1)])]);
  const exact = add('ReduceSum', [add('Mul', [difference, difference]), integers(2)], { keepdims: 0 });
  const [ranked, ranks] = addWithResults(2, 'TopK', [exact, integers(Math.min(used + 1, length))], least);
  const columns = (of: Value, from: number, to: number): Value =>
    add('Slice', [of, integers(from), integers(to), integers(1)]);
  const nearest = add('GatherElements', [found, columns(ranks!, 0, used)], { axis: 1 });
  const placed = add('Gather', [cast(constant(places, [length, size]), 'float64'), nearest], { axis: 0 });

  // Of so few that none is left out the furthest has no weight.
  const last = Math.min(used, length - 1);
  const beyond = columns(ranked!, last, last + 1);
  // All as far as the first one left out: none is nearer than another.
  const isNearer = add('Less', [columns(ranked!, 0, 1), beyond]);
  const share = add('Div', [columns(ranked!, 0, used), add('Where', [isNearer, beyond, 1])]);
  const weights = add('Unsqueeze', [add('Where', [isNearer, add('Sub', [1, share]), 1]), integers(2)]);
  const sum = add('ReduceSum', [add('Mul', [weights, placed]), integers(1)], { keepdims: 0 });
  return cast(add('Div', [sum, add('ReduceSum', [weights, integers(1)], { keepdims: 0 })]), 'float32');
}

/** Candidates beyond those needed, so that rounding of the product leaves none of the nearest out. */
const SPARE = 4;

function squaredNorm(values: Float32Array, offset: number, size: number): number {
  let sum = 0;
  for (let m = 0; m < size; m++) sum += values[offset + m]! ** 2;
  return sum;
}
