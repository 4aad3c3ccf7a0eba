import type { ComponentEngine } from '../../numeric/component-engine.js';
import type { NearestEngine } from '../../numeric/nearest-engine.js';
import type { WarpingEngine } from '../../numeric/warping-engine.js';
import type { RandomKernelEngine } from '../views/random-kernel-engine.js';
import type { TensorOperations } from './tensor-operations.js';

/**
 * What an engine computes for the VRAE: recurrent layers over whole sequences, and matrix products. Everything else of
 * the model (heads, sampling, losses, optimiser, stopping) is written once over this and runs on every engine.
 *
 * All arrays are dense and row-major. Sequences are time-major: cell (t, row, i) of `rows` sequences with `size` numbers
 * a step is at `(t * rows + row) * size + i`, where `rows` is that of the call, not of the layer's capacity.
 */
export interface RecurrentEngine
  extends Partial<RandomKernelEngine>,
    Partial<NearestEngine>,
    Partial<WarpingEngine>,
    Partial<ComponentEngine> {
  readonly name: EngineName;
  /** What it computes with, for people: 'AVX-512, 1 thread', 'SIMD128', 'float64', 'tfjs-node 4.22.0'. */
  readonly description: string;
  /** Number type of every buffer. `js` computes in double precision, all others in single. */
  readonly precision: 'float32' | 'float64';
  /** A buffer of zeros where the engine can reach it; products take no other. */
  allocate(length: number): FloatBuffer;
  createLayer(spec: LayerSpec): RecurrentLayer;
  /** out = a · b, or out += a · b. */
  multiply(product: MatrixProduct): void;
  /** What layers compute besides products, over this engine's buffers. */
  readonly operations: TensorOperations;
  /** Frees what the garbage collector does not: layers, buffers, threads. Nothing of the engine may be used afterwards. */
  dispose(): void;
}

export type EngineName = 'native' | 'wasm' | 'tfjs' | 'js';

export type FloatArray = Float32Array | Float64Array;

/**
 * Numbers that an engine owns. Read `values` anew after every allocation: the memory of WebAssembly moves when it grows.
 */
export interface FloatBuffer {
  readonly length: number;
  readonly values: FloatArray;
}

/** One matrix product; m, n and inner are those of the product, after transposition. */
export interface MatrixProduct {
  readonly a: FloatBuffer; // (m, inner), or (inner, m) when transposeA
  readonly b: FloatBuffer; // (inner, n), or (n, inner) when transposeB
  /** What `packWeights` made of `b`, which is taken instead; with `transposeB`, and without `transposeA`. */
  readonly packed?: FloatBuffer | undefined;
  readonly out: FloatBuffer; // (m, n)
  readonly m: number;
  readonly n: number;
  readonly inner: number;
  /** @default false */
  readonly transposeA?: boolean;
  /** @default false */
  readonly transposeB?: boolean;
  /** Adds to `out` instead of replacing it. @default false */
  readonly accumulate?: boolean;
}

export type Cell = 'lstm' | 'gru';

/** What a layer is made for. */
export interface LayerSpec {
  readonly cell: Cell;
  /** Steps of a sequence, from 1. */
  readonly steps: number;
  /** Numbers that come in at each step, from 0: a decoder without input has none. */
  readonly inputs: number;
  readonly hidden: number;
  /** Most sequences in one call. */
  readonly rows: number;
  /** True for training: keeps what `backward` needs. */
  readonly training: boolean;
  /** Whether hidden states are wanted at every step, or only the last one. */
  readonly outputs: 'all' | 'last';
  /** Whether `backward` computes `inputGradients`. @default false */
  readonly inputGradients?: boolean;
}

/**
 * One recurrent layer with its buffers, for up to `spec.rows` sequences.
 *
 * Weights, one after the other in one array:
 * - lstm: (4 hidden, hidden + inputs + 1), gates in the order input, forget, cell, output;
 * - gru: (3 hidden, hidden + inputs + 1), gates in the order reset, update, candidate, then the recurrent bias of the
 *   candidate, (hidden), which the reset gate scales together with the recurrent product (as in cuDNN and PyTorch).
 *
 * The columns of each matrix are the hidden state before the step, the step's inputs, and the bias. A GRU's
 * new state is (1 - update) · candidate + update · state.
 */
export interface RecurrentLayer {
  readonly spec: LayerSpec;
  /** Takes a layer's weights as they are now; what follows computes with these. */
  load(weights: FloatArray): void;

  /** Written by the caller before `forward`. */
  readonly inputs: FloatBuffer; // (steps, rows, inputs)
  readonly initialHidden: FloatBuffer; // (rows, hidden)
  readonly initialCell: FloatBuffer; // (rows, hidden); of length 0 for a gru

  /** Runs the first `rows` sequences through all steps. */
  forward(rows: number): void;

  /** Written by `forward`: hidden states at every step, or the last ones. */
  readonly outputs: FloatBuffer; // (steps, rows, hidden) or (rows, hidden)
  readonly finalCell: FloatBuffer; // (rows, hidden); of length 0 for a gru

  /** Written by the caller before `backward`: the loss's gradient with respect to `outputs`. */
  readonly outputGradients: FloatBuffer; // as `outputs`; of length 0 unless training

  /**
   * Goes back through the steps of the last `forward`, which must have had the same `rows`. Gradients replace what
   * the buffers held. Truncates nothing.
   */
  backward(rows: number): void;

  readonly weightGradients: FloatBuffer; // in the layout of the weights
  readonly initialHiddenGradients: FloatBuffer; // (rows, hidden)
  readonly inputGradients: FloatBuffer; // (steps, rows, inputs); of length 0 unless asked for
}

/** Length of a layer's weights. */
export function layerWeightCount({ cell, hidden, inputs }: Pick<LayerSpec, 'cell' | 'hidden' | 'inputs'>): number {
  const width = hidden + inputs + 1;
  return cell === 'lstm' ? 4 * hidden * width : 3 * hidden * width + hidden;
}
