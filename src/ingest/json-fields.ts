import type { FieldNode } from './field-tree.js';
import { toNumber } from './json-number.js';
import { NOT_JSON, skipJsonSpace, skipJsonString, skipJsonValue } from './json-scan.js';
import { ABSENT, HALF_PAIR, HALF_PAIRS, NULL, NUMBER, OTHER, type RecordFields, STRING } from './record-fields.js';
import type { RecordText } from './record-text.js';
import type { Refusal } from './usage-columns.js';

/**
 * Finds the mapped fields of one JSON record, whatever it looks like: escapes, nested and repeated keys (the last one
 * counts), elements of arrays, any depth. No object is built, so keys such as `__proto__` mean nothing.
 *
 * @param end line feeds in `bytes[start, end)` are not white space here
 * @param text where texts with escapes are put down; `bytes` is what it began with
 * @returns why the record can't be read
 */
export function readJsonFields(
  bytes: Uint8Array,
  start: number,
  end: number,
  tree: FieldNode,
  fields: RecordFields,
  text: RecordText,
): Refusal | undefined {
  fields.kinds.fill(ABSENT);
  const open = skipJsonSpace(bytes, start, end);
  if (!isOneValue(bytes, open, end, false)) {
    if (isOneValue(bytes, open, end, true)) return { reason: 'not-finite', detail: 'the record holds NaN or Infinity' };
    return { reason: 'unreadable', detail: 'the record is not valid JSON' };
  }
  if (bytes[open] !== OPEN_BRACE) return { reason: 'unreadable', detail: 'the record is not a JSON object' };
  readMembers(bytes, open, end, tree, fields, text);
  return undefined;
}

const OPEN_BRACE = 0x7b;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;

function isOneValue(bytes: Uint8Array, at: number, end: number, nonFinite: boolean): boolean {
  const after = skipJsonValue(bytes, at, end, nonFinite);
  return after !== NOT_JSON && skipJsonSpace(bytes, after, end) === end;
}

/** Reads the object that opens at `open`; its grammar was checked. Recursion is as deep as the mapping, not the record. */
function readMembers(
  bytes: Uint8Array,
  open: number,
  end: number,
  node: FieldNode,
  fields: RecordFields,
  text: RecordText,
): void {
  let p = skipJsonSpace(bytes, open + 1, end);
  while (bytes[p] === QUOTE) {
    const keyEnd = skipJsonString(bytes, p, end);
    const child = findChild(node, bytes, p + 1, keyEnd - 1);
    const colon = skipJsonSpace(bytes, keyEnd, end);
    const value = skipJsonSpace(bytes, colon + 1, end);
    const after = skipJsonValue(bytes, value, end);
    if (child) readMember(bytes, value, after, child, fields, text);
    p = skipJsonSpace(bytes, after, end);
    if (bytes[p] === COMMA) p = skipJsonSpace(bytes, p + 1, end);
  }
}

/** Reads the array that opens at `open`; its grammar was checked. */
function readElements(
  bytes: Uint8Array,
  open: number,
  end: number,
  node: FieldNode,
  fields: RecordFields,
  text: RecordText,
): void {
  let count = 0;
  for (let p = skipJsonSpace(bytes, open + 1, end); bytes[p] !== CLOSE_BRACKET; count++) {
    const after = skipJsonValue(bytes, p, end);
    const element = node.elements[count];
    if (element) readMember(bytes, p, after, element, fields, text);
    p = skipJsonSpace(bytes, after, end);
    if (bytes[p] === COMMA) p = skipJsonSpace(bytes, p + 1, end);
  }
  if (node.length !== undefined && count !== node.length) refuseElements(node, count, fields, text);
}

/** Leaves in the fields of an array's elements that it has another length than is mapped. */
export function refuseElements(node: FieldNode, count: number, fields: RecordFields, text: RecordText): void {
  const from = text.end;
  text.append(`of an array of ${count}, where ${node.length} elements are mapped`);
  const refuse = ({ field, children }: FieldNode): void => {
    if (field >= 0) fields.set(field, OTHER, from, text.end);
    for (const child of children) refuse(child);
  };
  refuse(node);
}

function readMember(
  bytes: Uint8Array,
  at: number,
  end: number,
  node: FieldNode,
  fields: RecordFields,
  text: RecordText,
): void {
  if (node.field < 0) {
    clear(node, fields); // an earlier object of this key counts no more
    if (bytes[at] === OPEN_BRACE) readMembers(bytes, at, end, node, fields, text);
    else if (bytes[at] === OPEN_BRACKET) readElements(bytes, at, end, node, fields, text);
    return;
  }
  const c = bytes[at]!;
  if (c === QUOTE) readString(bytes, at + 1, end - 1, node.field, fields, text);
  else if (c === 0x2d || (c >= 0x30 && c <= 0x39)) fields.set(node.field, NUMBER, at, end, toNumber(bytes, at, end));
  else fields.set(node.field, c === 0x6e ? NULL : OTHER, at, end);
}

function readString(
  bytes: Uint8Array,
  start: number,
  end: number,
  field: number,
  fields: RecordFields,
  text: RecordText,
): void {
  if (!bytes.subarray(start, end).includes(BACKSLASH)) {
    fields.set(field, STRING, start, end);
    return;
  }
  const value = decode(bytes, start, end);
  if (HALF_PAIRS.test(value)) {
    fields.set(field, HALF_PAIR, start, end);
    return;
  }
  const from = text.end;
  text.append(value);
  fields.set(field, STRING, from, text.end);
}

function findChild(node: FieldNode, bytes: Uint8Array, start: number, end: number): FieldNode | undefined {
  if (bytes.subarray(start, end).includes(BACKSLASH)) {
    const key = Buffer.from(decode(bytes, start, end));
    return node.children.find((child) => key.equals(child.key));
  }
  return node.children.find((child) => {
    if (child.key.length !== end - start) return false;
    let k = 0;
    while (k < child.key.length && child.key[k] === bytes[start + k]) k++;
    return k === child.key.length;
  });
}

/** The string whose JSON is between the quotes. */
function decode(bytes: Uint8Array, start: number, end: number): string {
  return JSON.parse(`"${Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString()}"`) as string;
}

function clear(node: FieldNode, fields: RecordFields): void {
  if (node.field >= 0) fields.kinds[node.field] = ABSENT;
  for (const child of node.children) clear(child, fields);
}
