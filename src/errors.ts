/** What went wrong, as a literal that programs can switch on; the message is for people. */
export type ErrorCode =
  | 'config' // an option or the config file is wrong; retrying cannot help
  | 'input' // a source as a whole can't be read (not one record: that is a dead letter)
  | 'output' // a sink can't take records
  | 'state' // a checkpoint or snapshot is damaged, or belongs to other settings
  | 'encoder' // training or inference failed
  | 'transport' // a broker or registry failed
  | 'fenced' // another process has taken over the partition
  | 'accounting' // events in and fates out don't add up: a defect of segtide itself
  | 'aborted'; // stopped on request

/** Where it went wrong. Never holds a customer. */
export interface ErrorContext {
  readonly source?: string;
  readonly offset?: bigint | number;
  readonly path?: string;
  readonly topic?: string;
  readonly partition?: number;
}

export interface SegtideErrorOptions {
  readonly cause?: unknown;
  /** Whether the same call may succeed when tried again. @default false */
  readonly retriable?: boolean;
  readonly context?: ErrorContext;
}

/** The only error class that leaves segtide. Its message says what, got what, and what to do. */
export class SegtideError extends Error {
  override readonly name = 'SegtideError';
  readonly code: ErrorCode;
  readonly retriable: boolean;
  readonly context: ErrorContext;

  constructor(code: ErrorCode, text: string, options: SegtideErrorOptions = {}) {
    super(text, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.retriable = options.retriable ?? false;
    this.context = options.context ?? {};
  }
}
