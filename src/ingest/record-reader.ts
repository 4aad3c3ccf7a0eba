import { MOST_TO_FLOAT32 } from '../numeric/float32.js';
import { hashBytes, hashBytes128 } from '../numeric/hash.js';
import { createZone, type Zone } from '../numeric/zone.js';
import { ClosedList } from './closed-list.js';
import type { DeadLetterReason } from './dead-letter.js';
import { readEventTime } from './event-time.js';
import type { IngestSettings } from './ingest-settings.js';
import { isNoSuchDay, parseIsoTime } from './iso-time.js';
import { labelCode } from './label-code.js';
import { ABSENT, HALF_PAIR, NULL, NUMBER, type RecordFields, STRING } from './record-fields.js';
import { showField } from './show-field.js';
import type { TimeUnitWatch } from './time-unit-watch.js';
import type { Refusal, UsageColumns } from './usage-columns.js';

/**
 * Turns a record's fields into the next row of the columns, or says why not. What formats share: they only differ in
 * how they find the fields.
 */
export class RecordReader {
  readonly #settings: IngestSettings;
  readonly #columns: UsageColumns;
  readonly #watch: TimeUnitWatch;
  readonly #zone: Zone;
  readonly #zones = new Map<string, Zone>();
  readonly #types: ClosedList | undefined;
  /** For the common mapping: no pivot, no zones of records. */
  readonly #plain: boolean;
  readonly #customer: number;
  readonly #time: number;
  readonly #eventId: number;
  readonly #label: number;
  readonly #millis: boolean;
  readonly #minTime: number;
  readonly #maxTime: number;
  readonly #channelFields: Int32Array; // (channels), -1 for a count
  /** Lower values need a policy. */
  readonly #least: number;

  constructor(settings: IngestSettings, columns: UsageColumns, watch: TimeUnitWatch) {
    this.#settings = settings;
    this.#columns = columns;
    this.#watch = watch;
    this.#zone = createZone(settings.zone);
    this.#types = settings.pivot && new ClosedList(settings.pivot.values);
    this.#plain = settings.pivot === undefined && settings.timeZone === undefined;
    this.#customer = settings.customer;
    this.#time = settings.time;
    this.#eventId = settings.eventId ?? -1;
    this.#label = settings.label ?? -1;
    this.#millis = settings.unit === 'ms';
    this.#minTime = settings.minTime;
    this.#maxTime = settings.maxTime;
    this.#channelFields = Int32Array.from(settings.channels, ({ field }) => field ?? -1);
    this.#least = settings.negative === 'keep' ? -MOST_TO_FLOAT32 : 0;
  }

  /**
   * Appends the record's id, time, values, event id and label to the columns; its row, offset and bytes are the caller's.
   * Nothing is appended where a refusal is returned.
   */
  read(fields: RecordFields, text: Uint8Array): Refusal | undefined {
    const columns = this.#columns;
    if (columns.length === columns.capacity) columns.grow();
    const refusal = this.#readPlain(fields, text) ? undefined : this.#readAny(fields, text);
    if (refusal) return refusal;
    const n = columns.length;
    const start = fields.starts[this.#customer]!;
    const end = fields.ends[this.#customer]!;
    columns.idStarts[n] = start;
    columns.idEnds[n] = end;
    columns.idHashes[n] = hashBytes(text, start, end);
    columns.length = n + 1;
    return undefined;
  }

  /** Writes time, values and event id of a record that is as it should be, or leaves it to `#readAny`. */
  #readPlain(fields: RecordFields, text: Uint8Array): boolean {
    if (!this.#plain || !this.#watch.decided || !isText(fields, this.#customer)) return false;
    const { kinds, numbers } = fields;
    const time = this.#time;
    let eventTime = numbers[time]!;
    if (!this.#millis || kinds[time] !== NUMBER || eventTime !== Math.floor(eventTime)) {
      eventTime = readEventTime(fields, time, text, this.#settings.unit, this.#zone);
    }
    if (!(eventTime >= this.#minTime && eventTime < this.#maxTime)) return false;
    const columns = this.#columns;
    const n = columns.length;
    const channelFields = this.#channelFields;
    const channels = channelFields.length;
    for (let c = 0; c < channels; c++) {
      const field = channelFields[c]!;
      const value = field < 0 ? 1 : numbers[field]!;
      if (field >= 0 && (kinds[field] !== NUMBER || !(value >= this.#least && value <= MOST_TO_FLOAT32))) return false;
      columns.values[n * channels + c] = value;
    }
    const eventId = this.#eventId;
    if (eventId >= 0) {
      if (!isText(fields, eventId)) return false;
      hashBytes128(text, fields.starts[eventId]!, fields.ends[eventId]!, columns.eventIds!, n * 4);
    }
    if (this.#label >= 0) {
      const code = labelCode(fields, this.#label, text);
      if (code === undefined) return false;
      columns.labels![n] = code;
    }
    columns.eventTimes[n] = eventTime;
    return true;
  }

  /** The same for any record, or why it is refused. */
  #readAny(fields: RecordFields, text: Uint8Array): Refusal | undefined {
    return (
      this.#checkText(fields, this.#customer, text) ??
      this.#readTime(fields, text) ??
      this.#readValues(fields, text) ??
      this.#readEventId(fields, text) ??
      this.#readLabel(fields, text)
    );
  }

  #readEventId(fields: RecordFields, text: Uint8Array): Refusal | undefined {
    const eventId = this.#eventId;
    if (eventId < 0) return undefined;
    const unfit = this.#checkText(fields, eventId, text);
    if (unfit) return unfit;
    const { eventIds, length } = this.#columns;
    hashBytes128(text, fields.starts[eventId]!, fields.ends[eventId]!, eventIds!, length * 4);
    return undefined;
  }

  #readLabel(fields: RecordFields, text: Uint8Array): Refusal | undefined {
    const label = this.#label;
    if (label < 0) return undefined;
    const code = labelCode(fields, label, text);
    if (code === undefined) {
      return this.#refuse('invalid', label, this.#wrong(fields, label, text, 'text, a number, true or false'));
    }
    this.#columns.labels![this.#columns.length] = code;
    return undefined;
  }

  /** A field that is an id or a type: text, or a number taken as its text. */
  #checkText(fields: RecordFields, field: number, text: Uint8Array): Refusal | undefined {
    const kind = fields.kinds[field]!;
    if (kind === STRING || kind === NUMBER) {
      return fields.starts[field] === fields.ends[field] ? this.#refuse('incomplete', field, 'is empty') : undefined;
    }
    return this.#missing(fields, field) ?? this.#refuse('invalid', field, this.#wrong(fields, field, text, 'text'));
  }

  #readTime(fields: RecordFields, text: Uint8Array): Refusal | undefined {
    const { time, timeZone, unit, minTime, maxTime } = this.#settings;
    let zone = this.#zone;
    if (timeZone !== undefined) {
      const unfit = this.#checkText(fields, timeZone, text);
      if (unfit) return unfit;
      const named = this.#zoneNamed(text, fields.starts[timeZone]!, fields.ends[timeZone]!);
      if (!named)
        return this.#refuse('invalid', timeZone, `is ${showField(fields, timeZone, text)}, no IANA time zone`);
      zone = named;
    }
    const eventTime = readEventTime(fields, time, text, unit, zone);
    const number = fields.kinds[time] === NUMBER ? fields.numbers[time]! : undefined;
    if (!(eventTime >= minTime && eventTime < maxTime)) return this.#refuseTime(fields, eventTime, number, text);
    if (!this.#watch.decided) this.#watch.accepted(number, eventTime);
    const local = timeZone === undefined ? 0 : zone.offsetAt(eventTime);
    this.#columns.eventTimes[this.#columns.length] = eventTime + local;
    return undefined;
  }

  #refuseTime(fields: RecordFields, eventTime: number, number: number | undefined, text: Uint8Array): Refusal {
    const { time, unit, minTime, maxTime } = this.#settings;
    const missing = this.#missing(fields, time);
    if (missing) return missing;
    const shown = showField(fields, time, text);
    if (number !== undefined) {
      if (!Number.isFinite(number)) return this.#refuse('not-finite', time, `is ${shown}`);
      this.#watch.refused(number);
    } else if (fields.kinds[time] === STRING && !Number.isNaN(this.#isoTime(fields, text))) {
      this.#watch.refused(unit === 'iso' ? NaN : undefined);
    }
    if (Number.isNaN(eventTime)) {
      const isDay = unit === 'iso' && fields.kinds[time] === STRING;
      if (isDay && isNoSuchDay(text, fields.starts[time]!, fields.ends[time]!)) {
        return this.#refuse('invalid', time, `is the text ${shown}, but there is no such day`);
      }
      const expected = unit === 'iso' ? 'ISO 8601 text' : `a number (\`time.unit\` is \`${unit}\`)`;
      return this.#refuse('invalid', time, this.#wrong(fields, time, text, expected));
    }
    const range = `${new Date(minTime).toISOString()} to ${new Date(maxTime).toISOString()}`;
    return this.#refuse('implausible-time', time, `is ${shown} (\`${unit}\`), outside ${range}`);
  }

  #isoTime(fields: RecordFields, text: Uint8Array): number {
    const { time } = this.#settings;
    return parseIsoTime(text, fields.starts[time]!, fields.ends[time]!, this.#zone);
  }

  #readValues(fields: RecordFields, text: Uint8Array): Refusal | undefined {
    const { channels, pivot } = this.#settings;
    const { values, length } = this.#columns;
    const from = length * channels.length;
    if (pivot) {
      const unfit = this.#checkText(fields, pivot.field, text);
      if (unfit) return unfit;
      values.fill(NaN, from, from + channels.length);
      const c = this.#types!.indexOf(text, fields.starts[pivot.field]!, fields.ends[pivot.field]!);
      if (c >= 0) return this.#readValue(fields, c, text, from + c);
      if (pivot.unknown === 'skip') return undefined;
      return this.#refuse(
        'invalid',
        pivot.field,
        `is ${showField(fields, pivot.field, text)}, not in \`pivot.values\``,
      );
    }
    for (let c = 0; c < channels.length; c++) {
      const refusal = this.#readValue(fields, c, text, from + c);
      if (refusal) return refusal;
    }
    return undefined;
  }

  #readValue(fields: RecordFields, c: number, text: Uint8Array, at: number): Refusal | undefined {
    const { field, cumulative, optional } = this.#settings.channels[c]!;
    const { values } = this.#columns;
    if (field === undefined) {
      values[at] = 1;
      return undefined;
    }
    const kind = fields.kinds[field]!;
    if (kind !== NUMBER) {
      if (optional && (kind === ABSENT || kind === NULL)) {
        values[at] = NaN;
        return undefined;
      }
      return (
        this.#missing(fields, field) ?? this.#refuse('invalid', field, this.#wrong(fields, field, text, 'a number'))
      );
    }
    const value = fields.numbers[field]!;
    if (!(Math.abs(value) <= MOST_TO_FLOAT32)) {
      const beyond = Number.isFinite(value) ? ', which single precision cannot hold' : '';
      return this.#refuse('not-finite', field, `is ${showField(fields, field, text)}${beyond}`);
    }
    const { negative } = this.#settings;
    if (value < 0 && !cumulative && negative !== 'keep') {
      if (negative === 'reject') return this.#refuse('negative', field, `is ${showField(fields, field, text)}`);
      values[at] = 0;
    } else values[at] = value;
    return undefined;
  }

  #zoneNamed(text: Uint8Array, start: number, end: number): Zone | undefined {
    const name = Buffer.from(text.buffer, text.byteOffset + start, end - start).toString();
    const known = this.#zones.get(name);
    if (known) return known;
    try {
      const zone = createZone(name);
      if (this.#zones.size >= MAX_ZONES) this.#zones.clear();
      this.#zones.set(name, zone);
      return zone;
    } catch {
      return undefined;
    }
  }

  #missing(fields: RecordFields, field: number): Refusal | undefined {
    const kind = fields.kinds[field]!;
    if (kind !== ABSENT && kind !== NULL) return undefined;
    return this.#refuse('incomplete', field, kind === NULL ? 'is null' : 'is missing');
  }

  #wrong(fields: RecordFields, field: number, text: Uint8Array, expected: string): string {
    const kind = fields.kinds[field]!;
    if (kind === HALF_PAIR) return 'holds half a surrogate pair, which is no text';
    return `is ${kind === STRING ? 'the text ' : ''}${showField(fields, field, text)}, not ${expected}`;
  }

  #refuse(reason: DeadLetterReason, field: number, text: string): Refusal {
    return { reason, detail: `field \`${this.#settings.fields[field]!.name}\` ${text}` };
  }
}

/** There are some 600 IANA names; more come from other spellings and fixed offsets. */
const MAX_ZONES = 1024;

/** Whether a field holds an id that is not empty. */
function isText(fields: RecordFields, field: number): boolean {
  const kind = fields.kinds[field]!;
  return (kind === STRING || kind === NUMBER) && fields.starts[field] !== fields.ends[field];
}
