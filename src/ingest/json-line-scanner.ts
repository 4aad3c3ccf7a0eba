import type { FieldNode } from './field-tree.js';
import { readJsonNumber } from './json-number.js';
import { NOT_JSON, skipJsonSpace, skipJsonValue, skipJsonWord } from './json-scan.js';
import { ABSENT, NULL, NUMBER, OTHER, STRING } from './record-fields.js';
import type { RecordParsing } from './record-parsing.js';

/**
 * Reads JSON lines of the usual form straight from the bytes: mapped keys in any order and at any mapped depth, plain
 * strings, numbers and words in them, anything valid in all other keys.
 *
 * Two things make it fast. Writers keep their key order, so the key that stood at this place in the line before is
 * compared first, without looking for its end. And nothing is looked at twice: numbers are built while they are
 * scanned. A line that is not of this form, valid or not, is left to the careful reader.
 */
export class JsonLineScanner {
  readonly #parsing: RecordParsing;
  // The key tree, flat: node 0 is the record itself.
  readonly #parents: Int32Array; // (nodes)
  readonly #nodeFields: Int32Array; // (nodes)
  readonly #keyStarts: Int32Array; // (nodes + 1)
  readonly #keys: Uint8Array;
  /** Whether an inner object was met in this line. */
  readonly #met: Uint8Array; // (nodes)
  /** The node whose key was the nth of the last line; 0 where it was none of ours. */
  readonly #expected = new Int32Array(LAST_EXPECTED + 1);

  constructor(tree: FieldNode, parsing: RecordParsing) {
    this.#parsing = parsing;
    const nodes = [tree];
    const parents = [-1];
    for (let i = 0; i < nodes.length; i++) {
      for (const child of nodes[i]!.children) {
        nodes.push(child);
        parents.push(i);
      }
    }
    this.#parents = Int32Array.from(parents);
    this.#nodeFields = Int32Array.from(nodes, (node) => node.field);
    this.#met = new Uint8Array(nodes.length);
    this.#keys = Buffer.concat(nodes.map((node) => node.key));
    this.#keyStarts = new Int32Array(nodes.length + 1);
    for (const [i, node] of nodes.entries()) this.#keyStarts[i + 1] = this.#keyStarts[i]! + node.key.length;
  }

  /**
   * Reads lines from `at` on, as long as they are of the usual form.
   *
   * @param bytes valid UTF-8
   * @param stop just after a line feed, which is what ends every loop in here
   * @returns the start of the first line that was not read, or `stop`
   */
  scan(bytes: Uint8Array, at: number, stop: number): number {
    const parsing = this.#parsing;
    const { kinds, starts, ends, numbers } = parsing.fields;
    const parents = this.#parents;
    const nodeFields = this.#nodeFields;
    const keyStarts = this.#keyStarts;
    const keys = this.#keys;
    const met = this.#met;
    const expected = this.#expected;
    const fieldCount = kinds.length;
    const nested = met.length > fieldCount + 1;
    const maxLength = parsing.maxRecordBytes;

    for (let line = at, p = at; ; line = p) {
      if (p >= stop || bytes[p] !== OPEN_BRACE) return line;
      for (let f = 0; f < fieldCount; f++) kinds[f] = ABSENT;
      if (nested) met.fill(0);
      p++;
      let parent = 0;

      for (let nth = 0; ; nth++) {
        // A key: first see whether it is the expected one.
        let c = bytes[p]!;
        if (c <= SPACE) {
          p = skipJsonSpace(bytes, p, stop);
          c = bytes[p]!;
        }
        if (c !== QUOTE) return line;
        const key = ++p;
        let node = expected[nth & LAST_EXPECTED]!;
        let k = keyStarts[node]!;
        const keyEnd = keyStarts[node + 1]!;
        while (k < keyEnd && bytes[p] === keys[k]) {
          p++;
          k++;
        }
        c = bytes[p]!;
        if (k < keyEnd || c !== QUOTE || parents[node] !== parent) {
          while (c !== QUOTE) {
            if (c < SPACE || c === BACKSLASH) return line;
            c = bytes[++p]!;
          }
          node = this.#childOf(parent, bytes, key, p);
          expected[nth & LAST_EXPECTED] = node;
        }
        c = bytes[++p]!;
        if (c <= SPACE) {
          p = skipJsonSpace(bytes, p, stop);
          c = bytes[p]!;
        }
        if (c !== COLON) return line;
        c = bytes[++p]!;
        if (c <= SPACE) {
          p = skipJsonSpace(bytes, p, stop);
          c = bytes[p]!;
        }

        // Its value.
        const field = nodeFields[node]!;
        if (field < 0) {
          if (node > 0) {
            if (c !== OPEN_BRACE || met[node] !== 0) return line;
            met[node] = 1;
            parent = node;
            p++;
            continue;
          }
          p = skipJsonValue(bytes, p, stop);
          if (p === NOT_JSON) return line;
        } else {
          if (kinds[field] !== ABSENT) return line;
          if (c === QUOTE) {
            starts[field] = ++p;
            c = bytes[p]!;
            while (c !== QUOTE) {
              if (c < SPACE || c === BACKSLASH) return line;
              c = bytes[++p]!;
            }
            kinds[field] = STRING;
            ends[field] = p++;
          } else {
            starts[field] = p;
            p = readJsonNumber(bytes, p, numbers, field);
            kinds[field] = NUMBER;
            if (p === NOT_JSON) {
              p = skipJsonWord(bytes, starts[field]!, stop);
              if (p === NOT_JSON) return line; // a bracket, or no JSON
              kinds[field] = c === LETTER_N ? NULL : OTHER;
              numbers[field] = Number.NaN;
            }
            ends[field] = p;
          }
        }

        // What follows it.
        c = bytes[p]!;
        if (c <= SPACE) {
          p = skipJsonSpace(bytes, p, stop);
          c = bytes[p]!;
        }
        while (c === CLOSE_BRACE && parent > 0) {
          parent = parents[parent]!;
          p = skipJsonSpace(bytes, p + 1, stop);
          c = bytes[p]!;
        }
        p++;
        if (c === COMMA) continue;
        if (c !== CLOSE_BRACE) return line;
        break;
      }

      // The end of the line.
      if (bytes[p] !== LF) {
        p = skipJsonSpace(bytes, p, stop);
        if (bytes[p] !== LF) return line;
      }
      if (p - line > maxLength) return line;
      parsing.accept(line, bytes[p - 1] === CR ? p - 1 : p);
      p++;
    }
  }

  #childOf(parent: number, bytes: Uint8Array, start: number, end: number): number {
    for (let node = 1; node < this.#parents.length; node++) {
      if (this.#parents[node] !== parent) continue;
      let k = this.#keyStarts[node]!;
      const keyEnd = this.#keyStarts[node + 1]!;
      if (keyEnd - k !== end - start) continue;
      let q = start;
      while (k < keyEnd && bytes[q] === this.#keys[k]) {
        q++;
        k++;
      }
      if (k === keyEnd) return node;
    }
    return 0;
  }
}

/** Places in a line whose key is remembered; later ones share them. A power of two, less one. */
const LAST_EXPECTED = 63;

const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;
const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const BACKSLASH = 0x5c;
const LETTER_N = 0x6e;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
