/** Feeds a store from where a run's outputs are. */
export interface ViewSource {
  /** Where they are, in words. */
  readonly name: string;
  /** What it waits for before there is anything to read, in words; undefined where it reads. */
  readonly waitsFor: string | undefined;
  /** Reads what is there by now, and resolves then, or when it was stopped. Rejects when it can't go on. */
  catchUp(signal: AbortSignal): Promise<void>;
  /** Reads on as more comes; resolves when it was stopped. Rejects when it can't go on. */
  run(signal: AbortSignal): Promise<void>;
}
