/** Number of the model that assigns until the first one is trained. */
export const PROVISIONAL_NUMBER = 0;

/** Whether a model version is one that assigns until the first one is trained. */
export function isProvisional(modelVersion: string): boolean {
  return /^v0(-|$)/.test(modelVersion);
}
