import { isUtf8 } from 'node:buffer';
import type { IHeaders } from 'kafkajs';
import type { AvroRefusal } from '../../ingest/avro-decoder.js';
import { CONTENT_TYPE, checkAttributes, createEnvelopeReader } from '../../ingest/cloud-event.js';
import type { IngestSettings } from '../../ingest/ingest-settings.js';
import { ATTRIBUTES, createObjectParser, type EventAttributes } from '../../ingest/object-parser.js';
import type { Refusal } from '../../ingest/usage-columns.js';
import { type AvroValuesOptions, toAvroDecoder } from './avro-values.js';
import type { FetchedRecords } from './fetched-records.js';
import { placeInTopic, type ValueParser } from './value-parser.js';

export interface ContentValuesOptions {
  /**
   * Whether every record must be a CloudEvent; one without headers that say so is then taken for an envelope. Else a
   * record that is none is its value alone.
   */
  readonly cloudEvents: 'required' | 'detected';
  /** How values are read that are Avro. @default they are refused */
  readonly avro?: AvroValuesOptions;
}

/**
 * Creates a parser that goes by what the headers of each record say (CloudEvents 1.0, "Kafka Protocol Binding"):
 *
 * - `content-type: application/cloudevents+json`: the value is an event in its envelope (structured mode);
 * - `ce_specversion`: attributes are the headers `ce_…`, the value is the event's data (binary mode);
 * - else the value is the record.
 *
 * Data is JSON or Avro, as its content type says; where that is missing, it is Avro if it begins with a zero byte or
 * C3 01, as no JSON does. Attributes are the fields `ce.…`.
 *
 * @throws SegtideError `config` where a schema can't be read or is no record
 */
export async function createContentValues(
  settings: IngestSettings,
  options: ContentValuesOptions,
): Promise<ValueParser> {
  const avro = options.avro && (await toAvroDecoder(settings, options.avro));
  const { prepare } = avro ?? {};
  const objects = createObjectParser(settings);
  const names = settings.fields.flatMap(({ path }) => (path[0] === ATTRIBUTES && path.length === 2 ? [path[1]!] : []));
  const readEnvelope = createEnvelopeReader(names);
  /** What was unwrapped to be prepared, until it is parsed. */
  const unwrapped = new WeakMap<FetchedRecords, (Content | Refusal)[]>();

  const unwrap = (headers: IHeaders | undefined, value: Buffer): Content | Refusal => {
    if (value.length > settings.maxRecordBytes) {
      const detail = `the record is longer than \`maxRecordBytes\` (${settings.maxRecordBytes})`;
      return { reason: 'too-large', detail };
    }
    const type = mediaType(headerText(headers, 'content-type'));
    const isEnvelope = type?.startsWith(ENVELOPE) === true;
    if (!isEnvelope && headers?.ce_specversion !== undefined) return fromHeaders(headers, type, value);
    if (!isEnvelope && options.cloudEvents === 'detected') return { type, data: value, attributes: undefined };
    if (isEnvelope && type !== ENVELOPE && type !== `${ENVELOPE}+json`) {
      return { reason: 'unreadable', detail: `the CloudEvent is ${type.slice(0, 60)}; ${ENVELOPE}+json is read` };
    }
    const content = readEnvelope(value);
    if ('reason' in content) return content;
    return { type: mediaType(content.attributes.get(CONTENT_TYPE)), ...content };
  };

  return {
    ...(prepare && {
      prepare: (records) => {
        const payloads: Uint8Array[] = [];
        const contents: (Content | Refusal)[] = [];
        for (let i = 0; i < records.length; i++) {
          const value = dataOf(records, i);
          if (value === undefined) continue;
          const content = unwrap(records.headers(i), value);
          contents[i] = content;
          if ('data' in content && content.data !== undefined && isAvro(content)) payloads.push(content.data);
        }
        unwrapped.set(records, contents);
        return prepare(payloads);
      },
    }),
    parse(records, source, unknownBefore) {
      const unknownIds = new Set<number>();
      const contents = unwrapped.get(records);
      for (let i = 0; i < records.length; i++) {
        // Left out here, a record without a value is noticed where records are counted.
        const value = dataOf(records, i);
        if (value === undefined) continue;
        const at = { source, row: i + 1, offset: 0 };
        const content = contents?.[i] ?? unwrap(records.headers(i), value);
        if ('reason' in content) objects.refuse(content, at, value);
        else if (content.data === undefined) objects.append({}, at, value, content.attributes);
        else if (!isAvro(content)) objects.appendJson(content.data, at, value, content.attributes);
        else {
          const decoded = avro?.decode(content.data, unknownBefore) ?? NO_AVRO;
          if ('record' in decoded) objects.append(decoded.record, at, value, content.attributes);
          else {
            objects.refuse(decoded, at, value);
            if (decoded.unknownId !== undefined) unknownIds.add(decoded.unknownId);
          }
        }
      }
      const parsed = placeInTopic(objects.takeBatch(), records, records.length, source);
      return unknownIds.size === 0 ? parsed : { ...parsed, unknownIds };
    },
  };
}

/** What a record tells, out of its envelope. */
interface Content {
  /** The media type of the data, undefined where nothing says. */
  readonly type: string | undefined;
  readonly data: Uint8Array | undefined;
  readonly attributes: EventAttributes | undefined;
}

const ENVELOPE = 'application/cloudevents';
const PREFIX = 'ce_';
const NO_AVRO: AvroRefusal = { reason: 'unreadable', detail: 'the value is Avro, of which no schema is configured' };

function fromHeaders(headers: IHeaders, type: string | undefined, value: Buffer): Content | Refusal {
  const attributes = new Map<string, string>();
  for (const name of Object.keys(headers)) {
    if (!name.startsWith(PREFIX)) continue;
    const text = headerText(headers, name);
    if (text === undefined)
      return { reason: 'unreadable', detail: `the header ${name.slice(0, 60)} is not valid UTF-8` };
    attributes.set(name.slice(PREFIX.length), text);
  }
  if (type !== undefined) attributes.set(CONTENT_TYPE, type);
  return checkAttributes(attributes) ?? { type, data: value.length === 0 ? undefined : value, attributes };
}

/** The value, undefined for a record that holds nothing: an event may tell all that it has to tell by its attributes. */
function dataOf(records: FetchedRecords, i: number): Buffer | undefined {
  const value = records.value(i);
  if (value === null || (value.length === 0 && records.headers(i)?.ce_specversion === undefined)) return undefined;
  return value;
}

function isAvro({ type, data }: Content): boolean {
  if (type !== undefined) return /\bavro\b/.test(type);
  return data !== undefined && (data[0] === 0 || (data[0] === 0xc3 && data[1] === 0x01));
}

/** The text of a header, the last where it is repeated; undefined where there is none, or it is not UTF-8. */
function headerText(headers: IHeaders | undefined, name: string): string | undefined {
  const header = headers?.[name];
  const value = Array.isArray(header) ? header[header.length - 1] : header;
  if (value === undefined || typeof value === 'string') return value;
  return isUtf8(value) ? value.toString() : undefined;
}

/** A content type in small letters, without its parameters. */
function mediaType(text: string | undefined): string | undefined {
  return text?.replace(/;.*$/s, '').trim().toLowerCase();
}
