import * as runtime from 'onnxruntime-web';
import { encodeOnnx } from '../../../src/train/onnx/encode-onnx.js';
import type { OnnxGraph } from '../../../src/train/onnx/onnx-graph.js';

runtime.env.wasm.numThreads = 1;
runtime.env.logLevel = 'error';

/** A tensor by its shape and numbers. */
export interface Fed {
  readonly shape: readonly number[];
  readonly values: Float32Array | Uint8Array | Float64Array;
}

export type Results = Readonly<Record<string, runtime.Tensor['data']>>;

/** An ONNX file in a runtime that is not ours. */
export interface OpenedOnnx {
  run(fed: Readonly<Record<string, Fed>>): Promise<Results>;
  close(): Promise<void>;
}

export async function openOnnx(bytes: Uint8Array): Promise<OpenedOnnx> {
  const session = await runtime.InferenceSession.create(bytes, { executionProviders: ['wasm'] });
  return {
    run: async (fed) => {
      const feeds = Object.entries(fed).map(([name, { values, shape }]) => [name, toTensor(values, shape)]);
      const results = await session.run(Object.fromEntries(feeds));
      return Object.fromEntries(Object.entries(results).map(([name, { data }]) => [name, data]));
    },
    close: () => session.release(),
  };
}

/** Runs a graph once. */
export async function runGraph(graph: OnnxGraph, fed: Readonly<Record<string, Fed>>): Promise<Results> {
  const bytes = encodeOnnx(graph, { name: 'test', producer: 'test', documentation: '', metadata: {} });
  const opened = await openOnnx(bytes);
  const results = await opened.run(fed);
  await opened.close();
  return results;
}

function toTensor(values: Fed['values'], shape: readonly number[]): runtime.Tensor {
  if (values instanceof Float32Array) return new runtime.Tensor('float32', values, shape);
  return values instanceof Float64Array
    ? new runtime.Tensor('float64', values, shape)
    : new runtime.Tensor('uint8', values, shape);
}
