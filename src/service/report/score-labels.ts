import type { Database } from 'node-sqlite3-wasm';
import { adjustedRandIndexOf } from '../../cluster/adjusted-rand-index.js';
import { createPairCounts } from '../../cluster/contingency.js';
import { normalizedMutualInformationOf } from '../../cluster/normalized-mutual-information.js';
import { SegtideError } from '../../errors.js';
import type { RunSummary } from '../run-summary.js';
import { modelInForce } from '../view/api/queries/segments.js';
import { readLabels } from './read-labels.js';

/** How far segments agree with labels. */
export interface LabelScores {
  /** Where the labels came from, in words. */
  readonly source: string;
  /** Windows of the model in force with a label. */
  readonly windows: number;
  readonly classes: number;
  /** Adjusted Rand index: 1 is the same partition, chance is 0. */
  readonly ari: number;
  /** Normalised mutual information, in [0, 1]. */
  readonly nmi: number;
}

/** Scores, or why there are none, in words. */
export type LabelAnswer = LabelScores | { readonly why: string };

/**
 * Compares the segments of the model in force with known ones, by the windows that lie within a label's span.
 *
 * @param path as for `readLabels`
 * @param toCustomerKey under which id a customer is kept
 * @throws SegtideError `input` as `readLabels`, and where labels are of other customers or times than all windows
 */
export async function scoreLabels(
  database: Database,
  path: string,
  toCustomerKey: (customerId: string) => string,
): Promise<LabelAnswer> {
  const labelOf = await readLabels(path, toCustomerKey);
  const modelVersion = modelInForce(database);
  const pairs = createPairCounts();
  let all = 0;
  let assigned = 0;
  let labelled = 0;
  const statement = database.prepare(
    'select customerId, windowStart, windowEnd, segmentId, modelVersion from assignments where segmentId is not null',
  );
  try {
    for (const { customerId, windowStart, windowEnd, ...row } of statement.iterate()) {
      const isInForce = row.modelVersion === modelVersion;
      all++;
      if (isInForce) assigned++;
      const label = labelOf(customerId as string, Number(windowStart), Number(windowEnd));
      if (label === undefined) continue;
      labelled++;
      if (isInForce) pairs.add(label, row.segmentId);
    }
  } finally {
    statement.finalize();
  }
  if (all > 0 && labelled === 0) {
    const text = `${path} labels none of the ${all} windows that were assigned; name the labels of this stream, whose customers are called as in its assignments.`;
    throw new SegtideError('input', text, { context: { path } });
  }
  const counted = pairs.counts();
  if (counted.total === 0) return { why: nothingToScore(modelVersion, assigned, path) };
  return {
    source: path,
    windows: counted.total,
    classes: counted.firstSums.length,
    ari: adjustedRandIndexOf(counted),
    nmi: normalizedMutualInformationOf(counted),
  };
}

function nothingToScore(modelVersion: string | null, assigned: number, path: string): string {
  if (modelVersion === null) return 'there is no model in force';
  if (assigned === 0) return `the model in force, ${modelVersion}, has assigned no window yet`;
  return `${path} labels windows of former models alone, and none of the model in force, ${modelVersion}`;
}

/**
 * What a run's summary says of labels that came on its events.
 *
 * @param field that holds them, where the run's own settings are not known
 * @returns undefined where no field was mapped
 */
export function labelsOfEvents(run: RunSummary | undefined, field: string | undefined): LabelAnswer | undefined {
  if (run?.labels !== undefined) {
    const { windows, labels, adjustedRandIndex: ari, normalizedMutualInformation: nmi } = run.labels;
    return { source: `'${run.config.input.fields.label}' of events`, windows, classes: labels, ari, nmi };
  }
  const mapped = run?.config === undefined ? field : run.config.input.fields.label;
  if (mapped === undefined) return undefined;
  if (run !== undefined) return { why: `no event with '${mapped}' is in a window that the model in force assigned` };
  return {
    why: `labels of events ('${mapped}') are scored by the summary of a run that has ended, and by the trainer's metrics; name those of a file by --labels`,
  };
}
