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

/** Both the polynomial and the fingerprint of nothing. */
const EMPTY = 0xc15d213aa4d7a795n;
