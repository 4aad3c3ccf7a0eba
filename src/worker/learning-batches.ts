/** How many windows teach together: models change only at the end of such a batch. */
export interface LearningBatches {
  /** Windows of a learning batch. */
  readonly learnEvery: number;
  /** Windows after which the first one ends; the second ends where the first would have. @default learnEvery */
  readonly learnFirst?: number | undefined;
}

/** Windows taught when the learning batch ends that is being filled after `learnt` of them. */
export function endOfBatch(learnt: number, { learnEvery, learnFirst = learnEvery }: LearningBatches): number {
  return learnt < learnFirst ? learnFirst : (Math.floor(learnt / learnEvery) + 1) * learnEvery;
}
