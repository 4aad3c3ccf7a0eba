import { NORM_EPSILON, type NormBackTask, type NormTask } from '../../tensor-operations.js';

/** Layer normalisation in plain loops. */
export function normalizePlainly({ values, parameters, rows, width, out, kept }: NormTask): void {
  const [given, own, target] = [values.values, parameters.values, out.values];
  for (let row = 0, at = 0; row < rows; row++, at += width) {
    let sum = 0;
    for (let i = at; i < at + width; i++) sum += given[i]!;
    const mean = sum / width;
    let squares = 0;
    for (let i = at; i < at + width; i++) squares += (given[i]! - mean) * (given[i]! - mean);
    const inverse = 1 / Math.sqrt(squares / width + NORM_EPSILON);
    if (kept !== undefined) kept.inverses.values[row] = inverse;
    for (let i = 0; i < width; i++) {
      const value = (given[at + i]! - mean) * inverse;
      if (kept !== undefined) kept.normalized.values[at + i] = value;
      target[at + i] = value * own[i]! + own[width + i]!;
    }
  }
}

/** The way back of `normalizePlainly`. */
export function normalizeBackPlainly(task: NormBackTask): void {
  const { rows, width } = task;
  const [given, own, added] = [task.gradients.values, task.parameters.values, task.added.values];
  const [normalized, inverses] = [task.kept.normalized.values, task.kept.inverses.values];
  const gradients = task.parameterGradients.values;
  gradients.fill(0, 0, 2 * width);
  for (let row = 0, at = 0; row < rows; row++, at += width) {
    let sum = 0;
    let along = 0;
    for (let i = 0; i < width; i++) {
      const slope = given[at + i]!;
      const value = normalized[at + i]!;
      gradients[i]! += slope * value;
      gradients[width + i]! += slope;
      sum += slope * own[i]!;
      along += slope * own[i]! * value;
    }
    const inverse = inverses[row]!;
    for (let i = 0; i < width; i++) {
      const slope = given[at + i]! * own[i]! - (sum + normalized[at + i]! * along) / width;
      added[at + i]! += inverse * slope;
    }
  }
}
