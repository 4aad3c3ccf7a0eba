import type { FieldSettings } from './ingest-settings.js';

/** The mapped fields as the tree of keys that leads to them. */
export interface FieldNode {
  /** UTF-8. */
  readonly key: Uint8Array;
  /** Index of the mapped field, or -1 for an object on the way to some. */
  readonly field: number;
  readonly children: readonly FieldNode[];
  /** Children by their number, where keys are whole numbers: elements of an array. */
  readonly elements: readonly (FieldNode | undefined)[];
  /** Length that an array must have: where its elements 0 … n - 1 are mapped, two at least; undefined otherwise. */
  readonly length: number | undefined;
}

/** The tree of keys; its root stands for the record. */
export function toFieldTree(fields: readonly FieldSettings[]): FieldNode {
  const grow = (depth: number, members: readonly number[], key: string): FieldNode => {
    const leaf = members.find((f) => fields[f]!.path.length === depth);
    const keys = [...new Set(members.flatMap((f) => fields[f]!.path[depth] ?? []))];
    const children = keys.map((next) =>
      grow(
        depth + 1,
        members.filter((f) => fields[f]!.path[depth] === next),
        next,
      ),
    );
    const elements: FieldNode[] = [];
    for (const [i, next] of keys.entries()) if (isElement(next)) elements[Number(next)] = children[i]!;
    return {
      key: new TextEncoder().encode(key),
      field: leaf ?? -1,
      children,
      elements,
      length: elements.length >= 2 && elements.length === keys.length ? elements.length : undefined,
    };
  };
  return grow(0, [...fields.keys()], '');
}

function isElement(key: string): boolean {
  return /^(0|[1-9]\d{0,8})$/.test(key);
}

/** Names of the outermost keys: all that has to be read of a record. */
export function toOuterKeys(fields: readonly FieldSettings[]): string[] {
  return [...new Set(fields.map((field) => field.path[0]!))];
}
