import { POWERS_OF_TEN, shortDecimals, shortFloat } from './short-float.js';

/** Writes JSON as bytes into one growing buffer: the same text as `JSON.stringify`, without strings in between. */
export interface JsonWriter {
  /** Bytes of JSON made earlier, as they are. */
  raw(bytes: Uint8Array): void;
  string(text: string): void;
  /** Any number; integers below 2^53 are the quick ones. NaN and infinities are null. */
  number(value: number): void;
  /** A float32 as its shortest decimal. NaN and infinities are null. */
  float(value: number): void;
  /** What was written since the last call; valid until the next write. */
  take(): Uint8Array;
}

export function createJsonWriter(): JsonWriter {
  let buffer = Buffer.allocUnsafe(64 * 1024);
  let end = 0;

  const reserve = (bytes: number): void => {
    if (end + bytes <= buffer.length) return;
    const grown = Buffer.allocUnsafe(Math.max(end + bytes, buffer.length * 2));
    grown.set(buffer.subarray(0, end));
    buffer = grown;
  };

  const ascii = (text: string): void => {
    reserve(text.length);
    for (let i = 0; i < text.length; i++) buffer[end++] = text.charCodeAt(i);
  };

  /** Digits of a whole number below 2^53, at least `width` of them. */
  const digits = (value: number, width: number): void => {
    let size = width;
    while (size < 16 && value >= POWERS_OF_TEN[size]!) size++;
    reserve(size);
    let rest = value;
    let at = end + size;
    end = at;
    // Integer division is quick below 2^31 only.
    while (rest >= 0x40000000) {
      const tenth = Math.floor(rest / 10);
      buffer[--at] = ZERO + (rest - tenth * 10);
      rest = tenth;
    }
    for (let small = rest | 0; at > end - size; ) {
      const tenth = (small / 10) | 0;
      buffer[--at] = ZERO + (small - tenth * 10);
      small = tenth;
    }
  };

  const number = (value: number): void => {
    if (Number.isSafeInteger(value)) {
      if (value < 0) ascii('-');
      digits(Math.abs(value), 1);
    } else {
      ascii(Number.isFinite(value) ? String(value) : 'null');
    }
  };

  return {
    raw(bytes) {
      reserve(bytes.length);
      buffer.set(bytes, end);
      end += bytes.length;
    },
    string(text) {
      // Plain ASCII, the usual case, is copied while it is looked at.
      reserve(text.length + 2);
      const start = end;
      buffer[end++] = QUOTE;
      for (let i = 0; i < text.length; i++) {
        const code = text.charCodeAt(i);
        if (code < 0x20 || code > 0x7e || code === QUOTE || code === BACKSLASH) {
          end = start;
          const quoted = JSON.stringify(text);
          reserve(quoted.length * 3);
          end += buffer.write(quoted, end);
          return;
        }
        buffer[end++] = code;
      }
      buffer[end++] = QUOTE;
    },
    number,
    float(value) {
      const magnitude = Math.abs(value);
      let decimals = shortDecimals(magnitude);
      if (decimals < 0) return number(shortFloat(value));
      let scaled = Math.round(magnitude * POWERS_OF_TEN[decimals]!);
      while (decimals > 0 && scaled % 10 === 0) {
        scaled /= 10;
        decimals--;
      }
      if (value < 0) ascii('-');
      const whole = Math.floor(scaled / POWERS_OF_TEN[decimals]!);
      digits(whole, 1);
      if (decimals === 0) return;
      reserve(1);
      buffer[end++] = POINT;
      digits(scaled - whole * POWERS_OF_TEN[decimals]!, decimals);
    },
    take() {
      const written = buffer.subarray(0, end);
      end = 0;
      return written;
    },
  };
}

const ZERO = 0x30;
const POINT = 0x2e;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
