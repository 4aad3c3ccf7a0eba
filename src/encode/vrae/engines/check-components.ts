import { SegtideError } from '../../../errors.js';
import type {
  ColumnSums,
  ComponentEngine,
  EigenpairTask,
  ProjectionTask,
  ScatterSums,
} from '../../../numeric/component-engine.js';

/** The same calls, which refuse arrays that do not fit together. */
export function checkComponents(engine: ComponentEngine): ComponentEngine {
  return {
    addColumns: (task) => {
      checkColumns(task);
      engine.addColumns(task);
    },
    addScatter: (task) => {
      checkScatter(task);
      engine.addScatter(task);
    },
    leadingEigenpairs: (task) => {
      checkEigenpairs(task);
      return engine.leadingEigenpairs(task);
    },
    project: (task) => {
      checkProjection(task);
      engine.project(task);
    },
  };
}

function checkColumns({ values, centers, sums }: ColumnSums): void {
  const fits = isWhole(values.length / sums.length) && (centers === undefined || centers.length === sums.length);
  if (!fits) refuse('features', values.length, 'sums', sums.length);
}

function checkScatter({ values, means, weights, sums }: ScatterSums): void {
  const count = means.length;
  const fits = isWhole(values.length / count) && weights.length === count && sums.length === count * count;
  if (!fits) refuse('features', values.length, 'products', sums.length);
}

function checkEigenpairs({ symmetric, size, values, vectors }: EigenpairTask): void {
  const most = values.length;
  const fits = isWhole(size) && symmetric.length === size * size && most <= size && vectors.length === most * size;
  if (!fits) refuse('a matrix', symmetric.length, 'eigenvectors', vectors.length);
}

function checkProjection(task: ProjectionTask): void {
  const { features, rows, bounds, means, projection, size, out, offset, stride } = task;
  const count = means.length;
  const fits =
    [rows, size, offset, stride].every(isWhole) &&
    features.length >= rows * count &&
    (bounds === undefined || bounds.length === 2 * count) &&
    projection.length === size * count &&
    offset + size <= stride &&
    out.length >= rows * stride;
  if (!fits) refuse('features', features.length, 'projections', out.length);
}

function isWhole(number: number): boolean {
  return Number.isInteger(number) && number >= 0 && number < 2 ** 31;
}

function refuse(given: string, length: number, wanted: string, room: number): never {
  throw new SegtideError(
    'encoder',
    `${given} of ${length} numbers do not fit ${wanted} of ${room}, or what lies between`,
  );
}
