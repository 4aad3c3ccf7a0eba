import type { Type } from 'avsc';

/**
 * The 64-bit fingerprint of a schema in parsing canonical form (CRC-64-AVRO, Avro specification 1.12, "Schema
 * fingerprints").
 */
export function avroFingerprint(canonical: string): bigint {
  let crc = EMPTY;
  for (const byte of Buffer.from(canonical)) {
    crc ^= BigInt(byte);
    for (let bit = 0; bit < 8; bit++) crc = (crc >> 1n) ^ (crc & 1n ? EMPTY : 0n);
  }
  return crc;
}

/** What a record begins with in single-object encoding: the marker C3 01, and its schema's fingerprint. */
export function avroHeader(type: Type): Buffer {
  const header = Buffer.from([0xc3, 0x01, 0, 0, 0, 0, 0, 0, 0, 0]);
  header.writeBigUInt64LE(avroFingerprint(JSON.stringify(type.schema())), 2); // avsc's schema() is the canonical form
  return header;
}

/** Both the polynomial and the fingerprint of nothing. */
const EMPTY = 0xc15d213aa4d7a795n;
