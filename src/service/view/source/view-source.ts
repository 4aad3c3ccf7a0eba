/** Feeds a store from where a run's outputs are. */
export interface ViewSource {
  /** Where they are, in words. */
  readonly name: string;
  /** Resolves when it was stopped. Rejects when it can't go on. */
  run(signal: AbortSignal): Promise<void>;
}
