import type { LateEvent, WindowBatch } from '../../src/window/window-batch.js';

/** One window as a plain object. */
export interface WindowRow {
  readonly customer: string;
  readonly start: number;
  readonly end: number;
  readonly revision: number;
  readonly final: number;
  readonly evicted: number;
  readonly values: readonly number[];
  readonly mask: readonly number[];
  readonly observedSteps: number;
}

export interface Outcome {
  readonly rows: readonly WindowRow[];
  readonly late: readonly LateEvent[];
  readonly quarantined: readonly number[]; // row numbers
}

export function toRows(page: WindowBatch): WindowRow[] {
  const cells = page.steps * page.channels;
  return Array.from({ length: page.length }, (_, i) => ({
    customer: page.ids.text(page.customers[i]!),
    start: page.starts[i]!,
    end: page.ends[i]!,
    revision: page.revisions[i]!,
    final: page.finals[i]!,
    evicted: page.evicted[i]!,
    values: [...page.values.subarray(i * cells, (i + 1) * cells)],
    mask: [...page.mask.subarray(i * cells, (i + 1) * cells)],
    observedSteps: page.observedSteps[i]!,
  }));
}

/** Everything that the pages of one call hold, read once the call is over, as late as slots may be asked for. */
export function collect(pages: Iterable<WindowBatch>): Outcome {
  const all = [...pages];
  return {
    rows: all.flatMap(toRows),
    late: all.flatMap((page) => page.late),
    quarantined: all.flatMap((page) => page.quarantined.map((letter) => letter.row)),
  };
}

export function join(outcomes: readonly Outcome[]): Outcome {
  return {
    rows: outcomes.flatMap((outcome) => outcome.rows),
    late: outcomes.flatMap((outcome) => outcome.late),
    quarantined: outcomes.flatMap((outcome) => outcome.quarantined),
  };
}
