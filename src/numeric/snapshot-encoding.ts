import { SegtideError } from '../errors.js';

/** What a snapshot may hold: plain JSON values, also NaN and infinite numbers and undefined, and typed arrays anywhere. */
export type SnapshotValue =
  | null
  | undefined
  | boolean
  | number
  | string
  | SnapshotArray
  | readonly SnapshotValue[]
  | { readonly [key: string]: SnapshotValue };

export type SnapshotArray =
  | Float64Array
  | Float32Array
  | Int32Array
  | Uint32Array
  | Int16Array
  | Uint16Array
  | Int8Array
  | Uint8Array
  | Uint8ClampedArray
  | BigInt64Array
  | BigUint64Array;

export interface EncodedSnapshot {
  /** JSON text, in which typed arrays are references into `pages`. */
  readonly text: string;
  /** Bytes of the typed arrays, to be written one after the other, each from a multiple of 8 on. */
  readonly pages: readonly Uint8Array[];
  /** Bytes that the pages take, with the gaps between them. */
  readonly pagesSize: number;
}

/**
 * Turns a snapshot into JSON text and binary pages. The pages are views of the snapshot's arrays, not copies.
 *
 * @throws SegtideError 'state' that names the place of a value which is neither JSON nor a typed array
 */
export function encodeSnapshot(value: SnapshotValue): EncodedSnapshot {
  const pages: Uint8Array[] = [];
  let pagesSize = 0;
  const encode = (at: unknown, path: string): unknown => {
    if (at === null || typeof at === 'boolean' || typeof at === 'string') return at;
    if (at === undefined) return { [TAG]: 'undefined' };
    if (typeof at === 'number')
      return Number.isFinite(at) && !Object.is(at, -0) ? at : { [TAG]: 'number', value: toText(at) };
    if (Array.isArray(at)) return at.map((each, i) => encode(each, `${path}[${i}]`));
    if (ArrayBuffer.isView(at)) {
      const type = Object.prototype.toString.call(at).slice(8, -1);
      if (!(type in ARRAY_TYPES)) throw toUnfit(path, type);
      const page = new Uint8Array(at.buffer, at.byteOffset, at.byteLength);
      const reference = { [TAG]: type, offset: pagesSize, bytes: page.length };
      pages.push(page);
      pagesSize += aligned(page.length);
      return reference;
    }
    if (typeof at === 'object' && isPlain(at)) {
      const entries = Object.entries(at).map(([key, each]) => [key, encode(each, `${path}.${key}`)] as const);
      const object = Object.fromEntries(entries);
      return Object.hasOwn(object, TAG) ? { [TAG]: 'object', value: object } : object;
    }
    throw toUnfit(path, typeof at === 'object' ? (at.constructor?.name ?? 'object') : typeof at);
  };
  const text = JSON.stringify(encode(value, 'snapshot'));
  return { text, pages, pagesSize };
}

/**
 * Turns text and pages back into the snapshot. Its typed arrays are new, with buffers of their own.
 *
 * @param pages the pages as `encodeSnapshot` says, in one piece
 * @throws SegtideError 'state' when they do not fit together
 */
export function decodeSnapshot(text: string, pages: Uint8Array): SnapshotValue {
  const decode = (at: unknown): SnapshotValue => {
    if (Array.isArray(at)) return at.map(decode);
    if (typeof at !== 'object' || at === null) return at as SnapshotValue;
    if (!Object.hasOwn(at, TAG)) return decodeEntries(at);
    const tagged = at as { readonly [TAG]: string; value?: unknown; offset?: number; bytes?: number };
    const tag = tagged[TAG];
    if (tag === 'undefined') return undefined;
    if (tag === 'number') return Number(tagged.value);
    if (tag === 'object') return decodeEntries(tagged.value as object);
    const { offset = 0, bytes = 0 } = tagged;
    if (!Object.hasOwn(ARRAY_TYPES, tag) || offset + bytes > pages.length) {
      throw new SegtideError('state', `A snapshot refers to a ${tag} of ${bytes} bytes that is not there.`);
    }
    // Not `pages.slice`, which on a Buffer would be a view.
    const own = new Uint8Array(bytes);
    own.set(pages.subarray(offset, offset + bytes));
    return new ARRAY_TYPES[tag as ArrayType](own.buffer);
  };
  const decodeEntries = (object: object): SnapshotValue =>
    Object.fromEntries(Object.entries(object).map(([key, each]) => [key, decode(each)]));
  return decode(JSON.parse(text));
}

/** Rounds up to a multiple of 8, the widest element. */
export function aligned(bytes: number): number {
  return Math.ceil(bytes / 8) * 8;
}

/** Marks what JSON cannot say. */
const TAG = '$';

type ArrayType = keyof typeof ARRAY_TYPES;

const ARRAY_TYPES = {
  Float64Array,
  Float32Array,
  Int32Array,
  Uint32Array,
  Int16Array,
  Uint16Array,
  Int8Array,
  Uint8Array,
  Uint8ClampedArray,
  BigInt64Array,
  BigUint64Array,
} as const;

function toText(value: number): string {
  return Object.is(value, -0) ? '-0' : String(value);
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function toUnfit(path: string, type: string): SegtideError {
  return new SegtideError(
    'state',
    `${path} is a ${type}, which a snapshot cannot hold: only plain JSON and typed arrays.`,
  );
}
