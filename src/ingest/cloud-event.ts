import { isUtf8 } from 'node:buffer';
import { toFieldTree } from './field-tree.js';
import { readJsonFields } from './json-fields.js';
import type { EventAttributes } from './object-parser.js';
import { HALF_PAIR, NUMBER, OTHER, RecordFields, STRING } from './record-fields.js';
import { RecordText } from './record-text.js';
import type { Refusal } from './usage-columns.js';

/** What a CloudEvents envelope holds. */
export interface EnvelopeContent {
  readonly attributes: EventAttributes;
  /** What the event tells: JSON as it stands in the envelope, or the bytes of `data_base64`. Undefined where it tells nothing. */
  readonly data: Uint8Array | undefined;
}

/** Reads one CloudEvents envelope in JSON (CloudEvents 1.0, "JSON Event Format"), or tells why it is none. */
export type EnvelopeReader = (payload: Uint8Array) => EnvelopeContent | Refusal;

/**
 * Creates a reader of envelopes. No object is built of an event: its data is handed on as the bytes that it is, so that
 * numbers keep their digits.
 *
 * @param names the attributes that are asked for, beside those that every event has
 */
export function createEnvelopeReader(names: Iterable<string>): EnvelopeReader {
  const keys = [...new Set([...REQUIRED, CONTENT_TYPE, DATA, DATA_BASE64, ...names])];
  const tree = toFieldTree(keys.map((key) => ({ name: key, path: [key], numeric: false })));
  const fields = new RecordFields(keys.length);
  const text = new RecordText();
  const data = keys.indexOf(DATA);
  const base64 = keys.indexOf(DATA_BASE64);

  const textOf = (field: number): string =>
    Buffer.from(
      text.bytes.buffer,
      text.bytes.byteOffset + fields.starts[field]!,
      fields.ends[field]! - fields.starts[field]!,
    ).toString();
  const attributesOf = (): EventAttributes => {
    const attributes = new Map<string, string>();
    for (const [f, key] of keys.entries()) {
      if (f === data || f === base64) continue;
      const kind = fields.kinds[f];
      // Attributes are text, whole numbers and booleans.
      if (kind === STRING || kind === NUMBER) attributes.set(key, textOf(f));
      else if (kind === OTHER && /^(true|false)$/.test(textOf(f))) attributes.set(key, textOf(f));
    }
    return attributes;
  };

  return (payload) => {
    if (!isUtf8(payload)) return unreadable('the CloudEvent is not valid UTF-8');
    text.begin(NOTHING, 0, 0);
    text.appendBytes(payload);
    const copy = text.bytes.subarray(0, payload.length);
    // White space in JSON, which the reader of lines takes for their end.
    for (let p = copy.indexOf(LF); p >= 0; p = copy.indexOf(LF, p)) copy[p] = TAB;
    const broken = readJsonFields(text.bytes, 0, payload.length, tree, fields, text);
    if (broken) return { reason: broken.reason, detail: broken.detail.replace('the record', 'the CloudEvent') };
    const attributes = attributesOf();
    const refusal = checkAttributes(attributes);
    if (refusal) return refusal;
    const [dataKind, base64Kind] = [fields.kinds[data]!, fields.kinds[base64]!];
    if (isThere(base64Kind)) {
      if (isThere(dataKind)) return invalid('the CloudEvent has both `data` and `data_base64`');
      if (base64Kind !== STRING || !BASE64.test(textOf(base64)))
        return invalid('`data_base64` of the CloudEvent is no base64');
      return { attributes, data: Buffer.from(textOf(base64), 'base64') };
    }
    if (!isThere(dataKind)) return { attributes, data: undefined };
    if (dataKind !== OTHER) return invalid('`data` of the CloudEvent is not a JSON object');
    return { attributes, data: payload.subarray(fields.starts[data]!, fields.ends[data]!) };
  };
}

/** Why attributes are not those of a CloudEvent, undefined where they are. */
export function checkAttributes(attributes: EventAttributes): Refusal | undefined {
  for (const name of REQUIRED) {
    const value = attributes.get(name);
    if (value === undefined || value === '') {
      return { reason: 'incomplete', detail: `the CloudEvent has no \`${name}\`` };
    }
  }
  const version = attributes.get('specversion')!;
  if (version === '1.0') return undefined;
  return invalid(`the CloudEvent has specversion ${JSON.stringify(version.slice(0, 20))}, not "1.0"`);
}

/** The attribute that says what `data` is. */
export const CONTENT_TYPE = 'datacontenttype';

/** Attributes that every event has. */
const REQUIRED = ['specversion', 'id', 'source', 'type'];
const DATA = 'data';
const DATA_BASE64 = 'data_base64';
const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;
const NOTHING = new Uint8Array(0);
const LF = 0x0a;
const TAB = 0x09;

function isThere(kind: number): boolean {
  return kind === STRING || kind === NUMBER || kind === OTHER || kind === HALF_PAIR;
}

function unreadable(detail: string): Refusal {
  return { reason: 'unreadable', detail };
}

function invalid(detail: string): Refusal {
  return { reason: 'invalid', detail };
}
