/** Number of the model that assigns until the first one is trained. */
export const PROVISIONAL_NUMBER = 0;

/** Whether a model version is one that assigns until the first one is trained. */
export function isProvisional(modelVersion: string): boolean {
  return /^v0(-|$)/.test(modelVersion);
}

/** Whether there is a model, and one that was trained rather than made of the first windows. */
export function isTrained(modelVersion: string | null | undefined): boolean {
  return modelVersion != null && !isProvisional(modelVersion);
}
