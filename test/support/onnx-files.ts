import { encodeOnnx } from '../../src/train/onnx/encode-onnx.js';
import { createGraphBuilder } from '../../src/train/onnx/graph-builder.js';
import type { OnnxPort } from '../../src/train/onnx/onnx-graph.js';

/** What a small ONNX file is to be; by default of windows (batch, steps, channels), whose steps it averages. */
export interface SmallOnnx {
  /** Of the input. */
  readonly shape: OnnxPort['shape'];
  /** Of the output. @default ['batch', the input's last size] */
  readonly outputShape?: OnnxPort['shape'];
  /** The axis that is averaged over, from 0. @default 1 */
  readonly axis?: number;
  /** An operator on the means. */
  readonly after?: 'Sqrt' | 'Log';
  readonly dtype?: 'float32' | 'float64';
  /** A second input, and a second output. @default false */
  readonly twoInputs?: boolean;
  readonly twoOutputs?: boolean;
}

/** Writes a small file, whose input is `windows` and whose output is `embedding`. */
export function smallOnnx(options: SmallOnnx): Uint8Array {
  const { shape, outputShape, axis = 1, after, dtype = 'float32', twoInputs, twoOutputs } = options;
  const graph = createGraphBuilder();
  const windows = graph.input({ name: 'windows', dtype, shape });
  if (twoInputs) graph.input({ name: 'mask', dtype, shape });
  const means = graph.add('ReduceMean', [windows], { axes: [axis], keepdims: 0 });
  const embedding = { name: 'embedding', dtype, shape: outputShape ?? ['batch', shape.at(-1)!] };
  graph.output(embedding, after === undefined ? means : graph.add(after, [means]));
  if (twoOutputs) graph.output({ ...embedding, name: 'means' }, means);
  return encodeOnnx(graph.build(), { name: 'test', producer: 'test', documentation: '', metadata: {} });
}

/** Writes a file that projects windows of one channel by a matrix (steps, size), and takes an operator of the result. */
export function projectingOnnx(steps: number, matrix: Float32Array, after?: 'Sqrt'): Uint8Array {
  const size = matrix.length / steps;
  const graph = createGraphBuilder();
  const windows = graph.input({ name: 'windows', dtype: 'float32', shape: ['batch', steps, 1] });
  const flat = graph.add('Reshape', [windows, graph.integers(0, steps)]);
  const places = graph.add('MatMul', [flat, graph.constant(matrix, [steps, size])]);
  const embedding = after === undefined ? places : graph.add(after, [places]);
  graph.output({ name: 'embedding', dtype: 'float32', shape: ['batch', size] }, embedding);
  return encodeOnnx(graph.build(), { name: 'test', producer: 'test', documentation: '', metadata: {} });
}

/** Tells the first half of a window from the second: sums of both. */
export function halvesOnnx(steps: number, after?: 'Sqrt'): Uint8Array {
  const matrix = Float32Array.from({ length: steps * 2 }, (_, at) => (at % 2 === Number(at < steps) ? 0 : 1));
  return projectingOnnx(steps, matrix, after);
}
