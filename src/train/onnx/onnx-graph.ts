/** Types of tensors that a graph of ours has, by ONNX's numbers. */
export const ONNX_TYPES = { float32: 1, uint8: 2, int64: 7, bool: 9, float64: 11 } as const;

export type OnnxType = keyof typeof ONNX_TYPES;

/** A tensor that goes into a graph or comes out of it. */
export interface OnnxPort {
  readonly name: string;
  readonly dtype: OnnxType;
  /** Text names a size that is known when the graph runs. */
  readonly shape: readonly (number | string)[];
}

export interface OnnxConstant {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: ConstantValues;
}

export type ConstantValues = Float32Array | Float64Array | BigInt64Array;

export interface OnnxNode {
  readonly op: string;
  readonly name: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Attributes;
}

/** By name; a number is an integer, as every attribute in use is. */
export type Attributes = Readonly<Record<string, number | string | readonly number[]>>;

/** A graph as data: nodes in an order in which each finds its inputs made. */
export interface OnnxGraph {
  readonly inputs: readonly OnnxPort[];
  readonly outputs: readonly OnnxPort[];
  readonly constants: readonly OnnxConstant[];
  readonly nodes: readonly OnnxNode[];
}
