import type { UsageBatch } from './ingest/usage-batch.js';

/** Where usage events come from. The pipeline pulls: no batch is read before the last one was dealt with. */
export interface Source {
  /** The next bounded batch, or undefined at the end of the input. Live sources return an empty batch after a while without records. */
  pull(): Promise<UsageBatch | undefined>;
  /** Position after the last pulled batch: plain JSON, given back to the source's factory to go on from there. */
  position(): SourcePosition;
  close(): Promise<void>;
}

export type SourcePosition = { readonly [key: string]: unknown };

/** Takes records of one output. A resolved flush means that every earlier write is acknowledged; a sink never drops. */
export interface Sink<T> {
  write(batch: readonly T[]): Promise<void>;
  flush(): Promise<void>;
  close(): Promise<void>;
}

/** Processing time; replaced by a hand-turned one in tests and by event time in replays. */
export interface Clock {
  /** Epoch ms. */
  now(): number;
}
