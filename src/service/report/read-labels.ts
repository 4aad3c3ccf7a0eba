import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { SegtideError } from '../../errors.js';
import { toInputError } from '../../transport/file/file-error.js';

/** Looks up the known segment of a customer's window [start, end), epoch ms; undefined where none is known. */
export type LabelLookup = (customerKey: string, start: number, end: number) => string | undefined;

/** A known segment of a customer. */
interface Label {
  readonly segment: string;
  /** Epoch ms, inclusive; a window counts that lies within. */
  readonly from: number;
  readonly to: number;
}

/**
 * Reads known segments of customers.
 *
 * @param path NDJSON as `segtide simulate` writes it: `customerId` and `segment`, `from` and `to` in epoch ms or left out;
 * a blank segment is an unknown one
 * @param toCustomerKey under which id a customer is kept
 * @throws SegtideError `input` where the file can't be read, is of another format, or holds no label
 */
export async function readLabels(path: string, toCustomerKey: (customerId: string) => string): Promise<LabelLookup> {
  const labels = new Map<string, Label[]>();
  let line = 0;
  try {
    for await (const text of createInterface({ input: createReadStream(path) })) {
      line++;
      if (text.trim() === '') continue;
      const { customerId, ...label } = parseLabel(text, `${path}, line ${line}`, path);
      if (label.segment === '') continue;
      const key = toCustomerKey(customerId);
      labels.set(key, [...(labels.get(key) ?? []), label]);
    }
  } catch (cause) {
    throw toInputError(cause, path);
  }
  if (labels.size === 0) {
    const text = `${path} holds no label in ${line} lines; write one a line, such as ${EXAMPLE}, or leave the file out.`;
    throw new SegtideError('input', text, { context: { path } });
  }
  return (customerKey, start, end) =>
    labels.get(customerKey)?.find(({ from, to }) => start >= from && end <= to)?.segment;
}

const EXAMPLE = '{"customerId":"a","segment":"steady"}';

function parseLabel(text: string, place: string, path: string): Label & { readonly customerId: string } {
  const refuse = (what: string): SegtideError =>
    new SegtideError('input', `${place}: ${what}; got ${text.slice(0, 100)}. Write labels such as ${EXAMPLE}.`, {
      context: { path },
    });
  const { customerId, segment, from, to } = parseObject(text) ?? {};
  if (typeof customerId !== 'string' || typeof segment !== 'string') {
    throw refuse("a label is a JSON object with the texts 'customerId' and 'segment'");
  }
  const isTime = (value: unknown): boolean => value === undefined || value === null || Number.isFinite(value);
  if (!isTime(from) || !isTime(to)) throw refuse("'from' and 'to' are epoch milliseconds, or left out");
  return {
    customerId,
    segment: segment.trim(),
    from: (from as number | undefined) ?? Number.NEGATIVE_INFINITY,
    to: (to as number | undefined) ?? Number.POSITIVE_INFINITY,
  };
}

function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    return parsed !== null && typeof parsed === 'object' ? (parsed as Readonly<Record<string, unknown>>) : undefined;
  } catch {
    return undefined;
  }
}
