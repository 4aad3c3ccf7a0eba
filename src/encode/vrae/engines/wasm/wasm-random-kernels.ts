import { SegtideError } from '../../../../errors.js';
import type { RandomKernelTransform } from '../../../views/random-kernel-engine.js';
import type { RandomKernels } from '../../../views/random-kernels.js';
import type { WasmKernel } from './wasm-module.js';

/** Windows that are copied in at a time. */
const CHUNK_ROWS = 64;

/** Random kernels in the module's memory, which holds them as long as the instance lives. */
export function createWasmRandomKernels(running: () => WasmKernel, kernels: RandomKernels): RandomKernelTransform {
  const { steps, channels, dilations, biasCounts, subsets, biases } = kernels;
  const copy = (values: Int32Array | Uint8Array | Float32Array): number => {
    const address = running().allocate(Math.ceil(values.byteLength / 4));
    const { buffer, byteOffset, byteLength } = values;
    new Uint8Array(running().memory.buffer, address).set(new Uint8Array(buffer, byteOffset, byteLength));
    return address;
  };
  const task = running().create_random_kernels(
    steps,
    channels,
    copy(dilations),
    copy(biasCounts),
    dilations.length,
    copy(subsets),
    copy(biases),
    biases.length,
  );
  if (task === 0) throw new SegtideError('encoder', 'the arrays of the random kernels do not fit together');
  const cells = steps * channels;
  const features = biases.length;
  const inputs = running().allocate(CHUNK_ROWS * cells);
  const outputs = running().allocate(CHUNK_ROWS * features);
  return {
    features,
    transform(values, rows, out) {
      for (let from = 0; from < rows; from += CHUNK_ROWS) {
        const count = Math.min(CHUNK_ROWS, rows - from);
        const chunk = values.subarray(from * cells, (from + count) * cells);
        new Float32Array(running().memory.buffer, inputs, chunk.length).set(chunk);
        running().transform_random_kernels(task, inputs, count, outputs);
        const result = new Float32Array(running().memory.buffer, outputs, count * features);
        out.set(result, from * features);
      }
    },
  };
}
