import { SegtideError } from '../errors.js';

/** An array of numbers with its shape; dense and row-major. */
export interface Tensor {
  readonly shape: readonly number[];
  readonly values: Float32Array | Float64Array | Uint8Array;
}

/** Tensors by name. */
export type Tensors = Readonly<Record<string, Tensor>>;

export interface Safetensors {
  readonly tensors: Tensors;
  /** Text by name: the file's `__metadata__`. */
  readonly metadata: Readonly<Record<string, string>>;
}

/**
 * Packs tensors as a safetensors file (https://huggingface.co/docs/safetensors): the length of a JSON header (8 bytes,
 * little-endian), the header, padded by spaces to 8 bytes, and the numbers, little-endian.
 *
 * Metadata comes first, in its own order; tensors follow, those with more bytes a number before others and by name among
 * themselves, so that all are aligned and the same content is the same bytes.
 */
export function encodeSafetensors({ tensors, metadata }: Safetensors): Uint8Array {
  const names = Object.keys(tensors).sort(
    (a, b) => bytesOf(tensors[b]!.values) - bytesOf(tensors[a]!.values) || (a < b ? -1 : 1),
  );
  const header: Record<string, unknown> = { __metadata__: metadata };
  let end = 0;
  for (const name of names) {
    const { shape, values } = tensors[name]!;
    const start = end;
    end += values.byteLength;
    header[name] = { dtype: dtypeOf(values), shape, data_offsets: [start, end] };
  }
  const text = new TextEncoder().encode(JSON.stringify(header));
  const dataStart = HEADER_START + Math.ceil(text.length / 8) * 8;
  const bytes = new Uint8Array(dataStart + end);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt(dataStart - HEADER_START), true);
  bytes.fill(SPACE, HEADER_START, dataStart);
  bytes.set(text, HEADER_START);
  let at = dataStart;
  for (const name of names) {
    const { values } = tensors[name]!;
    if (values instanceof Uint8Array) {
      bytes.set(values, at);
      at += values.length;
      continue;
    }
    const wide = values instanceof Float64Array;
    for (let i = 0; i < values.length; i++) {
      if (wide) view.setFloat64(at, values[i]!, true);
      else view.setFloat32(at, values[i]!, true);
      at += values.BYTES_PER_ELEMENT;
    }
  }
  return bytes;
}

/**
 * Unpacks a safetensors file; each tensor gets an array of its own.
 *
 * @throws SegtideError `state` when the bytes are no safetensors file, are cut off or damaged, or hold another type of
 * number than F32, F64 and U8.
 */
export function decodeSafetensors(bytes: Uint8Array): Safetensors {
  const { header, dataStart } = readHeader(bytes);
  const { __metadata__, ...entries } = header;
  const data = new DataView(bytes.buffer, bytes.byteOffset + dataStart, bytes.byteLength - dataStart);
  const tensors: Record<string, Tensor> = {};
  let expected = 0;
  for (const [name, { dtype, shape, start, end }] of sortedEntries(entries)) {
    const size = { F64: 8, F32: 4, U8: 1 }[dtype];
    const length = shape.reduce((product, n) => product * n, 1);
    if (start !== expected || end - start !== length * size) throw damaged(`tensor ${name} does not fit its place`);
    if (end > data.byteLength) throw cutOff();
    expected = end;
    if (dtype === 'U8') {
      tensors[name] = { shape, values: bytes.slice(dataStart + start, dataStart + end) };
      continue;
    }
    const values = dtype === 'F64' ? new Float64Array(length) : new Float32Array(length);
    for (let i = 0; i < length; i++) {
      values[i] = size === 8 ? data.getFloat64(start + 8 * i, true) : data.getFloat32(start + 4 * i, true);
    }
    tensors[name] = { shape, values };
  }
  if (expected !== data.byteLength) throw damaged(`${data.byteLength - expected} bytes follow its last tensor`);
  return { tensors, metadata: readMetadata(__metadata__) };
}

const HEADER_START = 8;
const SPACE = 0x20;
const BRACE = 0x7b;
/** The format's own limit. */
const MOST_HEADER_BYTES = 100_000_000;

interface Entry {
  readonly dtype: 'F32' | 'F64' | 'U8';
  readonly shape: readonly number[];
  readonly start: number;
  readonly end: number;
}

function dtypeOf(values: Tensor['values']): Entry['dtype'] {
  if (values instanceof Uint8Array) return 'U8';
  return values instanceof Float64Array ? 'F64' : 'F32';
}

function bytesOf(values: Tensor['values']): number {
  return values.BYTES_PER_ELEMENT;
}

function readHeader(bytes: Uint8Array): { header: Record<string, unknown>; dataStart: number } {
  const length =
    bytes.length < HEADER_START + 1 ? Number.NaN : new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
  if (!(length <= MOST_HEADER_BYTES) || bytes[HEADER_START] !== BRACE) {
    throw refused('these bytes are no safetensors file');
  }
  const dataStart = HEADER_START + Number(length);
  if (dataStart > bytes.length) throw cutOff();
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(HEADER_START, dataStart));
    return { header: JSON.parse(text) as Record<string, unknown>, dataStart };
  } catch (cause) {
    throw damaged(`its header is no JSON (${(cause as Error).message})`);
  }
}

/** In the order of their places in the data. */
function sortedEntries(entries: Readonly<Record<string, unknown>>): [string, Entry][] {
  const read = Object.entries(entries).map(([name, entry]): [string, Entry] => {
    const { dtype, shape, data_offsets: offsets } = (entry ?? {}) as Record<string, unknown>;
    if (!isWholeNumbers(shape) || !isWholeNumbers(offsets) || offsets.length !== 2) {
      throw damaged(`tensor ${name} has no shape or place`);
    }
    if (dtype !== 'F32' && dtype !== 'F64' && dtype !== 'U8') {
      throw refused(`tensor ${name} is of type ${String(dtype)}, not F32, F64 or U8`);
    }
    return [name, { dtype, shape, start: offsets[0]!, end: offsets[1]! }];
  });
  return read.sort(([, a], [, b]) => a.start - b.start || a.end - b.end);
}

function isWholeNumbers(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every((n) => Number.isSafeInteger(n) && n >= 0);
}

function readMetadata(value: unknown): Readonly<Record<string, string>> {
  if (value === undefined) return {};
  const isText = (text: unknown): boolean => typeof text === 'string';
  if (typeof value === 'object' && value !== null && Object.values(value).every(isText)) {
    return value as Record<string, string>;
  }
  throw damaged('its metadata is not text by name');
}

function cutOff(): SegtideError {
  return refused('the file is cut off');
}

function damaged(what: string): SegtideError {
  return refused(`the file is damaged: ${what}`);
}

function refused(what: string): SegtideError {
  return new SegtideError('state', what);
}
