import type { Type } from 'avsc';

/** Where avsc is in a body. */
export interface AvroTap {
  readonly buf: Buffer;
  pos: number;
  readLong(): number;
  skipLong(): void;
  /** Undefined where the body ends within. */
  readString(): string | undefined;
  /** Undefined where the body ends within. */
  readBytes(): Buffer | undefined;
  /** Undefined where the body ends within. */
  readFixed(size: number): Buffer | undefined;
}

/** Reads a value by avsc's own way in, which its types don't show. */
export function readValue(type: Type, tap: AvroTap): unknown {
  return (type as unknown as { _read(tap: AvroTap): unknown })._read(tap);
}
