import type {
  ColumnSums,
  ComponentEngine,
  EigenpairTask,
  ProjectionTask,
  ScatterSums,
} from '../../../../numeric/component-engine.js';
import { made, type WasmKernel } from './wasm-module.js';
import { createWasmPlace } from './wasm-place.js';

/** Rows that are copied in at a time; a multiple of those whose products the kernel sums in single precision. */
const CHUNK_ROWS = 1024;
/** Floats to a number of double precision. */
const DOUBLE = 2;

/** Principal components in the module's memory, part of which it keeps for what is copied in. */
export function createWasmComponents(running: () => WasmKernel): ComponentEngine {
  const places = Array.from({ length: 5 }, () => createWasmPlace(running));
  const singles = (address: number, length: number) => new Float32Array(running().memory.buffer, address, length);
  const doubles = (address: number, length: number) => new Float64Array(running().memory.buffer, address, length);
  /** All places first: the memory moves when it grows. */
  const reserve = (...lengths: number[]) => lengths.map((length, i) => places[i]!(Math.max(1, length)));
  /** Copies rows in and calls with how many, as often as it takes. */
  const inParts = (
    values: Float32Array,
    rows: number,
    count: number,
    at: number,
    call: (from: number, rows: number) => void,
  ) => {
    for (let from = 0; from < rows; from += CHUNK_ROWS) {
      const some = Math.min(CHUNK_ROWS, rows - from);
      singles(at, some * count).set(values.subarray(from * count, (from + some) * count));
      call(from, some);
    }
  };

  const addColumns = ({ values, centers, sums }: ColumnSums): void => {
    const count = sums.length;
    const rows = values.length / Math.max(1, count);
    const [valuesAt, centersAt, sumsAt] = reserve(Math.min(rows, CHUNK_ROWS) * count, DOUBLE * count, DOUBLE * count);
    if (centers !== undefined) doubles(centersAt!, count).set(centers);
    doubles(sumsAt!, count).set(sums);
    inParts(values, rows, count, valuesAt!, (_, some) =>
      running().add_columns(valuesAt!, some, count, centers === undefined ? 0 : centersAt!, sumsAt!),
    );
    sums.set(doubles(sumsAt!, count));
  };

  const addScatter = ({ values, means, weights, sums }: ScatterSums): void => {
    const count = means.length;
    const rows = values.length / Math.max(1, count);
    const [valuesAt, meansAt, weightsAt, sumsAt] = reserve(
      Math.min(rows, CHUNK_ROWS) * count,
      DOUBLE * count,
      DOUBLE * count,
      DOUBLE * sums.length,
    );
    doubles(meansAt!, count).set(means);
    doubles(weightsAt!, count).set(weights);
    doubles(sumsAt!, sums.length).set(sums);
    inParts(values, rows, count, valuesAt!, (_, some) =>
      made(running().add_scatter(valuesAt!, some, count, meansAt!, weightsAt!, sumsAt!)),
    );
    sums.set(doubles(sumsAt!, sums.length));
  };

  const leadingEigenpairs = ({ symmetric, size, least, values, vectors }: EigenpairTask): number => {
    const [matrixAt, valuesAt, vectorsAt] = reserve(
      DOUBLE * symmetric.length,
      DOUBLE * values.length,
      DOUBLE * vectors.length,
    );
    doubles(matrixAt!, symmetric.length).set(symmetric);
    const found = running().leading_eigenpairs(matrixAt!, size, values.length, least, valuesAt!, vectorsAt!);
    made(found + 1);
    values.set(doubles(valuesAt!, found));
    vectors.set(doubles(vectorsAt!, found * size));
    return found;
  };

  const project = (task: ProjectionTask): void => {
    const { features, rows, bounds, means, projection, size, out, offset, stride } = task;
    const count = means.length;
    const most = Math.min(rows, CHUNK_ROWS);
    const [featuresAt, boundsAt, meansAt, projectionAt, outAt] = reserve(
      most * count,
      2 * count,
      count,
      size * count,
      most * size,
    );
    if (bounds !== undefined) singles(boundsAt!, 2 * count).set(bounds);
    singles(meansAt!, count).set(means);
    singles(projectionAt!, size * count).set(projection);
    const fitted = [bounds === undefined ? 0 : boundsAt!, meansAt!, projectionAt!, size] as const;
    inParts(features, rows, count, featuresAt!, (from, some) => {
      made(running().project(featuresAt!, some, count, ...fitted, outAt!));
      const projected = singles(outAt!, some * size);
      for (let row = 0; row < some; row++) {
        out.set(projected.subarray(row * size, (row + 1) * size), (from + row) * stride + offset);
      }
    });
  };

  return { addColumns, addScatter, leadingEigenpairs, project };
}
