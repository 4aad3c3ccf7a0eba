import { readFileSync } from 'node:fs';
import type { LayerSpec } from '../../recurrent-engine.js';

/** What the module exports; see kernel/src/wasm.rs. Addresses are in bytes, lengths in floats; 0 is no memory. */
export interface WasmKernel {
  readonly memory: { readonly buffer: ArrayBuffer };
  allocate(length: number): number;
  create_layer(
    gru: number,
    steps: number,
    inputs: number,
    hidden: number,
    rows: number,
    training: number,
    allOutputs: number,
    inputGradients: number,
  ): number;
  layer_buffer(layer: number, which: number): number;
  layer_buffer_length(layer: number, which: number): number;
  load(layer: number, weights: number, length: number): void;
  forward(layer: number, rows: number): void;
  backward(layer: number, rows: number): void;
  multiply(a: number, b: number, out: number, m: number, n: number, inner: number, flags: number): number;
  squared_distances(points: number, centroids: number, out: number, rows: number, count: number, size: number): number;
  assign_nearest(
    points: number,
    centroids: number,
    rows: number,
    count: number,
    size: number,
    sharpness: number,
    nearest: number,
    distances: number,
    margins: number,
    confidences: number,
  ): number;
  create_random_kernels(
    steps: number,
    channels: number,
    dilations: number,
    biasCounts: number,
    dilationCount: number,
    subsets: number,
    biases: number,
    features: number,
  ): number;
  transform_random_kernels(kernels: number, values: number, rows: number, out: number): void;
  warp(
    series: number,
    references: number,
    rows: number,
    count: number,
    steps: number,
    channels: number,
    band: number,
    squared: number,
  ): number;
  operate(
    operation: number,
    a: number,
    b: number,
    c: number,
    d: number,
    e: number,
    f: number,
    s0: number,
    s1: number,
    s2: number,
    s3: number,
    s4: number,
    s5: number,
    s6: number,
    x0: number,
    x1: number,
    x2: number,
  ): number;
  add_columns(values: number, rows: number, count: number, centers: number, sums: number): void;
  add_scatter(values: number, rows: number, count: number, means: number, weights: number, sums: number): number;
  leading_eigenpairs(
    symmetric: number,
    size: number,
    most: number,
    least: number,
    values: number,
    vectors: number,
  ): number;
  project(
    features: number,
    rows: number,
    count: number,
    bounds: number,
    means: number,
    projection: number,
    size: number,
    out: number,
  ): number;
  peak(loops: number): number;
}

/** Which of the two builds of the module. */
export type WasmInstructions = 'simd128' | 'relaxed';

/** Where the builds are, in a clone as in an installed package. */
const BUILDS = new URL('../../../../../kernel/wasm/', import.meta.url);

/** What is used of the standard's global, which the compiler's library for servers does not declare. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => WasmModule;
  readonly Instance: new (module: WasmModule) => { readonly exports: unknown };
  validate(bytes: Uint8Array): boolean;
};

type WasmModule = object;

const compiled = new Map<WasmInstructions, WasmModule>();

/** A new instance of the kernel, with memory of its own. */
export function instantiateKernel(instructions: WasmInstructions): WasmKernel {
  let module = compiled.get(instructions);
  if (module === undefined) {
    module = new WebAssembly.Module(readFileSync(new URL(`segtide-kernel-${instructions}.wasm`, BUILDS)));
    compiled.set(instructions, module);
  }
  return new WebAssembly.Instance(module).exports as WasmKernel;
}

export function createWasmLayer(kernel: WasmKernel, spec: LayerSpec): number {
  const { cell, steps, inputs, hidden, rows, training, outputs, inputGradients = false } = spec;
  return kernel.create_layer(
    Number(cell === 'gru'),
    steps,
    inputs,
    hidden,
    rows,
    Number(training),
    Number(outputs === 'all'),
    Number(inputGradients),
  );
}

/**
 * Hands on an address or a success that the kernel tells.
 *
 * @throws RangeError for 0: there is no memory for it.
 */
export function made(result: number): number {
  // Addresses above 2 GB come as negative numbers.
  if (result !== 0) return result >>> 0;
  throw new RangeError('out of memory: an instance of WebAssembly has at most 4 GB');
}

/** The best build that this JavaScript engine takes. */
export function bestInstructions(): WasmInstructions {
  return WebAssembly.validate(RELAXED_PROBE) ? 'relaxed' : 'simd128';
}

/** A module whose only function holds f32x4.relaxed_madd. */
const RELAXED_PROBE = Uint8Array.of(
  ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00], // magic, version
  ...[0x01, 0x05, 0x01, 0x60, 0x00, 0x01, 0x7b], // type: () -> v128
  ...[0x03, 0x02, 0x01, 0x00], // function 0 has type 0
  ...[0x0a, 0x13, 0x01, 0x11, 0x00], // code: one body of 17 bytes, no locals
  ...[0x41, 0x01, 0xfd, 0x11], // i32.const 1, i32x4.splat
  ...[0x41, 0x01, 0xfd, 0x11],
  ...[0x41, 0x01, 0xfd, 0x11],
  ...[0xfd, 0x85, 0x02, 0x0b], // f32x4.relaxed_madd, end
);
