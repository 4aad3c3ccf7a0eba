/** Bytes of one input in order: a plain file, an unpacked one, or standard input. */
export interface ByteFeed {
  /** Whether bytes come as they happen: a reader then takes what is there instead of waiting for a full chunk. */
  readonly live: boolean;
  /**
   * Reads the next bytes into `into[start, end)`, at least one.
   *
   * @returns how many; 0 at the end of the input; -1 where a live input had nothing for a while
   */
  read(into: Uint8Array, start: number, end: number): Promise<number>;
  close(): Promise<void>;
}
