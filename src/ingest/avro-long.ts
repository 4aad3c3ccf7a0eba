import type avsc from 'avsc';
import type { Type } from 'avsc';

/**
 * A type of longs that are read as something else, from every bit of them. The rest of it is for defaults, which avsc
 * writes and nobody reads.
 */
export function longTypeAs(avro: typeof avsc, fromLong: (value: bigint) => unknown): Type {
  return avro.types.LongType.__with({
    fromBuffer: (bytes: Buffer) => fromLong(bytes.readBigInt64LE()),
    toBuffer: toLongBytes,
    fromJSON: (value: number) => value,
    toJSON: Number,
    isValid: Number.isInteger,
    compare: (a: number, b: number) => a - b,
  });
}

/** The long as a number, or as it is where a double would round it. */
export function toNumber(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

/** floor(value / perMs) as a double, exact wherever a Date is. */
export function toMs(value: bigint, perMs: number): number {
  const ticks = toNumber(value);
  if (typeof ticks === 'number') return Math.floor(ticks / perMs); // exact for whole numbers
  const rest = value % BigInt(perMs);
  return Number((value - rest) / BigInt(perMs)) - (rest < 0n ? 1 : 0);
}

function toLongBytes(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64LE(BigInt.asIntN(64, BigInt(value))); // 2^63 - 1 came as 2^63
  return bytes;
}
