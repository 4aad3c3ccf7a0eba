/** Compresses batches of records, as kafkajs asks for it. */
export interface Codec {
  compress(encoder: { readonly buffer: Buffer }): Promise<Buffer>;
  /** @throws SegtideError `input` where the result would be larger than `MAX_INFLATED_BYTES` */
  decompress(buffer: Buffer): Promise<Buffer>;
}
