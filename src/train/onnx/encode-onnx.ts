import {
  type Attributes,
  ONNX_TYPES,
  type OnnxConstant,
  type OnnxGraph,
  type OnnxNode,
  type OnnxPort,
} from './onnx-graph.js';
import { bytesField, join, messageField, varintField } from './protobuf.js';

/** What an ONNX file says besides its graph. */
export interface OnnxDescription {
  /** Name of the graph. */
  readonly name: string;
  readonly producer: string;
  readonly documentation: string;
  readonly metadata: Readonly<Record<string, string>>;
}

/** Version of the operators in use: of 2022, so that runtimes of today know them all. */
export const ONNX_OPSET = 17;

/** Version of the format that came with the operators. */
const IR_VERSION = 8;

// Numbers of fields and of types of attributes: onnx.proto of https://github.com/onnx/onnx.
const INTEGER = 2;
const STRING = 3;
const INTEGERS = 7;

/** Writes a graph as an ONNX file. The same graph is the same bytes. */
export function encodeOnnx(graph: OnnxGraph, description: OnnxDescription): Uint8Array {
  const { name, producer, documentation, metadata } = description;
  return join([
    varintField(1, IR_VERSION),
    bytesField(2, producer),
    bytesField(6, documentation),
    messageField(7, encodeGraph(name, graph)),
    messageField(8, [bytesField(1, ''), varintField(2, ONNX_OPSET)]),
    ...Object.entries(metadata).map(([key, value]) => messageField(14, [bytesField(1, key), bytesField(2, value)])),
  ]);
}

function encodeGraph(name: string, { inputs, outputs, constants, nodes }: OnnxGraph): Uint8Array[] {
  return [
    ...nodes.map((node) => messageField(1, encodeNode(node))),
    bytesField(2, name),
    ...constants.map((constant) => messageField(5, encodeTensor(constant))),
    ...inputs.map((port) => messageField(11, encodePort(port))),
    ...outputs.map((port) => messageField(12, encodePort(port))),
  ];
}

function encodeNode({ op, name, inputs, outputs, attributes }: OnnxNode): Uint8Array[] {
  return [
    ...inputs.map((input) => bytesField(1, input)),
    ...outputs.map((output) => bytesField(2, output)),
    bytesField(3, name),
    bytesField(4, op),
    ...Object.entries(attributes).map(([key, value]) => messageField(5, encodeAttribute(key, value))),
  ];
}

function encodeAttribute(name: string, value: Attributes[string]): Uint8Array[] {
  if (typeof value === 'number') return [bytesField(1, name), varintField(3, value), varintField(20, INTEGER)];
  if (typeof value === 'string') return [bytesField(1, name), bytesField(4, value), varintField(20, STRING)];
  return [bytesField(1, name), ...value.map((item) => varintField(8, item)), varintField(20, INTEGERS)];
}

function encodeTensor({ name, shape, values }: OnnxConstant): Uint8Array[] {
  return [
    ...shape.map((size) => varintField(1, size)),
    varintField(2, typeOf(values)),
    bytesField(8, name),
    bytesField(9, new Uint8Array(values.buffer, values.byteOffset, values.byteLength)),
  ];
}

function typeOf(values: OnnxConstant['values']): number {
  if (values instanceof Float32Array) return ONNX_TYPES.float32;
  return values instanceof Float64Array ? ONNX_TYPES.float64 : ONNX_TYPES.int64;
}

function encodePort({ name, dtype, shape }: OnnxPort): Uint8Array[] {
  const sizes = shape.map((size) =>
    messageField(1, [typeof size === 'number' ? varintField(1, size) : bytesField(2, size)]),
  );
  const tensor = [varintField(1, ONNX_TYPES[dtype]), messageField(2, sizes)];
  return [bytesField(1, name), messageField(2, [messageField(1, tensor)])];
}
