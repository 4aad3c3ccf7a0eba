import type { ColumnSums, ComponentEngine } from './component-engine.js';

/** Mean of each column, and root of its mean squared distance from it. */
export interface ColumnMeasures {
  readonly means: Float64Array; // (count)
  readonly deviations: Float64Array; // (count)
}

/** @param values (rows, count), at least one row */
export function measureColumns(
  values: Float32Array,
  rows: number,
  count: number,
  engine: Partial<ComponentEngine> = {},
): ColumnMeasures {
  const add = engine.addColumns ?? addColumnsPlainly;
  const means = new Float64Array(count);
  add({ values, centers: undefined, sums: means });
  for (let i = 0; i < count; i++) means[i]! /= rows;
  const deviations = new Float64Array(count);
  add({ values, centers: means, sums: deviations });
  for (let i = 0; i < count; i++) deviations[i] = Math.sqrt(deviations[i]! / rows);
  return { means, deviations };
}

/** The same bits as the engines'. */
function addColumnsPlainly({ values, centers, sums }: ColumnSums): void {
  for (let p = 0; p < values.length; ) {
    for (let i = 0; i < sums.length; i++, p++) {
      const value = values[p]!;
      sums[i]! += centers === undefined ? value : (value - centers[i]!) * (value - centers[i]!);
    }
  }
}
