import type { Type } from 'avsc';

/**
 * CRC-64-AVRO of a schema's parsing canonical form, in little endian: what Avro's single-object encoding names a
 * schema by (Avro specification 1.11, "Schema Fingerprints").
 */
export function avroFingerprint(type: Type): Buffer {
  let fingerprint = EMPTY;
  for (const byte of Buffer.from(JSON.stringify(type.schema()))) {
    fingerprint = (fingerprint >> 8n) ^ divided((fingerprint ^ BigInt(byte)) & 0xffn);
  }
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(fingerprint);
  return bytes;
}

const EMPTY = 0xc15d213aa4d7a795n;

/** Remainder of one byte. Computed, not looked up: a schema is fingerprinted once. */
function divided(byte: bigint): bigint {
  let remainder = byte;
  for (let bit = 0; bit < 8; bit++) remainder = (remainder >> 1n) ^ (EMPTY & -(remainder & 1n));
  return remainder;
}
