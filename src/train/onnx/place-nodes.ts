import type { LandmarkMap } from '../../encode/neighbours/landmark-map.js';
import type { GraphBuilder, Value } from './graph-builder.js';

/**
 * Places of windows on a map, as `createPlaceReader` reads them.
 *
 * A product finds candidates, and those are measured exactly. The product may tell apart what is equally far, so there
 * are enough candidates for all copies of a landmark that may count, and ties go to the first landmark after that.
 *
 * @param inputs (batch, inputs), float64
 * @returns (batch, size), float32
 */
export function addPlaces(graph: GraphBuilder, map: LandmarkMap, inputs: Value): Value {
  const { add, addWithResults, cast, constant, integers } = graph;
  const { length, inputs: width, size, neighbours, landmarks, places } = withoutSpareCopies(map);
  const used = Math.min(neighbours, length);
  const candidates = Math.min(2 * (neighbours + 1) + SPARE, length);
  const least = { axis: 1, largest: 0, sorted: 1 };

  const rows = cast(constant(landmarks, [length, width]), 'float64');
  const products = add('MatMul', [inputs, add('Transpose', [rows], { perm: [1, 0] })]);
  const squares = constant(Float64Array.from({ length }, (_, i) => squaredNorm(landmarks, i * width, width)));
  const distances = add('Sub', [squares, add('Mul', [products, 2])]);
  const found = addWithResults(2, 'TopK', [distances, integers(candidates)], least)[1]!;
  const inOrder = addWithResults(2, 'TopK', [found, integers(candidates)], least)[0]!;

  const near = add('Gather', [rows, inOrder], { axis: 0 }); // (batch, candidates, inputs)
  const difference = add('Sub', [near, add('Unsqueeze', [inputs, integers(1)])]);
  const exact = add('ReduceSum', [add('Mul', [difference, difference]), integers(2)], { keepdims: 0 });
  const [ranked, ranks] = addWithResults(2, 'TopK', [exact, integers(Math.min(used + 1, length))], least);
  const columns = (of: Value, from: number, to: number): Value =>
    add('Slice', [of, integers(from), integers(to), integers(1)]);
  const nearest = add('GatherElements', [inOrder, columns(ranks!, 0, used)], { axis: 1 });
  const placed = add('Gather', [cast(constant(places, [length, size]), 'float64'), nearest], { axis: 0 });
  if (used === length) return cast(add('ReduceMean', [placed], { axes: [1], keepdims: 0 }), 'float32');

  const beyond = columns(ranked!, used, used + 1);
  // All as far as the first one left out: none is nearer than another.
  const isNearer = add('Less', [columns(ranked!, 0, 1), beyond]);
  const share = add('Div', [columns(ranked!, 0, used), add('Where', [isNearer, beyond, 1])]);
  const weights = add('Unsqueeze', [add('Where', [isNearer, add('Sub', [1, share]), 1]), integers(2)]);
  const sum = add('ReduceSum', [add('Mul', [weights, placed]), integers(1)], { keepdims: 0 });
  return cast(add('Div', [sum, add('ReduceSum', [weights, integers(1)], { keepdims: 0 })]), 'float32');
}

/** Candidates beyond those that can count, for the rounding of the product. */
const SPARE = 4;

/** Of landmarks that are alike only the first can count, as many as are looked at. */
function withoutSpareCopies(map: LandmarkMap): LandmarkMap {
  const { inputs, size, neighbours, landmarks, places } = map;
  const seen = new Map<string, number>();
  const kept: number[] = [];
  for (let row = 0; row < map.length; row++) {
    const key = landmarks.subarray(row * inputs, (row + 1) * inputs).join();
    const copies = seen.get(key) ?? 0;
    seen.set(key, copies + 1);
    if (copies <= neighbours) kept.push(row);
  }
  const take = (values: Float32Array, width: number): Float32Array =>
    Float32Array.from(
      { length: kept.length * width },
      (_, i) => values[kept[Math.floor(i / width)]! * width + (i % width)]!,
    );
  return { ...map, length: kept.length, landmarks: take(landmarks, inputs), places: take(places, size) };
}

function squaredNorm(values: Float32Array, offset: number, size: number): number {
  let sum = 0;
  for (let m = 0; m < size; m++) sum += values[offset + m]! ** 2;
  return sum;
}
