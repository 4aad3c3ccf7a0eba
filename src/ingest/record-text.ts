/**
 * The bytes that a batch's ids and texts are ranges of: the chunk itself, until a text has to be put down that is not
 * in there as it reads (an escape, a quoted quote, a value that came as an object). Then it is a copy of the chunk with
 * such texts behind it, so that all earlier ranges hold.
 */
export class RecordText {
  bytes: Uint8Array = NOTHING;
  #own = new Uint8Array(0);
  #end = 0;
  #start = 0;

  begin(chunk: Uint8Array, start: number, end: number): void {
    this.bytes = chunk;
    this.#start = start;
    this.#end = end;
  }

  /** Puts down a text. Its range is from `end` before the call to `end` after it. */
  append(text: string): void {
    this.#reserve(text.length * 3);
    this.#end += Buffer.from(this.#own.buffer).write(text, this.#end);
  }

  appendBytes(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#own.set(bytes, this.#end);
    this.#end += bytes.length;
  }

  get end(): number {
    return this.#end;
  }

  #reserve(length: number): void {
    const need = this.#end + length;
    if (this.bytes === this.#own && need <= this.#own.length) return;
    const own =
      need <= this.#own.length ? this.#own : new Uint8Array(Math.max(need, this.#end + 65_536, this.#own.length * 2));
    if (own !== this.bytes) own.set(this.bytes.subarray(this.#start, this.#end), this.#start);
    this.#own = own;
    this.bytes = own;
  }
}

const NOTHING = new Uint8Array(0);
