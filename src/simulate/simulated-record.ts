/** How a record can be spoilt. */
export type Corruption = (typeof CORRUPTIONS)[number];

/**
 * - `cut`: the line ends within the timestamp, as after a crash of its writer.
 * - `missing`: no timestamp.
 * - `notANumber`: the value is NaN.
 * - `seconds`: the timestamp is in seconds, not in milliseconds.
 * - `notUtf8`: the customer id holds bytes that are no UTF-8.
 */
export const CORRUPTIONS = ['cut', 'missing', 'notANumber', 'seconds', 'notUtf8'] as const;

/** Six digits, more for customers beyond a million. */
export function customerId(customer: number): string {
  return `c${String(customer).padStart(CUSTOMER_DIGITS, '0')}`;
}

/**
 * Writes records as NDJSON: `{"customerId":"c000123","eventId":"e42","timestamp":1704067200123,"value":1.234}`.
 *
 * Text is put together byte by byte: strings and their encoding would take most of the time of a simulation.
 */
export class RecordWriter {
  /** Bytes taken so far. */
  bytesWritten = 0;
  #bytes: Uint8Array<ArrayBuffer>;
  #length = 0;
  readonly #chunkBytes: number;
  readonly #label: ((customer: number, time: number) => Uint8Array) | undefined;

  /** @param label what follows the value, such as `,"segment":"flat"`, of a customer at a time. @default nothing */
  constructor(chunkBytes: number, label?: (customer: number, time: number) => Uint8Array) {
    this.#chunkBytes = chunkBytes;
    this.#label = label;
    this.#bytes = new Uint8Array(chunkBytes + MOST_RECORD_BYTES);
  }

  /** Whether a chunk's worth of bytes is there. */
  get isFull(): boolean {
    return this.#length >= this.#chunkBytes;
  }

  get isEmpty(): boolean {
    return this.#length === 0;
  }

  /** Hands over what was written, whole records; the writer goes on with a buffer of its own. */
  take(): Uint8Array<ArrayBuffer> {
    const chunk = this.#bytes.subarray(0, this.#length);
    this.bytesWritten += chunk.length;
    this.#bytes = new Uint8Array(this.#chunkBytes + MOST_RECORD_BYTES);
    this.#length = 0;
    return chunk;
  }

  /**
   * @param time epoch ms
   * @param value thousandths
   */
  write(customer: number, eventNumber: number, time: number, value: number): void {
    this.#reserve();
    this.#text(CUSTOMER);
    this.#number(customer, CUSTOMER_DIGITS);
    this.#text(EVENT);
    this.#number(eventNumber, 1);
    this.#text(TIMESTAMP);
    this.#number(time, 1);
    this.#text(VALUE);
    this.#thousandths(value);
    if (this.#label !== undefined) this.#text(this.#label(customer, time));
    this.#text(END);
  }

  writeCorrupt(corruption: Corruption, customer: number, eventNumber: number, time: number, value: number): void {
    this.#reserve();
    this.#text(CUSTOMER);
    if (corruption === 'notUtf8') this.#text(NOT_UTF8);
    this.#number(customer, CUSTOMER_DIGITS);
    this.#text(EVENT);
    this.#number(eventNumber, 1);
    if (corruption === 'missing') {
      this.#text(QUOTE);
    } else {
      this.#text(TIMESTAMP);
      this.#number(corruption === 'cut' || corruption === 'seconds' ? Math.floor(time / 1000) : time, 1);
    }
    if (corruption === 'cut') {
      this.#text(NEWLINE);
      return;
    }
    this.#text(VALUE);
    if (corruption === 'notANumber') this.#text(NAN);
    else this.#thousandths(value);
    if (this.#label !== undefined) this.#text(this.#label(customer, time));
    this.#text(END);
  }

  #reserve(): void {
    if (this.#length + MOST_RECORD_BYTES <= this.#bytes.length) return;
    const bytes = new Uint8Array(this.#bytes.length * 2);
    bytes.set(this.#bytes);
    this.#bytes = bytes;
  }

  #text(text: Uint8Array): void {
    const bytes = this.#bytes;
    let at = this.#length;
    for (let i = 0; i < text.length; i++) bytes[at++] = text[i]!;
    this.#length = at;
  }

  /** A whole number up to 2^53. */
  #number(value: number, leastDigits: number): void {
    if (value < 1e9) {
      this.#digits(value, leastDigits);
      return;
    }
    const high = Math.floor(value / 1e6);
    this.#number(high, Math.max(1, leastDigits - 6));
    this.#digits(value - high * 1e6, 6);
  }

  #digits(value: number, leastDigits: number): void {
    const bytes = this.#bytes;
    let digits = leastDigits;
    for (let bound = 10 ** leastDigits; value >= bound; bound *= 10) digits++;
    let rest = value | 0;
    for (let at = this.#length + digits - 1; at >= this.#length; at--) {
      const tenth = (rest / 10) | 0;
      bytes[at] = ZERO + rest - tenth * 10;
      rest = tenth;
    }
    this.#length += digits;
  }

  #thousandths(value: number): void {
    const whole = Math.floor(value / 1000);
    this.#number(whole, 1);
    this.#bytes[this.#length++] = POINT;
    this.#digits(value - whole * 1000, 3);
  }
}

const CUSTOMER_DIGITS = 6;
/**
 * Above the longest record: 60 bytes of names and signs, four numbers of at most 16 digits, two spoilt bytes, and a label
 * with a name of 64 letters.
 */
const MOST_RECORD_BYTES = 256;
const ZERO = 0x30;
const POINT = 0x2e;

const encoder = new TextEncoder();
const CUSTOMER = encoder.encode('{"customerId":"c');
const EVENT = encoder.encode('","eventId":"e');
const TIMESTAMP = encoder.encode('","timestamp":');
const VALUE = encoder.encode(',"value":');
const QUOTE = encoder.encode('"');
const NAN = encoder.encode('NaN');
const END = encoder.encode('}\n');
const NEWLINE = encoder.encode('\n');
const NOT_UTF8 = Uint8Array.of(0xff, 0xfe);
