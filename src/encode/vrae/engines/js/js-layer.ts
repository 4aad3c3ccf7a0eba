import { addOuterProducts, multiplyTransposed, transposeColumns } from '../../../../numeric/matrix.js';
import { type FloatBuffer, type LayerSpec, layerWeightCount, type RecurrentLayer } from '../../recurrent-engine.js';
import { type Cell, type CellTrace, createCellTrace } from './cell-trace.js';
import { toGateWeights, toWeightGradients } from './gate-weights.js';
import { gruCell } from './gru-cell.js';
import { lstmCell } from './lstm-cell.js';

/** Sequences that go through all steps together, so that their states stay in the processor's cache. */
const BLOCK_ROWS = 33;

const CELLS: Readonly<Record<LayerSpec['cell'], Cell>> = { lstm: lstmCell, gru: gruCell };

/** A recurrent layer in plain typed arrays, in double precision. */
export function createJsLayer(spec: LayerSpec, allocate: (length: number) => FloatBuffer): RecurrentLayer {
  const { steps, inputs, hidden, training } = spec;
  const cell = CELLS[spec.cell];
  const width = hidden + inputs + 1;
  const inCells = spec.cell === 'lstm' ? spec.rows * hidden : 0;
  const states = (spec.outputs === 'all' ? steps : 1) * spec.rows * hidden;
  const layer = {
    inputs: allocate(steps * spec.rows * inputs),
    initialHidden: allocate(spec.rows * hidden),
    initialCell: allocate(inCells),
    outputs: allocate(states),
    finalCell: allocate(inCells),
    outputGradients: allocate(training ? states : 0),
    weightGradients: allocate(training ? layerWeightCount(spec) : 0),
    initialHiddenGradients: allocate(training ? spec.rows * hidden : 0),
    inputGradients: allocate(training && spec.inputGradients ? steps * spec.rows * inputs : 0),
  };

  const blockRows = Math.min(BLOCK_ROWS, spec.rows);
  // Going back needs every block's own trace; else all blocks use the first in turn.
  const traces = Array.from({ length: training ? Math.ceil(spec.rows / blockRows) : 1 }, () =>
    createCellTrace(spec, blockRows),
  );
  const weights = new Float64Array(4 * hidden * width);
  const back = createBackBuffers(spec, blockRows);

  const forwardBlock = (trace: CellTrace, from: number, count: number, rows: number): void => {
    copyRows(layer.initialHidden.values, from * hidden, hidden, trace.inputs[0]!, 0, width, hidden, count);
    if (inCells > 0) trace.cells[0]!.set(layer.initialCell.values.subarray(from * hidden, (from + count) * hidden));
    for (let t = 0; t < steps; t++) {
      const source = (t * rows + from) * inputs;
      copyRows(layer.inputs.values, source, inputs, trace.inputs[t]!, hidden, width, inputs, count);
      multiplyTransposed(trace.inputs[t]!, weights, trace.gates[t]!, count, 4 * hidden, width);
      cell.activate(trace, t, count);
      if (spec.outputs === 'last' && t < steps - 1) continue;
      const target = spec.outputs === 'last' ? from * hidden : (t * rows + from) * hidden;
      copyRows(trace.inputs[t + 1]!, 0, width, layer.outputs.values, target, hidden, hidden, count);
    }
    if (inCells > 0) layer.finalCell.values.set(trace.cells[steps]!.subarray(0, count * hidden), from * hidden);
  };

  const backwardBlock = (trace: CellTrace, from: number, count: number, rows: number): void => {
    const wanted = hidden + (layer.inputGradients.length > 0 ? inputs : 0);
    back.hidden.fill(0);
    back.cell.fill(0);
    for (let t = steps - 1; t >= 0; t--) {
      if (spec.outputs === 'all' || t === steps - 1) {
        const source = spec.outputs === 'all' ? (t * rows + from) * hidden : from * hidden;
        const given = layer.outputGradients.values;
        for (let i = 0; i < count * hidden; i++) back.hidden[i]! += given[source + i]!;
      }
      const gates = trace.gates[t]!;
      cell.differentiate(trace, t, back.hidden, back.cell, count);
      addOuterProducts(gates, trace.inputs[t]!, back.gradient, count, 4 * hidden, width);
      multiplyTransposed(gates, back.transposed, back.product, count, wanted, 4 * hidden);
      for (let row = 0; row < count; row++) {
        for (let j = 0; j < hidden; j++) back.hidden[row * hidden + j]! += back.product[row * wanted + j]!;
      }
      if (wanted === hidden) continue;
      const target = (t * rows + from) * inputs;
      copyRows(back.product, hidden, wanted, layer.inputGradients.values, target, inputs, inputs, count);
    }
    copyRows(back.hidden, 0, hidden, layer.initialHiddenGradients.values, from * hidden, hidden, hidden, count);
  };

  return {
    spec,
    ...layer,
    load: (loaded) => toGateWeights(spec, loaded, weights),
    forward: (rows) => {
      for (let from = 0, i = 0; from < rows; from += blockRows, i++) {
        forwardBlock(traces[i % traces.length]!, from, Math.min(blockRows, rows - from), rows);
      }
    },
    backward: (rows) => {
      back.gradient.fill(0);
      transposeColumns(weights, back.transposed, 4 * hidden, width, width - 1);
      for (let from = 0, i = 0; from < rows; from += blockRows, i++) {
        backwardBlock(traces[i]!, from, Math.min(blockRows, rows - from), rows);
      }
      toWeightGradients(spec, back.gradient, layer.weightGradients.values);
    },
  };
}

/** What `backward` needs of one block at a time. */
function createBackBuffers({ inputs, hidden, training }: LayerSpec, rows: number) {
  const make = (length: number): Float64Array => new Float64Array(training ? length : 0);
  return {
    gradient: make(4 * hidden * (hidden + inputs + 1)),
    /** The weights without their biases, transposed. */
    transposed: make((hidden + inputs) * 4 * hidden),
    product: make(rows * (hidden + inputs)),
    hidden: make(rows * hidden),
    cell: make(rows * hidden),
  };
}

/** Copies `count` rows of `size` numbers; rows lie `sourceWidth` and `targetWidth` apart. */
function copyRows(
  source: Float32Array | Float64Array,
  sourceStart: number,
  sourceWidth: number,
  target: Float32Array | Float64Array,
  targetStart: number,
  targetWidth: number,
  size: number,
  count: number,
): void {
  for (let row = 0; row < count; row++) {
    const p = sourceStart + row * sourceWidth;
    const q = targetStart + row * targetWidth;
    for (let i = 0; i < size; i++) target[q + i] = source[p + i]!;
  }
}
