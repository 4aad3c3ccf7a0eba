import {
  type Attributes,
  type ConstantValues,
  ONNX_TYPES,
  type OnnxConstant,
  type OnnxGraph,
  type OnnxNode,
  type OnnxPort,
  type OnnxType,
} from './onnx-graph.js';

/** A tensor in a graph, by its name. */
export type Value = string;

/** What a node takes: a tensor, or a number, which becomes a float64 constant without dimensions. */
export type Operand = Value | number;

/** Grows a graph node by node. */
export interface GraphBuilder {
  input(port: OnnxPort): Value;
  /** Makes a tensor leave the graph. */
  output(port: OnnxPort, value: Value): void;
  /** @param shape one dimension when undefined */
  constant(values: ConstantValues, shape?: readonly number[]): Value;
  integers(...values: number[]): Value;
  /** Adds a node, and gives its only or first result. */
  add(op: string, inputs: readonly Operand[], attributes?: Attributes): Value;
  /** Adds a node with several results. */
  addWithResults(count: number, op: string, inputs: readonly Operand[], attributes?: Attributes): Value[];
  cast(value: Value, type: OnnxType): Value;
  /** Prefixes the names of what is added meanwhile, for whoever looks at the graph. */
  within<T>(scope: string, add: () => T): T;
  build(): OnnxGraph;
}

export function createGraphBuilder(): GraphBuilder {
  const inputs: OnnxPort[] = [];
  const outputs: OnnxPort[] = [];
  const constants: OnnxConstant[] = [];
  const nodes: OnnxNode[] = [];
  const numbers = new Map<number, Value>();
  let prefix = '';

  const constant = (values: ConstantValues, shape: readonly number[] = [values.length]): Value => {
    const name = `constant_${constants.length}`;
    constants.push({ name, shape, values });
    return name;
  };
  const toValue = (operand: Operand): Value => {
    if (typeof operand === 'string') return operand;
    const known = numbers.get(operand);
    if (known !== undefined) return known;
    const name = constant(Float64Array.of(operand), []);
    numbers.set(operand, name);
    return name;
  };
  const addWithResults = (count: number, op: string, given: readonly Operand[], attributes: Attributes = {}) => {
    const name = `${prefix}${op}_${nodes.length}`;
    const results = Array.from({ length: count }, (_, i) => (i === 0 ? name : `${name}_${i}`));
    nodes.push({ op, name, inputs: given.map(toValue), outputs: results, attributes });
    return results;
  };
  const add = (op: string, given: readonly Operand[], attributes?: Attributes): Value =>
    addWithResults(1, op, given, attributes)[0]!;

  return {
    input: (port) => {
      inputs.push(port);
      return port.name;
    },
    output: (port, value) => {
      outputs.push(port);
      nodes.push({ op: 'Identity', name: port.name, inputs: [value], outputs: [port.name], attributes: {} });
    },
    constant,
    integers: (...values) => constant(BigInt64Array.from(values, BigInt)),
    add,
    addWithResults,
    cast: (value, type) => add('Cast', [value], { to: ONNX_TYPES[type] }),
    within: (scope, addNodes) => {
      const outer = prefix;
      prefix = `${outer}${scope}/`;
      const result = addNodes();
      prefix = outer;
      return result;
    },
    build: () => ({ inputs, outputs, constants, nodes }),
  };
}
