import { type Field, readMessage } from './read-message.js';

/** A tensor that goes into an ONNX graph or comes out of it. */
export interface Port {
  readonly name: string;
  /** By ONNX's number; 0 where it is no tensor. */
  readonly type: number;
  /** A number, or the name of a size that is known when the graph runs, empty where it has none; undefined where the file states no shape. */
  readonly shape: readonly (number | string)[] | undefined;
}

/** What of an ONNX file can be told without a runtime. */
export interface OnnxPorts {
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
  /** Whether weights lie in files beside it. */
  readonly isSplit: boolean;
}

export const FLOAT32 = 1;

// Numbers of fields: onnx.proto of https://github.com/onnx/onnx.
const MODEL_GRAPH = 7;
const GRAPH_INITIALIZER = 5;
const GRAPH_INPUT = 11;
const GRAPH_OUTPUT = 12;
const TENSOR_NAME = 8;
const TENSOR_LOCATION = 14;
const EXTERNAL = 1;

/**
 * Reads inputs and outputs of an ONNX file.
 *
 * @throws Error when the bytes are no ONNX file.
 */
export function readOnnxPorts(bytes: Uint8Array): OnnxPorts {
  const [graph] = messagesOf(readMessage(bytes), MODEL_GRAPH);
  if (graph === undefined) throw new Error('it has no graph');
  const weights = messagesOf(graph, GRAPH_INITIALIZER);
  const names = new Set(weights.map((weight) => textOf(weight, TENSOR_NAME)));
  return {
    // Files of old list weights among the inputs.
    inputs: messagesOf(graph, GRAPH_INPUT)
      .map(toPort)
      .filter(({ name }) => !names.has(name)),
    outputs: messagesOf(graph, GRAPH_OUTPUT).map(toPort),
    isSplit: weights.some((weight) => numberOf(weight, TENSOR_LOCATION) === EXTERNAL),
  };
}

/** A ValueInfoProto: name 1, type 2, of which tensor_type 1 has elem_type 1 and shape 2. */
function toPort(fields: readonly Field[]): Port {
  const [tensor] = messagesOf(fields, 2).flatMap((type) => messagesOf(type, 1));
  const [shape] = tensor === undefined ? [] : messagesOf(tensor, 2);
  return {
    name: textOf(fields, 1),
    type: tensor === undefined ? 0 : (numberOf(tensor, 1) ?? 0),
    shape: shape && messagesOf(shape, 1).map(toSize),
  };
}

/** A size that is negative, which comes as one beyond 63 bits, is one that is known when the graph runs. */
function toSize(fields: readonly Field[]): number | string {
  const size = numberOf(fields, 1);
  if (size === undefined) return textOf(fields, 2);
  return size < 2 ** 63 ? size : '';
}

function messagesOf(fields: readonly Field[], number: number): readonly (readonly Field[])[] {
  return fields.filter((field) => field.number === number).map(({ value }) => readMessage(bytesOf(value)));
}

function textOf(fields: readonly Field[], number: number): string {
  const field = fields.find((candidate) => candidate.number === number);
  return field === undefined ? '' : new TextDecoder().decode(bytesOf(field.value));
}

function numberOf(fields: readonly Field[], number: number): number | undefined {
  const value = fields.find((field) => field.number === number)?.value;
  return typeof value === 'number' ? value : undefined;
}

function bytesOf(value: Field['value']): Uint8Array {
  if (typeof value === 'number') throw new Error('a number stands where text or a message should');
  return value;
}
