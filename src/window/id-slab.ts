/**
 * Ids behind one another in one buffer, each with its length before it. An id is known by where it lies.
 *
 * Ids that are dropped leave their bytes behind; who owns the slab copies the others into a new one now and then.
 */
export class IdSlab {
  #bytes: Uint8Array<ArrayBuffer>;
  #end = 0;
  #dead = 0;

  constructor(capacity = 256) {
    this.#bytes = new Uint8Array(capacity);
  }

  /** Adds an id, and tells where it lies. */
  add(from: Uint8Array, start: number, end: number): number {
    const need = this.#end + end - start + 5;
    if (need > this.#bytes.length) {
      const larger = new Uint8Array(Math.ceil(need * 1.25));
      larger.set(this.#bytes);
      this.#bytes = larger;
    }
    const bytes = this.#bytes;
    const id = this.#end;
    let at = id;
    let length = end - start;
    for (; length > 127; length >>>= 7) bytes[at++] = (length & 127) | 128;
    bytes[at++] = length;
    for (let i = start; i < end; i++) bytes[at++] = from[i]!;
    this.#end = at;
    return id;
  }

  /** Whether the id that lies at `id` is `other[start, end)`. */
  holds(id: number, other: Uint8Array, start: number, end: number): boolean {
    const bytes = this.#bytes;
    let at = id;
    let length = end - start;
    while (length > 127) {
      if (bytes[at++] !== ((length & 127) | 128)) return false;
      length >>>= 7;
    }
    if (bytes[at++] !== length) return false;
    for (let i = start; i < end; i++) if (bytes[at++] !== other[i]) return false;
    return true;
  }

  /** UTF-8 of an id: a view that holds until the next id is added. */
  read(id: number): Uint8Array {
    let at = id;
    let length = 0;
    let shift = 0;
    for (; this.#bytes[at]! > 127; shift += 7) length |= (this.#bytes[at++]! & 127) << shift;
    length |= this.#bytes[at++]! << shift;
    return this.#bytes.subarray(at, at + length);
  }

  text(id: number): string {
    const bytes = this.read(id);
    if (bytes.length > 32) return DECODER.decode(bytes);
    let text = '';
    for (let i = 0; i < bytes.length; i++) {
      if (bytes[i]! > 127) return DECODER.decode(bytes);
      text += String.fromCharCode(bytes[i]!); // most ids are short and ASCII, where a decoder's call costs more
    }
    return text;
  }

  /** Counts an id's bytes as waste. */
  drop(id: number): void {
    const bytes = this.read(id);
    this.#dead += bytes.byteOffset + bytes.length - id;
  }

  /** Whether most of the buffer is of dropped ids. */
  get isWasteful(): boolean {
    return this.#dead > 4096 && this.#dead * 2 > this.#end;
  }

  get byteLength(): number {
    return this.#bytes.byteLength;
  }

  /** Room that the ids take which are not dropped. */
  get used(): number {
    return this.#end - this.#dead;
  }
}

const DECODER = new TextDecoder();
