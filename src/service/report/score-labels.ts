import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Database } from 'node-sqlite3-wasm';
import { adjustedRandIndex } from '../../cluster/adjusted-rand-index.js';
import { normalizedMutualInformation } from '../../cluster/normalized-mutual-information.js';
import { SegtideError } from '../../errors.js';
import { toInputError } from '../../transport/file/file-error.js';
import { modelInForce } from '../view/api/queries/segments.js';

/** How far segments agree with labels. */
export interface LabelScores {
  /** Windows of the model in force with a label. */
  readonly windows: number;
  readonly classes: number;
  /** Adjusted Rand index: 1 is the same partition, chance is 0. */
  readonly ari: number;
  /** Normalised mutual information, in [0, 1]. */
  readonly nmi: number;
}

/** A known segment of a customer. */
interface Label {
  readonly segment: string;
  /** Epoch ms, inclusive; a window counts that lies within. */
  readonly from: number;
  readonly to: number;
}

/**
 * Compares the segments of the model in force with known ones, by the windows that lie within a label's span.
 *
 * @param path NDJSON as `segtide simulate` writes it: `customerId` and `segment`, `from` and `to` in epoch ms or left out
 * @param toCustomerKey under which id a customer is kept
 * @throws SegtideError `input` where the file can't be read, or labels no window
 */
export async function scoreLabels(
  database: Database,
  path: string,
  toCustomerKey: (customerId: string) => string,
): Promise<LabelScores> {
  const labelOf = createWindowLabels(await readLabels(path, toCustomerKey));
  const truth: string[] = [];
  const found: number[] = [];
  const numbers = new Map<string, number>();
  const rows = database.all(
    'select customerId, windowStart, windowEnd, segmentId from assignments where modelVersion = ? and segmentId is not null',
    modelInForce(database),
  );
  for (const { customerId, windowStart, windowEnd, segmentId } of rows) {
    const label = labelOf(customerId as string, Number(windowStart), Number(windowEnd));
    if (label === undefined) continue;
    truth.push(label);
    if (!numbers.has(segmentId as string)) numbers.set(segmentId as string, numbers.size);
    found.push(numbers.get(segmentId as string)!);
  }
  if (truth.length === 0) {
    throw new SegtideError('input', `${path} labels no window of the model in force; is it of another stream?`, {
      context: { path },
    });
  }
  return {
    windows: truth.length,
    classes: new Set(truth).size,
    ari: adjustedRandIndex(truth, found),
    nmi: normalizedMutualInformation(truth, found),
  };
}

/** Looks up the known segment of a window that lies within a label's span. */
export function createWindowLabels(
  labels: ReadonlyMap<string, readonly Label[]>,
): (customerKey: string, start: number, end: number) => string | undefined {
  return (customerKey, start, end) =>
    labels.get(customerKey)?.find(({ from, to }) => start >= from && end <= to)?.segment;
}

/** Reads labels by customer, see `scoreLabels`. */
export async function readLabels(
  path: string,
  toCustomerKey: (customerId: string) => string,
): Promise<ReadonlyMap<string, readonly Label[]>> {
  const labels = new Map<string, Label[]>();
  let line = 0;
  try {
    for await (const text of createInterface({ input: createReadStream(path) })) {
      line++;
      if (text.trim() === '') continue;
      const { customerId, segment, from, to } = JSON.parse(text) as Partial<Label> & { readonly customerId?: unknown };
      if (typeof customerId !== 'string' || typeof segment !== 'string') {
        throw new SegtideError('input', `${path}, line ${line}: a label has 'customerId' and 'segment'; got ${text}`);
      }
      const key = toCustomerKey(customerId);
      const span = { segment, from: from ?? Number.NEGATIVE_INFINITY, to: to ?? Number.POSITIVE_INFINITY };
      labels.set(key, [...(labels.get(key) ?? []), span]);
    }
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw toInputError(cause, path);
    throw new SegtideError('input', `${path}, line ${line}: it is no JSON`, { cause, context: { path } });
  }
  return labels;
}
