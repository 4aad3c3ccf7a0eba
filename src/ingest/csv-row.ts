/** How the scan of a row ended. */
export const ROW_WHOLE = 0;
/** At the limit, outside of quotes: the row is whole only if nothing follows. */
export const ROW_OPEN = 1;
/** At the limit, inside quotes. */
export const ROW_OPEN_QUOTE = 2;

/**
 * The fields of one CSV row as byte ranges (RFC 4180): quoted ones may hold delimiters, line feeds and doubled quotes.
 * A quote inside an unquoted field is a plain character. Reused from row to row.
 */
export class CsvRow {
  readonly #delimiter: number;
  length = 0;
  /** Text follows a closing quote; the row is then the rest of that line, whatever it holds. */
  broken = false;
  /** Without the quotes. */
  starts = new Uint32Array(16);
  ends = new Uint32Array(16);
  /** 1 where the field holds doubled quotes. */
  doubled = new Uint8Array(16);
  /** End of the row's bytes, line end excluded. */
  end = 0;
  /** Start of the next row. */
  next = 0;

  constructor(delimiter: string) {
    this.#delimiter = delimiter.charCodeAt(0);
  }

  /** Scans the row at `start`; returns one of `ROW_…`. */
  scan(bytes: Uint8Array, start: number, limit: number): number {
    this.length = 0;
    this.broken = false;
    let p = start;
    for (;;) {
      if (bytes[p] === QUOTE && p < limit) {
        const from = p + 1;
        let doubled = 0;
        for (p = from; ; p += 2) {
          while (p < limit && bytes[p] !== QUOTE) p++;
          if (p >= limit) return ROW_OPEN_QUOTE;
          if (p + 1 >= limit || bytes[p + 1] !== QUOTE) break;
          doubled = 1;
        }
        this.#add(from, p, doubled);
        p++;
        if (p < limit && bytes[p] === CR && (p + 1 === limit || bytes[p + 1] === LF)) p++;
        this.broken = p < limit && bytes[p] !== this.#delimiter && bytes[p] !== LF;
        if (this.broken) while (p < limit && bytes[p] !== LF) p++;
      } else {
        const from = p;
        while (p < limit && bytes[p] !== this.#delimiter && bytes[p] !== LF) p++;
        const crlf = p > from && bytes[p - 1] === CR && (p >= limit || bytes[p] === LF);
        this.#add(from, crlf ? p - 1 : p, 0);
      }
      if (p >= limit || bytes[p] === LF) {
        this.end = p > start && bytes[p - 1] === CR ? p - 1 : p;
        this.next = Math.min(p + 1, limit);
        return p < limit ? ROW_WHOLE : ROW_OPEN;
      }
      p++;
    }
  }

  /** The text of a field, quotes undone. */
  text(bytes: Uint8Array, field: number): string {
    const start = this.starts[field]!;
    const text = Buffer.from(bytes.buffer, bytes.byteOffset + start, this.ends[field]! - start).toString();
    return this.doubled[field] ? text.replaceAll('""', '"') : text;
  }

  #add(start: number, end: number, doubled: number): void {
    if (this.length === this.starts.length) {
      this.starts = Uint32Array.from({ length: 2 * this.length }, (_, i) => this.starts[i] ?? 0);
      this.ends = Uint32Array.from({ length: 2 * this.length }, (_, i) => this.ends[i] ?? 0);
      this.doubled = Uint8Array.from({ length: 2 * this.length }, (_, i) => this.doubled[i] ?? 0);
    }
    this.starts[this.length] = start;
    this.ends[this.length] = end;
    this.doubled[this.length++] = doubled;
  }
}

const LF = 0x0a;
const CR = 0x0d;
const QUOTE = 0x22;
