/** One thing that an implementation must keep. Each is run by itself, in any order. */
export interface ContractCheck {
  /** As a sentence that follows "it". */
  readonly name: string;
  /** Rejects with what was expected and what was found. */
  readonly run: () => Promise<void>;
}
