/** What an NDJSON output takes: an object, or text or UTF-8 bytes that are JSON lines already. */
export type NdjsonRecord = object | string | Uint8Array;

/** Collects lines as bytes until they are written. */
export interface LineBuffer {
  /** Bytes that wait. */
  readonly length: number;
  append(record: NdjsonRecord): void;
  /** The bytes that wait, which the buffer forgets; valid until they are taken again. */
  take(): Uint8Array;
}

/** Makes a line buffer. It grows to the most that was ever waiting, twice over: one part fills while one is written. */
export function createLineBuffer(): LineBuffer {
  let filling = Buffer.allocUnsafe(FIRST_BYTES);
  let written = Buffer.allocUnsafe(FIRST_BYTES);
  let end = 0;
  const reserve = (bytes: number): void => {
    if (end + bytes <= filling.length) return;
    const wider = Buffer.allocUnsafe(Math.max(2 * filling.length, end + bytes));
    filling.copy(wider, 0, 0, end);
    filling = wider;
  };
  return {
    get length() {
      return end;
    },
    append(record) {
      if (record instanceof Uint8Array) {
        reserve(record.length + 1);
        filling.set(record, end);
        end += record.length;
      } else {
        const text = typeof record === 'string' ? record : JSON.stringify(record);
        reserve(3 * text.length + 1);
        end += filling.write(text, end);
      }
      if (end === 0 || filling[end - 1] !== NEWLINE) filling[end++] = NEWLINE;
    },
    take() {
      const bytes = filling.subarray(0, end);
      [filling, written] = [written, filling];
      end = 0;
      return bytes;
    },
  };
}

const FIRST_BYTES = 1 << 16;
const NEWLINE = 10;
