import { isUtf8 } from 'node:buffer';

import type { DeadLetter } from './dead-letter.js';
import { ExactNumber } from './exact-number.js';
import { type FieldPath, valueAt } from './field-path.js';
import { type FieldNode, toFieldTree } from './field-tree.js';
import type { IngestSettings } from './ingest-settings.js';
import { readJsonFields, refuseElements } from './json-fields.js';
import { LocalTime } from './local-time.js';
import {
  ABSENT,
  HALF_PAIR,
  HALF_PAIRS,
  INSTANT,
  LOCAL,
  NULL,
  NUMBER,
  OTHER,
  RecordFields,
  STRING,
} from './record-fields.js';
import type { RecordPosition } from './record-parser.js';
import { KEPT_BYTES, NO_BYTES } from './record-parsing.js';
import { RecordReader } from './record-reader.js';
import { RecordText } from './record-text.js';
import { createTimeUnitWatch, type TimeUnitWatch } from './time-unit-watch.js';
import type { UsageBatch } from './usage-batch.js';
import { type Refusal, UsageColumns } from './usage-columns.js';

/** Turns records that come one at a time into usage events: objects, or payloads of one JSON record each. */
export interface ObjectParser {
  /**
   * Adds a record that is an object. A bigint is a number of any size, and so is an ExactNumber; a Date and a LocalTime
   * are times whatever the unit is, a number may be an id. Only own properties count.
   *
   * @param original the record's bytes; the record as JSON, made when asked for, if absent
   * @param attributes of the CloudEvent that the record came in
   * @throws SegtideError `config` where the time unit is evidently wrong
   */
  append(record: unknown, at: RecordPosition, original?: Original, attributes?: EventAttributes): void;
  /**
   * Adds a payload that is one JSON record; line feeds in it are white space. The bytes are kept until the batch is
   * done with.
   *
   * @param original the record's bytes, where the payload is only a part of them
   * @param attributes of the CloudEvent that the record came in
   * @throws SegtideError `config` where the time unit is evidently wrong
   */
  appendJson(payload: Uint8Array, at: RecordPosition, original?: Original, attributes?: EventAttributes): void;
  /** Adds a dead letter for a record that could not be decoded. */
  refuse(refusal: Refusal, at: RecordPosition, original: Original): void;
  /** The records since the last call. The batch's buffers are overwritten from the next `append` on. */
  takeBatch(): UsageBatch;
}

export type Original = Uint8Array | (() => Uint8Array);

/** Attributes by name, which fields such as `ce.subject` mean. Where they are given, a record has no other `ce`. */
export type EventAttributes = ReadonlyMap<string, string>;

/**
 * Creates a parser for Parquet rows, decoded Avro, Kafka values and plain objects.
 *
 * @param watch shared by the parsers of one input
 */
export function createObjectParser(settings: IngestSettings, watch?: TimeUnitWatch): ObjectParser {
  return new Parser(settings, watch ?? createTimeUnitWatch(settings));
}

class Parser implements ObjectParser {
  readonly #settings: IngestSettings;
  readonly #tree: FieldNode;
  readonly #arrays: readonly MappedArray[];
  readonly #columns: UsageColumns;
  readonly #fields: RecordFields;
  readonly #reader: RecordReader;
  readonly #text = new RecordText();
  readonly #sources = new Map<string, number>();
  #sourceOf = new Uint16Array(0);
  /** Of each event: its bytes, what makes them, or the record. */
  #originals: unknown[] = [];
  #taken = true;
  /** Fields whose text is needed even where they are numbers. */
  readonly #textual: ReadonlySet<number | undefined>;

  constructor(settings: IngestSettings, watch: TimeUnitWatch) {
    this.#settings = settings;
    this.#tree = toFieldTree(settings.fields);
    this.#arrays = toMappedArrays(this.#tree, []);
    this.#columns = new UsageColumns(settings);
    this.#fields = new RecordFields(settings.fields.length);
    this.#reader = new RecordReader(settings, this.#columns, watch);
    const { customer, eventId, timeZone, label, pivot } = settings;
    this.#textual = new Set([customer, eventId, timeZone, label, pivot?.field]);
  }

  append(record: unknown, at: RecordPosition, original?: Original, attributes?: EventAttributes): void {
    this.#begin();
    if (typeof record !== 'object' || record === null || Array.isArray(record)) {
      this.#bury({ reason: 'unreadable', detail: 'the record is not an object' }, at, original ?? { record });
      return;
    }
    this.#fields.kinds.fill(ABSENT);
    const { fields } = this.#settings;
    for (let f = 0; f < fields.length; f++) this.#set(f, valueAt(record, fields[f]!.path));
    this.#checkArrays(record);
    if (attributes !== undefined) this.#setAttributes(attributes);
    this.#accept(at, original ?? { record });
  }

  appendJson(
    payload: Uint8Array,
    at: RecordPosition,
    original: Original = payload,
    attributes?: EventAttributes,
  ): void {
    this.#begin();
    const { maxRecordBytes } = this.#settings;
    if (payload.length > maxRecordBytes) {
      const detail = `the record is longer than \`maxRecordBytes\` (${maxRecordBytes})`;
      this.#bury({ reason: 'too-large', detail }, at, original);
      return;
    }
    if (!isUtf8(payload)) {
      this.#bury({ reason: 'unreadable', detail: 'the record is not valid UTF-8' }, at, original);
      return;
    }
    const start = this.#text.end;
    this.#text.appendBytes(payload);
    const { bytes, end } = this.#text;
    // A tab is white space wherever a line feed is one, and no more allowed elsewhere.
    const copy = bytes.subarray(start, end);
    for (let p = copy.indexOf(LF); p >= 0; p = copy.indexOf(LF, p)) copy[p] = TAB;
    const refusal = readJsonFields(bytes, start, end, this.#tree, this.#fields, this.#text);
    if (refusal) {
      this.#bury(refusal, at, original);
      return;
    }
    if (attributes !== undefined) this.#setAttributes(attributes);
    this.#accept(at, original);
  }

  refuse(refusal: Refusal, at: RecordPosition, original: Original): void {
    this.#begin();
    this.#bury(refusal, at, original);
  }

  takeBatch(): UsageBatch {
    this.#begin();
    this.#taken = true;
    const originals = this.#originals;
    const sources = [...this.#sources.keys()];
    const batch = this.#columns.toBatch(this.#text.bytes, NO_BYTES, '');
    return {
      ...batch,
      sources: sources.length > 0 ? sources : [''],
      sourceOf: sources.length > 1 ? this.#sourceOf.subarray(0, batch.length) : undefined,
      original: (i) => toBytes(originals[i]),
    };
  }

  #begin(): void {
    if (!this.#taken) return;
    this.#taken = false;
    this.#columns.reset();
    this.#text.begin(NO_BYTES, 0, 0);
    this.#sources.clear();
    this.#originals = [];
  }

  #accept(at: RecordPosition, original: unknown): void {
    const refusal = this.#reader.read(this.#fields, this.#text.bytes);
    if (refusal) {
      this.#bury(refusal, at, original);
      return;
    }
    const n = this.#columns.length - 1;
    this.#columns.rows[n] = at.row;
    this.#columns.offsets[n] = at.offset;
    this.#originals.push(original);
    if (this.#sourceOf.length <= n) {
      const wider = new Uint16Array(this.#columns.capacity);
      wider.set(this.#sourceOf);
      this.#sourceOf = wider;
    }
    let source = this.#sources.get(at.source);
    if (source === undefined) {
      source = this.#sources.size;
      this.#sources.set(at.source, source);
    }
    this.#sourceOf[n] = source;
  }

  #bury({ reason, detail }: Refusal, at: RecordPosition, original: unknown): void {
    const bytes = toBytes(original);
    const truncated = reason === 'too-large';
    const letter: DeadLetter = {
      reason,
      detail,
      source: at.source,
      row: at.row,
      offset: at.offset,
      bytes: bytes.slice(0, truncated ? KEPT_BYTES : bytes.length),
      truncated,
    };
    this.#columns.deadLetters.push(letter);
  }

  #setAttributes(attributes: EventAttributes): void {
    for (const [f, { path }] of this.#settings.fields.entries()) {
      if (path[0] !== ATTRIBUTES) continue;
      this.#fields.kinds[f] = ABSENT;
      if (path.length === 2) this.#set(f, attributes.get(path[1]!));
    }
  }

  #checkArrays(record: object): void {
    for (const { node, path } of this.#arrays) {
      const value = valueAt(record, path) as ArrayLike<unknown> | undefined;
      if (!Array.isArray(value) && !ArrayBuffer.isView(value)) continue;
      if (value.length !== node.length) refuseElements(node, value.length, this.#fields, this.#text);
    }
  }

  #set(field: number, value: unknown): void {
    const text = this.#text;
    const start = text.end;
    let kind = OTHER;
    let number = NaN;
    if (value === undefined) return;
    if (typeof value === 'number' || typeof value === 'bigint') {
      const textual = this.#textual.has(field);
      number = Number(value);
      kind = textual && !Number.isFinite(number) ? OTHER : NUMBER;
      if (textual || typeof value === 'bigint') text.append(String(value));
    } else if (typeof value === 'string') {
      kind = HALF_PAIRS.test(value) ? HALF_PAIR : STRING;
      text.append(value);
    } else if (value === null) kind = NULL;
    else if (value instanceof Date) {
      kind = INSTANT;
      number = value.getTime();
    } else if (value instanceof LocalTime) {
      kind = LOCAL;
      number = value.localMs;
    } else if (value instanceof ExactNumber) {
      kind = NUMBER;
      number = Number(value.text);
      text.append(value.text);
    } else text.append(typeof value === 'object' ? (Array.isArray(value) ? 'an array' : 'an object') : String(value));
    this.#fields.set(field, kind, start, text.end, number);
  }
}

/** An array that must have as many elements as are mapped, and the way to it. */
interface MappedArray {
  readonly node: FieldNode;
  readonly path: FieldPath;
}

function toMappedArrays(node: FieldNode, path: FieldPath): MappedArray[] {
  const below = node.children.flatMap((child) => toMappedArrays(child, [...path, new TextDecoder().decode(child.key)]));
  return node.length === undefined ? below : [{ node, path }, ...below];
}

/** The key under which a CloudEvent's attributes are mapped. */
export const ATTRIBUTES = 'ce';

const LF = 0x0a;
const TAB = 0x09;

function toBytes(original: unknown): Uint8Array {
  if (original instanceof Uint8Array) return original;
  if (typeof original === 'function') return (original as () => Uint8Array)();
  return toJsonBytes((original as Unwritten).record);
}

/** A record that came without bytes. */
interface Unwritten {
  readonly record: unknown;
}

function toJsonBytes(record: unknown): Uint8Array {
  const plain = (_: string, value: unknown): unknown => (typeof value === 'bigint' ? String(value) : value);
  try {
    return Buffer.from(JSON.stringify(record, plain) ?? String(record));
  } catch {
    return Buffer.from(String(record)); // a cycle
  }
}
